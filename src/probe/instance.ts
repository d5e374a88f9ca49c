import { axisTable } from '../profiles/serverAxes.ts';
import { type Conclusion, experiment, type Known, moot, unknown, unsayable } from './experiment.ts';
import {
  type Agent,
  bind,
  isGranted,
  type Laboratory,
  type RegisterOutcome,
  ringing,
  unbind,
  unbindAll,
} from './laboratory.ts';
import { isAmong } from './presence.ts';

interface Observation {
  readonly restarted: Restarted;
  readonly first: RegisterOutcome;
  readonly second: RegisterOutcome;
  /** Who rang after both. */
  readonly rang: readonly Agent[];
  /** Who rang when the second had been removed, with the instance-id. */
  readonly left: readonly Agent[];
}

/** What became of A, once bound, when it came with another Call-ID. */
interface Restarted {
  /** What it got when it un-registered, and who rang after that. */
  readonly removed: RegisterOutcome;
  readonly kept: readonly Agent[];
  /** Where it was kept or refused: what came of another Contact under the Call-ID of A. Null where it was not. */
  readonly moved: Moved | null;
  /** What it got for a REGISTER on a full account; null where an account that is full refuses nobody. */
  readonly refreshed: RegisterOutcome | null;
}

/** A, which is bound, registers the Contact of B under its own Call-ID. */
interface Moved {
  readonly outcome: RegisterOutcome;
  /** Who is bound then; null where that cannot be seen. */
  readonly bound: readonly Agent[] | null;
}

const newCallId = { isRestarted: true } as const;

/** How many bindings fill an account that then refuses one more; null where it never does. */
function fillOf({ capacity, whenFull }: Known['axes'], { agents }: Laboratory): number | null {
  const isFilled = whenFull?.do === 'refuse' && capacity !== undefined && capacity !== null && capacity <= agents;
  return isFilled ? capacity : null;
}

async function move(lab: Laboratory, { longSeconds, axes }: Known): Promise<Moved> {
  /** Under the Call-ID of A, whatever it is about. */
  const asA = (agent: Agent, expiresSeconds: number) =>
    lab.register({ from: 0, contacts: [{ agent, expiresSeconds }] });
  await asA(0, longSeconds);
  const outcome = await asA(1, longSeconds);
  const rang = await ringing(lab, [0, 1]);
  const [only] = rang;
  let bound: readonly Agent[] | null = rang;
  if (rang.length === 1 && only !== undefined) {
    await asA(only, 0);
    bound = axes.removalScope === 'allOfUser' ? null : [only, ...(await ringing(lab))];
  }
  if (isGranted(outcome)) await asA(1, 0);
  await asA(0, 0);
  return { outcome, bound };
}

async function restart(lab: Laboratory, known: Known): Promise<Restarted> {
  const { axes, longSeconds } = known;
  await bind(lab, 0, longSeconds);
  const removed = await unbind(lab, 0, newCallId);
  const kept = await ringing(lab);
  const full = Array.from({ length: fillOf(axes, lab) ?? 0 }, (_, agent) => agent);
  for (const agent of full) await bind(lab, agent, longSeconds);
  const refreshed = full.length === 0 ? null : await bind(lab, 0, longSeconds, newCallId);
  if (refreshed !== null && isGranted(refreshed)) await unbind(lab, 0, newCallId);
  await unbindAll(lab, full.length === 0 ? [0] : full);
  const isAnother = kept.includes(0) || (refreshed !== null && !isGranted(refreshed));
  const moved = isAnother ? await move(lab, known) : null;
  return { removed, kept, moved, refreshed };
}

const shared = { sharesInstance: true } as const;

const topic = axisTable.matchesBindingBy.title;

/** Why a Contact counts for nothing beside the Call-ID, or may; null where the two of them make the binding. */
function callIdAlone({ moved }: Restarted, { capacity, whenFull }: Known['axes']): Conclusion | null {
  if (moved === null || !isGranted(moved.outcome) || isAmong([0, 1], moved.bound ?? [])) return null;
  const replaces = capacity === 1 && whenFull?.do !== 'refuse';
  if (replaces && moved.bound?.includes(1)) return null;
  if (capacity === undefined || moved.bound?.length !== 1)
    return unknown(topic, 'its Contact and Call-ID, or its Call-ID alone');
  return unsayable(topic, 'its Call-ID alone', 'a new Contact under the same Call-ID is no other binding');
}

