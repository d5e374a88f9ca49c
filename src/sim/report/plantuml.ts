import type { TraceBody } from '../trace/trace.ts';
import { type LadderView, ladderModel } from './ladderModel.ts';
import { isOfSystem, type Registered, type Standing, titledLanes } from './lanes.ts';
import type { MessageRow, Row } from './rows.ts';
import { fullLabel, idleText, registeredText, repeatsText, runTitle, secondsText } from './wording.ts';

const colours: Readonly<Record<Registered, string>> = {
  app: '#E1F3E8',
  pushServer: '#E0EBFC',
  both: '#F6F0D6',
  nobody: '#FDE6E4',
  unknown: '#EEEEEE',
};

/** One line in which nothing is markup: a tilde before a character of Creole or HTML takes its meaning away. */
const escaped = (text: string): string => text.replace(/\s+/g, ' ').replace(/[<\\]|\/\/|\*\*|__|--|""/g, '~$&');

/** Teoz draws a lost message with a cross at its end, and a dashed line with a double dash. */
function arrowOf({ style, arrival }: MessageRow): string {
  const line = style === 'sip' ? '-' : '--';
  return `${line}>${arrival === 'heard' ? '' : 'x'}`;
}

function statement(row: Row): string {
  switch (row.kind) {
    case 'message':
      return `${row.from} ${arrowOf(row)} ${row.to} : ${secondsText(row.atMs)} ${escaped(fullLabel(row))}`;
    case 'note':
      return `note over ${row.party} : ${secondsText(row.atMs)} ${escaped(row.label)}`;
    case 'idle':
      return `... ${escaped(idleText(row))} ...`;
    case 'repeats':
      return `... ${escaped(repeatsText(row))} ...`;
    case 'violation':
      return `note across #Salmon : ${secondsText(row.atMs)} VIOLATED ${escaped(`${row.property}: ${row.what}`)}`;
    case 'end':
      return `... ${secondsText(row.atMs)} end of the run ...`;
  }
}

const block = (standing: Standing): string =>
  `group ${colours[standing.registered]} registered: ${registeredText(standing)}`;

/** A run as a PlantUML sequence diagram, in coloured groups that say who is registered while they last. */
export function toPlantUml(trace: TraceBody, view: LadderView = {}): string {
  const { rows } = ladderModel(trace, view);
  const [first] = rows;
  const body = rows.flatMap((row, index) => {
    const changes = registeredText(row.after) !== registeredText(row.before) && index < rows.length - 1;
    return [statement(row), ...(changes ? ['end', block(row.after)] : [])];
  });
  return [
    '@startuml',
    '!pragma teoz true',
    `title ${escaped(runTitle(trace))}`,
    ...titledLanes(trace.scenario).map(([lane, title]) => `participant "${title}" as ${lane}`),
    ...(first === undefined || isOfSystem(trace) ? body : [block(first.before), ...body, 'end']),
    '@enduml',
  ].join('\n');
}
