import type { PartyName } from '../../machines/messages.ts';
import type { TraceBody } from '../trace/trace.ts';
import { LadderDrawing, type LadderPalette, type LaneTitles } from './ladderDrawing.ts';
import { wrapped } from './ladderLine.ts';
import { type LadderModel, type LadderView, ladderModel } from './ladderModel.ts';
import { titledLanes } from './lanes.ts';
import { hiddenText } from './wording.ts';

export type { LadderPalette };

export interface LadderOptions extends LadderView {
  /** Columns at the most. */
  readonly width: number;
  readonly palette: LadderPalette;
}

const narrowest = 64;
const widest = 140;
/** Longer ladders name the lanes at their end once more. */
const screenful = 40;

/** Sets phrases one beside the other, as many as a line can take. */
function flowed(phrases: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const phrase of phrases) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + phrase.length <= width) lines[lines.length - 1] = `${last}   ${phrase}`;
    else lines.push(phrase);
  }
  return lines;
}

const legend = [
  'registered: █ app  ▓ push server  ▚ both  ╳ nobody',
  'app: ┃ foreground  │ background  ┆ suspended  ╎ starting',
  '─ SIP  ╌ HTTPS  · push  ✕ lost',
  '● user, OS, network  ◷ timer  ♪ phone',
];

const rows = (count: number) => `${count} row${count === 1 ? '' : 's'}`;

/** What of the run the ladder does not show, in words. */
function omissions({ hidden, outside }: LadderModel): string[] {
  const parts = [
    ...(outside.before > 0 ? [`${rows(outside.before)} before`] : []),
    ...(outside.after > 0 ? [`${rows(outside.after)} after`] : []),
    ...(hidden.length > 0 ? [hiddenText(hidden)] : []),
  ];
  return parts.length === 0 ? [] : [`not drawn: ${parts.join(', ')}`, '`simulate --all` draws everything'];
}

/**
 * A run as a ladder for the terminal. The SIP server's lifeline shows who is registered, the app's what the OS has made
 * of it. No line is wider than `width`.
 */
export function renderLadder(trace: TraceBody, { width, palette, ...view }: LadderOptions): string {
  if (width < narrowest)
    return wrapped(
      `The ladder needs ${narrowest} columns; there are ${width}. (--width sets another number.)`,
      Math.max(width, 20),
    ).join('\n');
  const used = Math.min(width, widest);
  const model = ladderModel(trace, view);
  const ladder = new LadderDrawing(used, palette, titledLanes(trace.scenario) as LaneTitles<PartyName>);
  const body = model.rows.flatMap((row) => ladder.lines(row));
  return [
    ladder.heading(),
    ...body,
    ...(body.length > screenful ? [ladder.heading()] : []),
    '',
    ...[...flowed(legend, used), ...flowed(omissions(model), used)].map(palette.dim),
  ].join('\n');
}