/** What A has shown that came back with a new Call-ID; null where that leaves it open. */
function byCallId(restarted: Restarted, axes: Known['axes']): Conclusion | null {
  const { removed, kept, refreshed } = restarted;
  const isRefused = refreshed !== null && !isGranted(refreshed);
  // An un-REGISTER that was refused says nothing of what it would have removed.
  const isKept = kept.includes(0) && isGranted(removed);
  if (!isRefused && !isKept) return null;
  const alone = callIdAlone(restarted, axes);
  if (alone !== null) return alone;
  const opposite = isKept
    ? `a full account granted A a REGISTER with a new Call-ID`
    : 'the un-REGISTER with a new Call-ID removed the binding';
  const against = refreshed !== null && isRefused !== isKept ? { against: [opposite] } : {};
  const says = 'its Contact and Call-ID';
  return { topic, axes: { matchesBindingBy: 'callId' }, says, needsRepetition: true, ...against };
}

/** Why A and B with one instance-id can show nothing; null where they can. */
function obstacle({ capacity, whenFull, removalScope, fork }: Known['axes']): Conclusion | null {
  if (capacity === undefined)
    return unknown(topic, 'how many bindings there may be is not known, so B may have replaced A for want of room');
  if (capacity !== 1 || whenFull?.do === 'refuse') {
    const isHidden = removalScope === 'allOfUser' && fork !== 'all' && capacity !== 1;
    return isHidden ? unknown(topic, 'who is bound besides the one who rings cannot be seen') : null;
  }
  if (whenFull?.do === 'overwrite') return moot(topic, 'a new binding replaces the old one, whatever its instance-id');
  return unknown(topic, 'what one binding too many meets is not known');
}

/**
 * Whether two contacts with one instance-id and reg-id are one binding (RFC 5626 6), and whether one contact under two
 * Call-IDs is (RFC 3261 10.3 step 7).
 */
export const instance = experiment<Observation>({
  does: 'comes back as A with a new Call-ID, then registers A and B with the same instance-id, and calls the account',
  asks: ['matchesBindingBy'],
  needsCalls: true,
  requests: (agents) => 32 + 2 * agents,
  async observe(lab, known) {
    const { longSeconds } = known;
    const restarted = await restart(lab, known);
    const first = await bind(lab, 0, longSeconds, shared);
    const second = await bind(lab, 1, longSeconds, shared);
    const rang = await ringing(lab, [1]);
    await unbind(lab, 1, shared);
    const left = await ringing(lab);
    await unbindAll(lab, [0, 1]);
    return { restarted, first, second, rang, left };
  },
  deduce({ restarted, first, second, rang, left }, { axes }) {
    if (!isGranted(first)) return [unknown(topic, 'nobody could be registered')];
    const callId = byCallId(restarted, axes);
    if (callId !== null) return [callId];
    if (!isGranted(second) && axes.capacity === undefined)
      return [unknown(topic, 'B was refused, and not for want of room')];
    const isCallIdSeen = axes.removalScope !== 'allOfUser' || restarted.refreshed !== null;
    const byContact = { topic, axes: { matchesBindingBy: 'contact' }, says: 'its Contact' } as const;
    const contact = isCallIdSeen
      ? byContact
      : unknown(topic, 'its Contact or that and its Call-ID: any un-REGISTER removes it');
    if (rang.includes(0) || left.includes(0)) return [contact];
    const why = obstacle(axes);
    if (why !== null) return [why];
    if (!isGranted(second)) return [contact];
    if (!rang.includes(1)) return [unknown(topic, 'neither of the two rang')];
    const says = 'its instance-id, where there is one';
    return [{ topic, axes: { matchesBindingBy: 'instance' }, says, needsRepetition: true }];
  },
});
