import { type Call, calls, type FailureCode, type PartyName } from '../machines/messages.ts';
import { callStories } from '../sim/report/callStory.ts';
import type { Trace } from '../sim/trace/trace.ts';

/** What became of a call, as far as those who are played here have seen it. */
export interface Outcome {
  readonly call: Call;
  readonly end: 'connected' | 'failed' | 'abandoned' | 'undecided';
  /** Of a call that failed. */
  readonly code: FailureCode | null;
  /** Whether the phone alerted the user; null where the app is somebody else's. */
  readonly alerted: boolean | null;
}

/** What became of the calls of a run in which some parties are somebody else's software. */
export function outcomesOf(trace: Trace): Outcome[] {
  const { elsewhere = [] } = trace.scenario;
  const alerted = (call: Call) => (elsewhere.includes('app') ? null : shows(trace, 'ringing.alerting', call));
  if (elsewhere.includes('caller')) {
    return calls
      .filter((call) => wasCalled(trace, call))
      .map((call) => ({ ...calledEnd(trace, call), alerted: alerted(call) }));
  }
  return callStories(trace).map(({ call, end }) => ({
    call,
    end: end?.how ?? 'undecided',
    code: end?.how === 'failed' ? end.code : null,
    alerted: alerted(call),
  }));
}

const shows = ({ records }: Trace, type: string, call: Call): boolean =>
  records.some(({ observations }) =>
    observations.some((one) => one.type === type && 'call' in one && one.call === call),
  );

/** Whether somebody else sent a message of a call to the side that is played here: the SIP server or, over its connection, the other side. */
const received = ({ records }: Trace, type: string, call: Call): boolean =>
  records.some(
    ({ kind, targetRef, event }) =>
      kind === 'step' &&
      (targetRef === 'app' || targetRef === 'pushServer') &&
      event.type === type &&
      'call' in event &&
      event.call === call,
  );

const wasCalled = (trace: Trace, call: Call): boolean => received(trace, 'INVITE', call);

/** The end of a call of somebody else's, as the called side sees it: 200 and ACK, CANCEL, or a failure of its own. */
function calledEnd(trace: Trace, call: Call): Omit<Outcome, 'alerted'> {
  const isElsewhere = (party: PartyName) => trace.scenario.elsewhere?.some((one) => one === party) === true;
  const sent = trace.records.flatMap((record) => record.sent.filter(({ to }) => to === 'sipServer' || isElsewhere(to)));
  const isAnswered = sent.some(({ event }) => event.type === 'INVITE.200' && event.call === call);
  if (isAnswered && received(trace, 'ACK', call)) return { call, end: 'connected', code: null };
  if (received(trace, 'CANCEL', call)) return { call, end: 'abandoned', code: null };
  const failure = sent.flatMap(({ event }) =>
    event.type === 'INVITE.failed' && event.call === call ? [event.code] : [],
  )[0];
  return failure === undefined ? { call, end: 'undecided', code: null } : { call, end: 'failed', code: failure };
}

/** The failures that may be the user's wish: whoever does not see the phone cannot tell (RFC 3261 21.4.18, 21.6.2). */
const mayBeDeclined: readonly FailureCode[] = [480, 486, 603];

/** What an outcome says: that the call came through, that it was lost, or neither. */
export function judged({ end, code, alerted }: Outcome): 'fine' | 'lost' | 'unknown' {
  if (end === 'undecided') return 'unknown';
  // What is connected without an alert is so with a mailbox.
  if (alerted !== null) return alerted ? 'fine' : 'lost';
  if (end === 'connected') return 'fine';
  return code !== null && !mayBeDeclined.includes(code) ? 'lost' : 'unknown';
}
