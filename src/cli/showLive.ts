import type { Compared } from '../live/compared.ts';
import { countedDivergences } from '../live/divergence.ts';
import type { LiveResult } from '../live/liveJob.ts';
import type { Reproduction } from '../live/reproduction.ts';
import type { Tally } from '../live/tally.ts';
import type { Message } from '../machines/messages.ts';
import { messageLabel } from '../sim/report/messageLabel.ts';
import { wilsonInterval } from '../sim/sweep/wilson.ts';
import { colours, print } from './output.ts';

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

/** More than this, and a race may come out otherwise than on an idle machine. */
const noticeableMs = 10;

/** Says so where this machine was too busy to keep the dates. */
export function showLateness(results: readonly LiveResult[]): void {
  const worst = results.map(({ latenessMs }) => latenessMs).sort((one, other) => one - other);
  if ((worst.at(-1) ?? 0) <= noticeableMs) return;
  const text = `this machine was busy: late for what was due by up to ${middle(worst)} ms in half of the runs, ${worst.at(-1)} ms at worst`;
  print(`  ${colours.yellow(text)}`);
}

/** Where the server did otherwise than its profile, each way once with the number of runs. */
export function showDivergences(results: readonly LiveResult[]): void {
  const counts = countedDivergences(results.map(({ divergences }) => divergences));
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

function reasonsOf({ outside, swapped }: Reproduction): string[] {
  const slow = outside.map(
    ({ record, delayMs, violatingMs }) =>
      `${messageLabel(record.event as Message)} (${record.sourceRef} to ${record.targetRef}) took ${delayMs} ms, outside ${violatingMs.join(' to ')} ms`,
  );
  const overtaken = swapped.map(
    ({ first, second }) =>
      `${messageLabel(second.event as Message)} came before ${messageLabel(first.event as Message)}`,
  );
  const reasons = [...slow, ...overtaken];
  return reasons.length > 0 ? reasons : ['no packet fell outside its window: the server is not as its profile says'];
}

/** Whether a counterexample happened in reality, and where it did not, what fell outside its window. */
export function showReproductions(reproductions: readonly Reproduction[]): void {
  const count = reproductions.filter(({ isReproduced }) => isReproduced).length;
  const text = `reproduced in ${count} of ${reproductions.length} runs: ${reproductions[0]?.property} is violated on the real server`;
  print(`  ${count > 0 ? colours.red(text) : colours.yellow(text)}`);
  for (const [index, one] of reproductions.entries()) {
    if (one.isReproduced) continue;
    for (const reason of reasonsOf(one)) print(`    run ${index + 1}: ${reason}`);
  }
}
