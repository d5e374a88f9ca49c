import { visible } from '../sim/input/visible.ts';
import { renderLadder } from '../sim/report/ladder.ts';
import { isOfSystem } from '../sim/report/lanes.ts';
import { raceWindowLines } from '../sim/report/raceWindow.ts';
import { verdictSentences } from '../sim/report/sentence.ts';
import { renderSystemLadder } from '../sim/report/systemLadder.ts';
import type { RaceWindow } from '../sim/trace/raceWindow.ts';
import type { Trace, Verdict } from '../sim/trace/trace.ts';
import { colours, print } from './output.ts';

export interface ShowOptions {
  readonly width: number;
  readonly notes?: readonly string[];
  /** Show also the rows that are of little interest. */
  readonly all?: boolean;
  /** For which delays one of its properties is violated. */
  readonly window?: RaceWindow | null;
  /** Show only what happens from shortly before the first call on. */
  readonly onlyTrouble?: boolean;
  /** Properties that the file expects to be violated. */
  readonly expected?: readonly string[];
  /** Whether the verdicts of all properties have been told before. */
  readonly hasVerdicts?: boolean;
}

const mark = ({ property, verdict, witnessed }: Verdict, expected: readonly string[]): string => {
  if (verdict === 'violated') return colours.red(expected.includes(property) ? 'violated, as expected' : 'violated');
  return witnessed ? colours.green('holds') : colours.dim('holds, nothing to judge');
};

const describe = (trace: Trace): string => {
  const { scenario, seed, endMs } = trace;
  const drawn = seed === null ? '' : `, seed ${seed}`;
  const title = visible(scenario.title);
  if (isOfSystem(trace)) return `${title}${drawn}, ${endMs / 1000} s`;
  return `${title}: ${scenario.mode.title} on ${scenario.server.name} (${scenario.server.title})${drawn}, ${endMs / 1000} s`;
};

/** A run for people: the verdict as sentences, the properties, the ladder, the digest. */
export function showRun(trace: Trace, options: ShowOptions): void {
  const { width, notes = [], all = false, window, onlyTrouble = false, hasVerdicts = false, expected = [] } = options;
  const violated = trace.verdicts.some(({ verdict }) => verdict === 'violated');
  const [first = '', ...rest] = verdictSentences(trace);
  const isIdle = trace.verdicts.every(({ witnessed }) => !witnessed);
  const colour = violated ? colours.red : isIdle ? colours.yellow : colours.green;
  print(`\n${colours.bold(colour(first))}`);
  for (const sentence of rest) print(sentence);
  for (const note of notes) print(colours.yellow(`note: ${note}`));
  print(colours.dim(`\n${describe(trace)}\n`));
  print(
    isOfSystem(trace)
      ? renderSystemLadder(trace, width, colours)
      : renderLadder(trace, { width, palette: colours, all, ...(onlyTrouble && troubleWindow(trace)) }),
  );
  if (onlyTrouble) return;
  if (!hasVerdicts) print('');
  for (const verdict of hasVerdicts ? [] : trace.verdicts)
    print(`  ${verdict.property.padEnd(20)} ${mark(verdict, expected)}`);
  if (window) {
    print('');
    showWindow(window.property, raceWindowLines(window, trace));
  }
  print(colours.dim(`\ndigest ${trace.digest}`));
}

/** For which delays a property is violated, a line each. */
export function showWindow(property: string, lines: readonly string[]): void {
  print(colours.bold(`${property} is violated, all else within its windows, with`));
  for (const line of lines.length === 0 ? ['any delays'] : lines) print(`  ${line}`);
}

/** From shortly before the first call to shortly after its end. */
function troubleWindow({ records }: Trace): { fromMs: number; toMs: number } {
  const seen = (type: string) =>
    records.find(({ observations }) => observations.some((one) => one.type === type))?.atMs;
  const placed = seen('call.placed') ?? 0;
  const ended = seen('call.failed') ?? seen('call.abandoned') ?? seen('call.connected') ?? placed;
  return { fromMs: Math.max(0, placed - 3_000), toMs: ended + 2_000 };
}
