import { axisTable } from '../profiles/serverAxes.ts';
import { formatDuration } from '../sim/data/duration.ts';
import { type Conclusion, experiment, type Known, unknown, unsayable } from './experiment.ts';
import { bind, type CallSight, isGranted, type Laboratory, type RegisterOutcome, unbindAll } from './laboratory.ts';
import { agentNames } from './transcript.ts';

interface Observation {
  /** Whether the account has called itself: then the caller was not registered either. */
  readonly isOwnCall: boolean;
  /** What became of a call with nobody registered. */
  readonly nobody: CallSight;
  /** Such a call while somebody registers; null where the first one failed at once. */
  readonly released: CallSight | null;
}

/** What a server says to a caller that it does not know or want (RFC 3261 21.4.2 to 21.4.8, 21.6.2; RFC 5079). */
const aboutCaller: ReadonlySet<number> = new Set([401, 402, 403, 407, 433, 603]);

async function callAndRegister(lab: Laboratory, seconds: number): Promise<CallSight> {
  const call = await lab.call();
  await call.whoRings();
  await bind(lab, 0, seconds);
  const sight = await call.whoRings([0]);
  await call.hangUp();
  await unbindAll(lab, [0]);
  return sight;
}

/** RFC 3261 17.1.1.2: without any answer the caller gives up by itself, at the latest with Timer B. */
function silence({ isAlerted }: CallSight, patienceMs: number): Conclusion {
  const topic = axisTable.withoutBinding.title;
  const within = `within ${formatDuration(patienceMs)}`;
  if (isAlerted)
    return unknown(
      topic,
      `no final answer ${within}, though the caller hears ringing, nor is it held for who registers`,
    );
  return {
    topic,
    axes: { withoutBinding: { do: 'reject', code: 480 } },
    says: `is not answered ${within}, nor held for who registers`,
    remark: 'a profile has no word for that: it says 480, which loses the call just so, only sooner',
    needsRepetition: true,
  };
}

function deduceOutcome({ isOwnCall, nobody, released }: Observation, patienceMs: number): Conclusion {
  const { status, afterMs, rang } = nobody;
  const topic = axisTable.withoutBinding.title;
  if (rang.length > 0) return unknown(topic, `${agentNames(rang)} rang although it had un-registered`);
  if (status !== null && status < 300) {
    return {
      topic,
      axes: { withoutBinding: { do: 'voicemail' } },
      says: 'is answered: a voice mailbox, or somebody else',
    };
  }
  if (released?.rang.includes(0) && !nobody.isTried)
    return unsayable(
      topic,
      'is not answered, but reaches who has registered by the time that the caller repeats it',
      'the INVITE of the caller, not the server, waits (RFC 3261 17.1.1.2)',
    );
  if (released?.rang.includes(0)) {
    const ms = Math.round((status === null ? Math.min(patienceMs, afterMs) : afterMs) / 100) * 100;
    const says =
      status === null
        ? `is held for ${formatDuration(ms)} at least`
        : `is held for ${formatDuration(ms)}, then ${status}`;
    const remark = status === null ? 'it was not waited for longer' : undefined;
    return { topic, axes: { withoutBinding: { do: 'hold', ms } }, says, ...(remark && { remark }) };
  }
  if (status === 404 || status === 480) {
    return { topic, axes: { withoutBinding: { do: 'reject', code: status } }, says: `is answered ${status}` };
  }
  if (status === null) return silence(nobody, patienceMs);
  if (isOwnCall && aboutCaller.has(status)) {
    return unknown(
      topic,
      `is answered ${status}, perhaps because the caller, the account itself, is not registered; try --caller`,
    );
  }
  const remark = 'a profile has no word for that: it says 480, which loses the call just so';
  return { topic, axes: { withoutBinding: { do: 'reject', code: 480 } }, says: `is answered ${status}`, remark };
}

/** What a call meets when nobody is registered. */
export const withoutBinding = experiment<Observation>({
  does: 'calls the account with nobody registered, and once more while A registers if the call is held',
  asks: ['withoutBinding'],
  needsCalls: true,
  requests: () => 5,
  async observe(lab, { longSeconds, patienceMs, promptMs }) {
    const call = await lab.call();
    const nobody = await call.outcome(patienceMs);
    await call.hangUp();
    // A server that takes its time for every call does not hold this one.
    const isHeld = nobody.status === null || (nobody.status >= 300 && nobody.afterMs > promptMs);
    return {
      isOwnCall: !lab.hasOtherCaller,
      nobody,
      released: isHeld ? await callAndRegister(lab, longSeconds) : null,
    };
  },
  deduce: (observation, { patienceMs }) => [deduceOutcome(observation, patienceMs)],
});

interface LateObservation {
  readonly bound: RegisterOutcome;
  readonly late: RegisterOutcome;
  /** What was seen before B registered, and after it. */
  readonly before: CallSight;
  readonly after: CallSight;
}

/** Whether two may be bound at a time. */
const isRoomForTwo = ({ capacity }: Known['axes']): boolean =>
  capacity === null || (capacity !== undefined && capacity > 1);

/** Whether a binding that appears while the phone rings gets a branch (RFC 8599 5.6.2). */
export const lateBinding = experiment<LateObservation>({
  does: 'calls the account while A is registered, and lets B register during the call, in its place if there is room for one',
  asks: ['forksToLateBindings'],
  needsCalls: true,
  requests: () => 7,
  async observe(lab, { longSeconds, axes }) {
    const bound = await bind(lab, 0, longSeconds);
    const call = await lab.call();
    const before = await call.whoRings([0]);
    if (!isRoomForTwo(axes)) await unbindAll(lab, [0]);
    const late = await bind(lab, 1, longSeconds);
    const after = await call.whoRings([0, 1]);
    await call.hangUp();
    await unbindAll(lab, [0, 1]);
    return { bound, late, before, after };
  },
  deduce({ bound, late, before, after }) {
    const topic = axisTable.forksToLateBindings.title;
    if (!isGranted(bound) || !isGranted(late)) return [unknown(topic, 'the second contact could not be registered')];
    if (!before.rang.includes(0)) return [unknown(topic, 'the first contact did not ring')];
    if (after.rang.includes(1)) return [{ topic, axes: { forksToLateBindings: true }, says: 'yes' }];
    if (after.status !== null)
      return [unknown(topic, `the call ended with ${after.status} before anybody else could ring`)];
    return [{ topic, axes: { forksToLateBindings: false }, says: 'no', needsRepetition: true }];
  },
});
