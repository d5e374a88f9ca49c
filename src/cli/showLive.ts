import type { Divergence } from '../live/driver/divergence.ts';
import type { LiveResult } from '../live/driver/liveJob.ts';
import type { Reproduction } from '../live/driver/reproduction.ts';
import { type Tally, tallyOf } from '../live/driver/tally.ts';
import type { Message } from '../machines/messages.ts';
import { messageLabel } from '../sim/report/messageLabel.ts';
import { wilsonInterval } from '../sim/sweep/wilson.ts';
import type { Trace } from '../sim/trace.ts';
import { colours, print } from './output.ts';

/** Prediction and measurement of the same runs. */
export interface Compared {
  readonly predicted: Tally;
  readonly measured: Tally;
  /** Runs in which the same properties were violated as the model had predicted. */
  readonly agreeing: number;
}

const violatedIn = ({ verdicts }: Trace): string =>
  verdicts
    .filter(({ verdict }) => verdict === 'violated')
    .map(({ property }) => property)
    .join();

/** Compares runs with what the model predicted for the same delays, in pairs. */
export function compared(predicted: readonly Trace[], measured: readonly Trace[], lateAfterMs: number): Compared {
  return {
    predicted: tallyOf(predicted, lateAfterMs),
    measured: tallyOf(measured, lateAfterMs),
    agreeing: measured.filter((trace, index) => {
      const other = predicted[index];
      return other !== undefined && violatedIn(trace) === violatedIn(other);
    }).length,
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const middle = (ascending: readonly number[]): number => ascending[Math.floor((ascending.length - 1) / 2)] ?? 0;

const spanText = (ascending: readonly number[]): string =>
  ascending.length === 0 ? 'none' : `median ${middle(ascending)} ms, at most ${ascending.at(-1)} ms`;

function lossText({ lost, calls }: Tally): string {
  const [low, high] = wilsonInterval(lost, calls);
  return calls === 0 ? 'none made' : `${lost} of ${calls} (95 %: ${percent(low)} to ${percent(high)})`;
}

const rows: readonly (readonly [string, (tally: Tally) => string])[] = [
  ['calls lost', lossText],
  ['alerted late', ({ late }) => String(late)],
  ['rung twice', ({ rungTwice }) => String(rungTwice)],
  ['from dialling to alerting', ({ alertingMs }) => spanText(alertingMs)],
  ['nobody registered between two owners', ({ gapsMs }) => spanText(gapsMs)],
];

/** The comparison for people. */
export function showCompared({ predicted, measured, agreeing }: Compared): void {
  const cells = rows.map(([title, text]) => [title, text(predicted), text(measured)] as const);
  const all = [['', 'predicted', 'measured'] as const, ...cells];
  const widths = [0, 1].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const [title, one, other] of all) {
    print(`  ${title.padEnd(widths[0] ?? 0)}  ${one.padEnd(widths[1] ?? 0)}  ${other}`.trimEnd());
  }
  const text = `the same properties violated as predicted in ${agreeing} of ${measured.runs} runs`;
  print(`  ${agreeing === measured.runs ? colours.green(text) : colours.yellow(text)}`);
}

const label = (message: Message | null): string => (message === null ? 'nothing' : messageLabel(message));

function divergenceText({ kind, to, expected, came }: Divergence): string {
  if (kind === 'missing') return `${label(expected)} to ${to} never came`;
  if (kind === 'unexpected') return `${label(came)} to ${to}, which the profile does not explain`;
  return `${label(came)} to ${to}, where the profile says ${label(expected)}`;
}

/** Where the server did otherwise than its profile, each way once with the number of runs. */
export function showDivergences(results: readonly LiveResult[]): void {
  const counts = new Map<string, number>();
  for (const { divergences } of results) {
    for (const text of new Set(divergences.map(divergenceText))) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  if (counts.size === 0) {
    print('  the server did what its profile says, message by message');
    return;
  }
  print(
    colours.yellow(
      '  the server did otherwise than its profile says; properties about bindings are judged by the profile:',
    ),
  );
  for (const [text, count] of counts) {
    print(`    ${text} (in ${count} of ${results.length} runs)`);
  }
  print(colours.dim('    `ringproof probe` learns what the server really does and writes a profile for --profile'));
}

/** Whether a counterexample happened in reality, and if not, what fell outside its window. */
export function showReproduction({ property, isReproduced, outside, swapped }: Reproduction): void {
  if (isReproduced) {
    print(colours.red(`  reproduced: ${property} is violated on the real server`));
    return;
  }
  print(colours.yellow(`  not reproduced: ${property} was not violated`));
  for (const { record, delayMs, violatingMs } of outside) {
    const name = messageLabel(record.event as Message);
    print(
      `    ${name} (${record.sourceRef} to ${record.targetRef}) took ${delayMs} ms, outside ${violatingMs.join(' to ')} ms`,
    );
  }
  for (const { first, second } of swapped) {
    print(`    ${messageLabel(second.event as Message)} came before ${messageLabel(first.event as Message)}`);
  }
  if (outside.length + swapped.length === 0)
    print('    no packet fell outside its window: the server is not as its profile');
}
