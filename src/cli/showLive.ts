import type { Compared } from '../live/compared.ts';
import type { DivergenceCounts } from '../live/divergence.ts';
import { noticeableMs } from '../live/prediction.ts';
import type { Reproduction } from '../live/reproduction.ts';
import type { RoundTrip } from '../live/roundTrip.ts';
import type { Tally, UserCalls } from '../live/tally.ts';
import type { Message } from '../machines/messages.ts';
import { messageLabel } from '../sim/report/messageLabel.ts';
import { shareInterval } from '../sim/statistics/share.ts';
import { colours, print } from './output.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const middle = (ascending: readonly number[]): number => ascending[Math.floor((ascending.length - 1) / 2)] ?? 0;

const spanText = (ascending: readonly number[]): string =>
  ascending.length === 0 ? 'none' : `median ${middle(ascending)} ms, at most ${ascending.at(-1)} ms`;

/** An interval is one of the probability for the delays of the scenario, so the runs must have had them. */
function lossText({ lost, calls, undecided }: UserCalls, hasInterval: boolean): string {
  const decided = calls - undecided;
  if (calls === 0) return 'none made';
  if (decided === 0) return 'none decided';
  const [low, high] = shareInterval(lost, decided, 0.95);
  const interval = hasInterval ? ` (95 %: ${percent(low)} to ${percent(high)})` : ' (no interval)';
  return `${lost} of ${decided}${interval}`;
}

const rows: readonly (readonly [string, (tally: Tally, hasInterval: boolean) => string])[] = [
  ['calls lost', lossText],
  ['calls undecided', ({ undecided, calls }) => `${undecided} of ${calls}`],
  ['alerted late', ({ late }) => String(late)],
  ['rung twice', ({ rungTwice }) => String(rungTwice)],
  ['from dialling to alerting', ({ alertingMs }) => spanText(alertingMs)],
  ['nobody registered between two owners', ({ gapsMs }) => spanText(gapsMs)],
];

/** Of the calls that the user makes, where there are some. */
const rowsByUser: typeof rows = [
  ['calls by the user lost', ({ byUser }, hasInterval) => lossText(byUser, hasInterval)],
  ['calls by the user undecided', ({ byUser: { undecided, calls } }) => `${undecided} of ${calls}`],
];

/** What the network takes, and that it is not the server's fault. */
export function showNetwork(roundTrip: RoundTrip | null, { network }: Compared): void {
  const text =
    roundTrip === null
      ? 'the server answers no OPTIONS: the prediction is for a network that takes no time'
      : `a round trip to the server takes ${roundTrip.lowMs.toFixed(1)} to ${roundTrip.highMs.toFixed(1)} ms (${roundTrip.count} OPTIONS), and so in the prediction`;
  print(`  ${text}`);
  if (network > 0)
    print(`  in ${network} runs the network made other things happen: they are compared with the delays that it had`);
}

/** The comparison for people. */
export function showCompared({ predicted, measured, agreeing, disturbed, crossed }: Compared): void {
  const hasInterval = disturbed === 0;
  const shown = predicted.byUser.calls + measured.byUser.calls === 0 ? rows : [...rows, ...rowsByUser];
  const cells = shown.map(
    ([title, text]) => [title, text(predicted, hasInterval), text(measured, hasInterval)] as const,
  );
  const all = [['', 'predicted', 'measured'] as const, ...cells];
  const widths = [0, 1].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const [title, one, other] of all) {
    print(`  ${title.padEnd(widths[0] ?? 0)}  ${one.padEnd(widths[1] ?? 0)}  ${other}`.trimEnd());
  }
  const text = `the same properties violated as predicted in ${agreeing} of ${measured.runs} runs`;
  print(`  ${agreeing === measured.runs ? colours.green(text) : colours.yellow(text)}`);
  if (crossed > 0) {
    print(
      `    in ${crossed} of the others messages left in the same millisecond, and the server may have seen them crossed`,
    );
  }
}

/** Says so where this machine was too busy to keep the dates. */
export function showLateness(latenessMs: readonly number[]): void {
  const late = latenessMs.filter((ms) => ms > noticeableMs);
  if (late.length === 0) return;
  const text = `this machine was late in ${late.length} of ${latenessMs.length} runs, by ${Math.max(...late)} ms at worst: they are predicted from the delays as they happened`;
  print(`  ${colours.yellow(text)}`);
}

/** Why the runs do not tell how the server does. */
export function showUnknown(reasons: readonly string[]): void {
  for (const reason of reasons) print(`  ${colours.yellow(`not known: ${reason}`)}`);
}

/** Where the server did otherwise than its profile, each way once with the number of runs. */
export function showDivergences({ counts }: DivergenceCounts, runs: number): void {
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
    print(`    ${text} (in ${count} of ${runs} runs)`);
  }
  print(colours.dim('    `ringproof probe` learns what the server really does and writes a profile for --profile'));
}

function reasonsOf({ outside, swapped, crossed, isDecided }: Reproduction): string[] {
  const slow = outside.map(
    ({ record, delayMs, violatingMs }) =>
      `${messageLabel(record.event as Message)} (${record.sourceRef} to ${record.targetRef}) took ${delayMs} ms, outside ${violatingMs.join(' to ')} ms`,
  );
  const overtaken = swapped.map(
    ({ first, second }) =>
      `${messageLabel(second.event as Message)} came before ${messageLabel(first.event as Message)}`,
  );
  const together = crossed.map(
    ({ first, second }) =>
      `${messageLabel(first.event as Message)} (${first.sourceRef}) and ${messageLabel(second.event as Message)} (${second.sourceRef}) left in the same millisecond, and the server may have seen them crossed`,
  );
  const undecided = isDecided ? [] : ['a call had no final answer when the run was over'];
  const reasons = [...undecided, ...slow, ...overtaken, ...together];
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
