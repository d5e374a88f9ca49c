import type { TraceBody } from '../trace/trace.ts';
import { type LadderView, ladderModel } from './ladderModel.ts';
import { isOfSystem, type Registered, type Standing, titledLanes } from './lanes.ts';
import type { MessageRow, Row } from './rows.ts';
import { fullLabel, idleText, registeredText, repeatsText, runTitle, secondsText } from './wording.ts';

/** Backgrounds that say who is registered, translucent so that they suit light and dark pages. */
const backgrounds: Readonly<Record<Registered, string>> = {
  app: 'rgba(0, 160, 80, 0.15)',
  pushServer: 'rgba(30, 110, 230, 0.15)',
  both: 'rgba(210, 160, 0, 0.2)',
  nobody: 'rgba(220, 40, 40, 0.15)',
  unknown: 'rgba(128, 128, 128, 0.1)',
};

/** Escapes what ends a statement or begins an entity; a label is one line. */
const escaped = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/[#;]/g, (one) => (one === '#' ? '#35;' : '#59;'));

/** SIP is solid; what is lost ends in a cross. */
function arrowOf({ style, arrival }: MessageRow): string {
  const line = style === 'sip' ? '-' : '--';
  return arrival === 'heard' ? `${line}>>` : `${line}x`;
}

function statement(row: Row, ends: string): string {
  const overAll = (text: string) => `Note over ${ends}: ${text}`;
  switch (row.kind) {
    case 'message':
      return `${row.from}${arrowOf(row)}${row.to}: ${secondsText(row.atMs)} ${escaped(fullLabel(row))}`;
    case 'note':
      return `Note over ${row.party}: ${secondsText(row.atMs)} ${escaped(row.label)}`;
    case 'idle':
      return overAll(escaped(idleText(row)));
    case 'repeats':
      return overAll(escaped(repeatsText(row)));
    case 'violation':
      return overAll(`${secondsText(row.atMs)} VIOLATED ${escaped(`${row.property}: ${row.what}`)}`);
    case 'end':
      return overAll(`${secondsText(row.atMs)} end of the run`);
  }
}

const block = (standing: Standing): string[] => [
  `  rect ${backgrounds[standing.registered]}`,
  `    Note over sipServer: registered: ${registeredText(standing)}`,
];

/**
 * A run as a Mermaid `sequenceDiagram`. Background and notes say who is registered: a block ends with the message that
 * changes it. Mermaid has no axis of time, so each line begins with its date in seconds.
 */
export function toMermaid(trace: TraceBody, view: LadderView = {}): string {
  const { rows } = ladderModel(trace, view);
  const [first] = rows;
  const lanes = titledLanes(trace.scenario);
  const ends = [lanes[0]?.[0], lanes.at(-1)?.[0]].join();
  const blocks = (standing: Standing) => (isOfSystem(trace) ? [] : block(standing));
  const body = rows.flatMap((row, index) => {
    const changes = registeredText(row.after) !== registeredText(row.before) && index < rows.length - 1;
    return [`    ${statement(row, ends)}`, ...(changes ? ['  end', ...blocks(row.after)] : [])];
  });
  return [
    'sequenceDiagram',
    // Mermaid's titles know no escapes.
    `  title ${runTitle(trace).replace(/[\s#;]+/g, ' ')}`,
    ...lanes.map(([lane, title]) => `  participant ${lane} as ${title}`),
    ...(first === undefined ? [] : [...blocks(first.before), ...body, ...(isOfSystem(trace) ? [] : ['  end'])]),
  ].join('\n');
}
