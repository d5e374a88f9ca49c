import { axisTable } from '../profiles/serverAxes.ts';
import { formatDuration } from '../sim/data/duration.ts';
import type { Conclusion } from './experiment.ts';
import {
  bind,
  type CallSight,
  isGranted,
  type Laboratory,
  type RegisterOutcome,
  ringing,
  unbind,
} from './laboratory.ts';
import { ProbeFailure } from './probeFailure.ts';

/** What must be true before "nobody rang" says anything. */
export interface Control {
  /** Why nobody ringing is no evidence; null where A rang when it was registered, and only then. */
  readonly callsFail: string | null;
  /** How long the server takes at most for a call that it does not hold, in milliseconds. */
  readonly promptMs: number;
  readonly listsOthers: boolean;
  readonly conclusions: readonly Conclusion[];
}

export interface ControlOptions {
  /** How long a ring may take, in milliseconds. */
  readonly ringWaitMs: number;
  /** For how long A is bound: should it stay, then not for long. */
  readonly seconds: number;
}

/** How it is done, for somebody whose account is used for it. */
export const controlDoes = 'registers A and calls the account twice, un-registers A and calls it once more';

/** How many requests it takes at most. */
export const controlRequests = 20;

const topic = 'a call to A, registered alone';

/** A final answer within that time is no hold: the server takes as long for any call. */
const promptMs = (slowestMs: number): number => Math.ceil(2 * slowestMs + 500);

const advice =
  '--caller names another account that calls, --call-to what it dials, --ring-wait how long a ring may take';

/** In short, wherever an answer rests on calls. */
const noCallReaches = 'no call was seen to reach a registered contact';

/** Why a call that should have reached A does not count. */
function whyNot({ status, isAlerted, afterMs }: CallSight): string {
  const after = afterMs < 1_000 ? '' : ` after ${formatDuration(Math.round(afterMs / 100) * 100)}`;
  if (status !== null && status < 300) {
    return `a call to the account is answered by somebody else while A is registered, a mailbox or a diversion (${advice})`;
  }
  if (status !== null) {
    return `a call to the account is answered ${status}${after} while A is registered (${advice})`;
  }
  const sound = isAlerted ? 'the caller hears ringing, but ' : '';
  return `${sound}no call to the account has reached A${after} (${advice})`;
}

async function callA(lab: Laboratory, withinMs: number): Promise<CallSight> {
  const call = await lab.call();
  const sight = await call.outcome(withinMs, [0]);
  await call.hangUp();
  return sight;
}

const reached = ({ rang }: CallSight): boolean => rang.includes(0);

interface Calls {
  readonly first: CallSight;
  /** With the caller registered too, where the first one did not reach A and somebody else calls. */
  readonly asRegistered: CallSight | null;
  /** Once more what has reached A. */
  readonly second: CallSight | null;
}

async function callTwice(lab: Laboratory, withinMs: number): Promise<Calls> {
  const first = await callA(lab, withinMs);
  if (reached(first)) return { first, asRegistered: null, second: await callA(lab, withinMs) };
  if (!lab.hasOtherCaller || !isGranted(await lab.registerCaller())) {
    // A surprising result is repeated.
    const again = await callA(lab, withinMs);
    return { first: reached(again) ? again : first, asRegistered: null, second: null };
  }
  const asRegistered = await callA(lab, withinMs);
  return { first, asRegistered, second: reached(asRegistered) ? await callA(lab, withinMs) : null };
}

function admission({ hasOtherCaller }: Laboratory, { first, asRegistered }: Calls): readonly Conclusion[] {
  if (!hasOtherCaller) return [];
  const title = axisTable.admitsCalls.title;
  if (asRegistered === null)
    return [{ topic: title, axes: { admitsCalls: 'everybody' }, says: 'whoever has an account' }];
  const says = `registered contacts: answered ${first.status ?? 'with nothing'} until the caller was registered`;
  return [{ topic: title, axes: { admitsCalls: 'registered' }, says }];
}

const failed = (why: string, listsOthers = false): Control => ({
  callsFail: noCallReaches,
  promptMs: promptMs(0),
  listsOthers,
  conclusions: [{ topic, axes: {}, says: null, remark: why }],
});

const refusalText = ({ status, reason }: RegisterOutcome): string =>
  status === null ? 'is not answered' : `is answered ${status} ${reason}`.trim();

/**
 * The positive control: A is registered, so A must ring; A is un-registered, so it must not. Only then is it evidence
 * that somebody does not ring. Throws a ProbeFailure where an un-REGISTER does nothing: nothing could be told apart then.
 */
export async function runControl(lab: Laboratory, { ringWaitMs, seconds }: ControlOptions): Promise<Control> {
  const bound = await bind(lab, 0, seconds);
  if (!isGranted(bound)) return failed(`a REGISTER with nobody else registered ${refusalText(bound)}`);
  const listsOthers = (await lab.listed(1))?.includes(0) === true;
  const calls = await callTwice(lab, ringWaitMs);
  const decisive = calls.asRegistered ?? calls.first;
  if (!reached(decisive)) {
    await unbind(lab, 0);
    return failed(whyNot(decisive), listsOthers);
  }
  if (calls.second !== null && !reached(calls.second)) {
    await unbind(lab, 0);
    return failed('of two calls to the account only one has reached A', listsOthers);
  }
  const slowestMs = Math.max(...[decisive, calls.second ?? decisive].map(({ rangAtMs }) => rangAtMs[0] ?? 0));
  lab.expectRings(slowestMs);
  const removed = await unbind(lab, 0);
  if ((await ringing(lab)).includes(0)) {
    const answer = isGranted(removed) ? `is answered ${removed.status} and does nothing` : refusalText(removed);
    throw new ProbeFailure('unclear', `an un-REGISTER ${answer}: A rings on, so nothing more can be told apart`);
  }
  const says = `rings after ${Math.round(slowestMs)} ms at most, and not when it is un-registered`;
  return {
    callsFail: null,
    promptMs: promptMs(slowestMs),
    listsOthers,
    conclusions: [{ topic, axes: {}, says }, ...admission(lab, calls)],
  };
}
