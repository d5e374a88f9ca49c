import { modeTitle } from '../sim/report/modeTitle.ts';
import type {
  AddressReport,
  AuditReport,
  CallCounts,
  DoubleReport,
  GapReport,
  LossReport,
  RefusalReport,
} from './auditReport.ts';
import type { Duration } from './registrations.ts';
import { spoken } from './sides.ts';

/** A heading and what is said under it, one line each. */
export type Fact = readonly [heading: string, lines: readonly string[]];

/** Text of a capture may hold what would steer a terminal or turn a line around. */
export const printable = (text: string): string => text.replace(/\p{Cc}|\p{Bidi_Control}/gu, '\ufffd');

/** More of a kind than that are counted unless all are wanted. */
const few = 5;

const secondsAt = (atMs: number, startMs: number): string => `${((atMs - startMs) / 1000).toFixed(3)} s`;

/** A number with its noun: `1 call`, `2 addresses`. */
export const counted = (count: number, noun: string, several = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : several}`;

/** Below a second in milliseconds: on a fast network that is all there is. */
const lasting = (ms: number): string =>
  ms < 1_000 ? `${Number(ms.toFixed(ms < 10 ? 1 : 0))} ms` : `${(ms / 1000).toFixed(3)} s`;

/** The two edges, unless they are the same to a tenth of a millisecond. */
function durationText({ atLeastMs, atMostMs }: Duration): string {
  if (atMostMs - atLeastMs < 0.1) return lasting(atMostMs);
  return atLeastMs === 0 ? `at most ${lasting(atMostMs)}` : `${lasting(atLeastMs)} to ${lasting(atMostMs)}`;
}

function listed<Item>(items: readonly Item[], all: boolean, line: (item: Item) => string): string[] {
  const shown = all ? items : items.slice(0, few);
  const left = items.length - shown.length;
  return [...shown.map(line), ...(left > 0 ? [`and ${left} more (--all lists them)`] : [])];
}

const outcomeWords: readonly (readonly [keyof CallCounts, string])[] = [
  ['answered', 'answered'],
  ['declined', 'declined after alerting'],
  ['unanswered', 'alerted and not answered'],
  ['busy', 'refused by a busy device'],
  ['lost', 'lost'],
  ['byServer', 'answered or alerted by the server alone'],
  ['undecided', 'lost unless what cannot be read has another end'],
  ['redirected', 'redirected'],
  ['unauthorised', 'without credentials'],
  ['open', 'under way at the end'],
];

function callsText(calls: CallCounts): string {
  const parts = outcomeWords.flatMap(([key, words]) => (calls[key] > 0 ? [`${calls[key]} ${words}`] : []));
  return calls.made === 0 ? 'none' : `${calls.made}: ${parts.join(', ')}`;
}

const refusalText =
  (startMs: number) =>
  ({
    side,
    what,
    atMs,
    status,
    reason,
    bound,
    attempts,
    acceptedAfterMs,
    retryAfterSeconds,
  }: RefusalReport): string => {
    const answer = status === null ? reason : `${status} ${reason}`;
    const others = bound.filter((one) => one !== side);
    return [
      `${side}: ${answer} to its ${what} at ${secondsAt(atMs, startMs)}`,
      ...(others.length > 0 ? [`while ${others.map(spoken).join(' and ')} was registered`] : []),
      ...(retryAfterSeconds === null ? [] : [`Retry-After ${retryAfterSeconds} s`]),
      ...(attempts > 1 ? [`${attempts} times in a row`] : []),
      acceptedAfterMs === null ? 'never accepted after that' : `accepted ${lasting(acceptedAfterMs)} later`,
    ].join(', ');
  };

const gapCauses = { unregistered: 'un-REGISTERed', expired: 'expired', replaced: 'was replaced' } as const;

const gapText =
  (startMs: number) =>
  ({ fromMs, duration, cause, before, after, callsLost }: GapReport): string => {
    const end = after === null ? 'nobody came until the end' : `until ${spoken(after)} REGISTERed`;
    const lost = callsLost === 0 ? '' : `; ${counted(callsLost, 'call')} lost in it`;
    return `from ${secondsAt(fromMs, startMs)}, ${durationText(duration)}: ${spoken(before)} ${gapCauses[cause]}, ${end}${lost}`;
  };

const doubleText =
  (startMs: number) =>
  ({ fromMs, untilMs, duration, sides, areKnown }: DoubleReport): string => {
    const who = `${areKnown ? '' : `${sides.length === 2 ? 'two' : sides.length} devices, `}${sides.join(' and ')}`;
    return `from ${secondsAt(fromMs, startMs)}, ${untilMs === null ? 'until the end, ' : ''}${durationText(duration)}: ${who}`;
  };

function gapLines(gaps: readonly GapReport[], startMs: number, all: boolean): string[] {
  // One that may have been and lost nothing is of interest only to somebody who wants everything.
  const shown = gaps.filter(({ duration, callsLost }) => all || duration.atLeastMs > 0 || callsLost > 0);
  return shown.length === 0 ? ['none'] : [counted(shown.length, 'time'), ...listed(shown, all, gapText(startMs))];
}

function doubleLines({ doubles, doubtfulDoubles }: AddressReport, startMs: number, all: boolean): string[] {
  const perhaps =
    doubtfulDoubles === 0
      ? []
      : [`perhaps ${counted(doubtfulDoubles, 'time')}: the registrar lists only what was sent`];
  if (doubles.length === 0) return perhaps.length > 0 ? perhaps : ['none'];
  const isUnknown = doubles.some(({ areKnown }) => !areKnown);
  const hint = isUnknown ? ['no fault as far as is known: --push-server says whether one is the push server'] : [];
  return [counted(doubles.length, 'time'), ...listed(doubles, all, doubleText(startMs)), ...hint, ...perhaps];
}

/** How a call was lost, in one sentence. */
export const lossText = (loss: LossReport, { startMs, files }: Placing): string => {
  const { caller, callId, invitedAtMs, endedAtMs, result, why } = loss;
  const end = endedAtMs === null ? '' : ` at ${secondsAt(endedAtMs, startMs)}`;
  const place = `${new Date(invitedAtMs).toISOString()}, ${frameText(loss, files)}, Call-ID ${callId}`;
  return printable(`call of ${caller} at ${secondsAt(invitedAtMs, startMs)} (${place}): ${result}${end}; ${why}`);
};

/** Where times and frames are counted from. */
export interface Placing {
  readonly startMs: number;
  /** Names of the files that were read. */
  readonly files: readonly string[];
}

/** A packet as Wireshark numbers it; of several files with the name of its own. */
export const frameText = (
  { file, frame }: { readonly file: number; readonly frame: number },
  files: readonly string[],
) => (files.length > 1 ? `frame ${frame} of ${files[file]}` : `frame ${frame}`);

/** Everything about an address of record but its lost calls one by one. */
export const addressFacts = (address: AddressReport, startMs: number, all: boolean): Fact[] =>
  factsOf(address, startMs, all).map(([heading, lines]) => [heading, lines.map(printable)]);

function factsOf(address: AddressReport, startMs: number, all: boolean): Fact[] {
  const { sides, mode, registers, refusals, handOvers, gaps, calls, lateAlerts, doublyAlerted } = address;
  const { seen, bound, refreshed, removed } = registers;
  const title = mode.mode === null ? 'cannot tell' : modeTitle(mode.mode);
  return [
    [
      'registers',
      sides.map(({ name, userAgent, endpoints, why }) => {
        const at =
          endpoints.length === 1 ? endpoints[0] : `${endpoints.at(-1)} and ${counted(endpoints.length - 1, 'other')}`;
        return `${name === endpoints.at(-1) ? '' : `${name} at `}${at}${userAgent === null ? '' : ` (${userAgent})`}: ${why}`;
      }),
    ],
    ['mode', [title, ...mode.why]],
    ['REGISTER', [`${seen} seen, accepted: ${bound} new, ${refreshed} refreshed, ${removed} removed`]],
    ...(refusals.length === 0 ? [] : [['refused', listed(refusals, all, refusalText(startMs))] as const]),
    ['hand-overs', [String(handOvers.length)]],
    ['nobody', gapLines(gaps, startMs, all)],
    ['double', doubleLines(address, startMs, all)],
    ['calls', [callsText(calls)]],
    ...(lateAlerts.length === 0
      ? []
      : [
          [
            'late',
            listed(
              lateAlerts,
              all,
              ({ invitedAtMs, afterMs, by }) =>
                `the call at ${secondsAt(invitedAtMs, startMs)} alerted after ${lasting(afterMs)} (${by})`,
            ),
          ] as const,
        ]),
    ...(doublyAlerted.length === 0
      ? []
      : [
          [
            'rang twice',
            listed(
              doublyAlerted,
              all,
              ({ invitedAtMs, by }) => `the call at ${secondsAt(invitedAtMs, startMs)}: ${by.join(' and ')}`,
            ),
          ] as const,
        ]),
  ];
}

/** The verdict in one sentence. */
export function headline({ verdict, totals }: AuditReport): string {
  const { undecided, lost, made, doubles } = totals;
  const doubly = doubles === 0 ? '' : `; app and push server were registered at once ${counted(doubles, 'time')}`;
  const none = `None of ${counted(made, 'call')} was lost`;
  if (verdict === 'lossesFound' && lost === 0) return `${none}${doubly}.`;
  if (verdict === 'lossesFound')
    return `${lost} of ${counted(made, 'call')} ${lost === 1 ? 'was' : 'were'} lost${doubly}.`;
  if (verdict === 'cannotTell' && undecided > 0) {
    return `${undecided} of ${counted(made, 'call')} may have been lost: part of the traffic cannot be read.`;
  }
  if (verdict === 'cannotTell') return 'Nothing was seen to be lost, but the capture does not show enough to tell.';
  return `${none}.`;
}
