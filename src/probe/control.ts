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
export const controlRequests = 30;

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
}

async function firstCalls(lab: Laboratory, withinMs: number): Promise<Calls> {
  const first = await callA(lab, withinMs);
  if (reached(first)) return { first, asRegistered: null };
  if (!lab.hasOtherCaller || !isGranted(await lab.registerCaller())) {
    // A surprising result is repeated.
    const again = await callA(lab, withinMs);
    return { first: reached(again) ? again : first, asRegistered: null };
  }
  return { first, asRegistered: await callA(lab, withinMs) };
}

/** A second call to A, after somebody has asked who is registered. */
interface Second {
  readonly sight: CallSight;
  readonly listsOthers: boolean;
  /** Whether asking has removed the binding, against RFC 3261 10.2.3. */
  readonly askingRemoves: boolean;
}

/** Net::SIP takes a REGISTER without Contact for one with no contact left: A, registered anew, then rings if nobody asks. */
async function askAndCall(lab: Laboratory, { ringWaitMs, seconds }: ControlOptions): Promise<Second> {
  const listsOthers = (await lab.listed(1))?.includes(0) === true;
  const sight = await callA(lab, ringWaitMs);
  if (reached(sight)) return { sight, listsOthers, askingRemoves: false };
  if (!isGranted(await bind(lab, 0, seconds))) return { sight, listsOthers, askingRemoves: false };
  const again = await callA(lab, ringWaitMs);
  // Had the second call been lost for another reason, the third would have to be as well, or asking does no harm.
  if (!reached(again)) return { sight, listsOthers, askingRemoves: false };
  await lab.listed(1);
  const afterAsking = await callA(lab, ringWaitMs);
  const askingRemoves = !reached(afterAsking);
  return { sight: askingRemoves ? again : afterAsking, listsOthers: listsOthers && !askingRemoves, askingRemoves };
}

const asking = 'a REGISTER that only asks';

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
export async function runControl(lab: Laboratory, options: ControlOptions): Promise<Control> {
  const bound = await bind(lab, 0, options.seconds);
  if (!isGranted(bound)) return failed(`a REGISTER with nobody else registered ${refusalText(bound)}`);
  const calls = await firstCalls(lab, options.ringWaitMs);
  const decisive = calls.asRegistered ?? calls.first;
  if (!reached(decisive)) {
    const listsOthers = (await lab.listed(1))?.includes(0) === true;
    await unbind(lab, 0);
    return failed(whyNot(decisive), listsOthers);
  }
  const { sight, listsOthers, askingRemoves } = await askAndCall(lab, options);
  if (!reached(sight)) {
    await unbind(lab, 0);
    return failed('of two calls to the account only one has reached A', listsOthers);
  }
  if (askingRemoves) {
    lab.stopAsking();
    await bind(lab, 0, options.seconds);
  }
  const slowestMs = Math.max(...[decisive, sight].map(({ rangAtMs }) => rangAtMs[0] ?? 0));
  lab.expectRings(slowestMs);
  const removed = await unbind(lab, 0);
  if ((await ringing(lab)).includes(0)) {
    const answer = isGranted(removed) ? `is answered ${removed.status} and does nothing` : refusalText(removed);
    throw new ProbeFailure('unclear', `an un-REGISTER ${answer}: A rings on, so nothing more can be told apart`);
  }
  const says = `rings after ${Math.round(slowestMs)} ms at most, and not when it is un-registered`;
  const removes: Conclusion = { topic: asking, axes: {}, says: 'removes every binding: the probe asks no more' };
  return {
    callsFail: null,
    promptMs: promptMs(slowestMs),
    listsOthers,
    conclusions: [{ topic, axes: {}, says }, ...(askingRemoves ? [removes] : []), ...admission(lab, calls)],
  };
}
