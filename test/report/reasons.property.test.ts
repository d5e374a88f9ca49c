import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verdictSentences } from '../../src/sim/report/sentence.ts';
import type { Trace, TraceRecord } from '../../src/sim/trace/trace.ts';
import { anyRun } from './support.ts';

/** The records in which a party is told a message of a call. */
const told = ({ records }: Trace, party: string, type: string, call: number): TraceRecord[] =>
  records.filter(
    ({ targetRef, event, fate, undelivered }) =>
      targetRef === party &&
      event.type === type &&
      'call' in event &&
      event.call === call &&
      fate !== 'lose' &&
      undelivered === undefined,
  );

const at = (record: TraceRecord | undefined): string => `${((record?.atMs ?? Number.NaN) / 1000).toFixed(3)} s`;

/** Whether an app's INVITE was undelivered for that reason at least once. */
const undelivered = ({ records }: Trace, call: number, why: string): boolean =>
  records.some(
    ({ targetRef, event, undelivered: reason }) =>
      targetRef === 'app' && event.type === 'INVITE' && event.call === call && reason === why,
  );

/** Whether the app's own failure came to somebody before the caller's did: with one, no push was late or missing. */
function hasRefused(trace: Trace, call: number): boolean {
  const end = told(trace, 'caller', 'INVITE.failed', call)[0]?.atMs ?? Number.POSITIVE_INFINITY;
  return trace.records.some(
    ({ targetRef, sent, atMs }) =>
      targetRef === 'app' &&
      atMs < end &&
      sent.some(({ event }) => event.type === 'INVITE.failed' && event.call === call && event.code !== 487),
  );
}

/** What a sentence about a call may only say where the messages bear it out. */
const claims: readonly (readonly [RegExp, (trace: Trace, call: number, found: RegExpExecArray) => boolean])[] = [
  [/the INVITE never reached the SIP server/, (trace, call) => told(trace, 'sipServer', 'INVITE', call).length === 0],
  [/the INVITE never reached the app/, (trace, call) => told(trace, 'app', 'INVITE', call).length === 0],
  [/never took the INVITE/, (trace, call) => told(trace, 'pushServer', 'INVITE', call).length === 0],
  [/and not the push server/, (trace, call) => told(trace, 'pushServer', 'INVITE', call).length === 0],
  [/nobody listened there/, (trace, call) => undelivered(trace, call, 'nobodyThere')],
  [/the phone had left that address/, (trace, call) => undelivered(trace, call, 'addressLeft')],
  [/waited there in the buffer/, (trace, call) => undelivered(trace, call, 'waits')],
  [/ and was answered\./, (trace, call) => told(trace, 'caller', 'INVITE.200', call).length > 0],
  [/too long for this call|never got to the push service/, (trace, call) => !hasRefused(trace, call)],
  [/the app refused it with/, (trace, call) => hasRefused(trace, call)],
  [/its push was lost/, (trace, call) => told(trace, 'app', 'notification', call).length === 0],
  [
    /the push server took the INVITE only ([\d.]+) s after/,
    (trace, call, [, after]) => {
      const server = told(trace, 'sipServer', 'INVITE', call)[0]?.atMs ?? 0;
      const push = told(trace, 'pushServer', 'INVITE', call)[0]?.atMs ?? Number.NaN;
      return ((push - server) / 1000).toFixed(3) === after;
    },
  ],
  [
    /the caller gave up at ([\d.]+ s) \(patience of the caller\)/,
    ({ records }, _, [, moment]) =>
      records.some((one) => at(one) === moment && one.event.type.startsWith('xstate.after.patience.')),
  ],
  [
    /the caller got (\d+) at ([\d.]+ s)/,
    (trace, call, [, code, moment]) =>
      code === '408' ||
      code === '503' ||
      told(trace, 'caller', 'INVITE.failed', call).some(
        (one) => at(one) === moment && 'code' in one.event && String(one.event.code) === code,
      ),
  ],
];

test('the messages of a run bear out what its sentences say', () => {
  fc.assert(
    fc.property(anyRun, (trace) => {
      for (const sentence of verdictSentences(trace)) {
        const call = Number(/^Call (\d)/.exec(sentence)?.[1] ?? 0);
        if (call === 0) continue;
        for (const [claim, isTrue] of claims) {
          const found = claim.exec(sentence);
          expect(found === null || isTrue(trace, call, found), sentence).toBe(true);
        }
      }
    }),
    { numRuns: 150 },
  );
});
