import { axisTable } from '../profiles/serverAxes.ts';
import { experiment, type Known, unknown } from './experiment.ts';
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
  /** Who rang when it had un-registered. */
  readonly kept: readonly Agent[];
  /** What it got for a REGISTER on a full account; null where an account that is full refuses nobody. */
  readonly refreshed: RegisterOutcome | null;
}

const newCallId = { isRestarted: true } as const;

/** How many bindings fill an account that then refuses one more; null where it never does. */
function fillOf({ capacity, whenFull }: Known['axes'], { agents }: Laboratory): number | null {
  const isFilled = whenFull?.do === 'refuse' && capacity !== undefined && capacity !== null && capacity <= agents;
  return isFilled ? capacity : null;
}

async function restart(lab: Laboratory, { axes, longSeconds }: Known): Promise<Restarted> {
  await bind(lab, 0, longSeconds);
  await unbind(lab, 0, newCallId);
  const kept = await ringing(lab);
  const full = Array.from({ length: fillOf(axes, lab) ?? 0 }, (_, agent) => agent);
  for (const agent of full) await bind(lab, agent, longSeconds);
  const refreshed = full.length === 0 ? null : await bind(lab, 0, longSeconds, newCallId);
  if (refreshed !== null && isGranted(refreshed)) await unbind(lab, 0, newCallId);
  await unbindAll(lab, full.length === 0 ? [0] : full);
  return { kept, refreshed };
}

const shared = { sharesInstance: true } as const;

/**
 * Whether two contacts with one instance-id and reg-id are one binding (RFC 5626 6), and whether one contact under two
 * Call-IDs is (RFC 3261 10.3 step 7).
 */
export const instance = experiment<Observation>({
  does: 'comes back as A with a new Call-ID, then registers A and B with the same instance-id, and calls the account',
  requests: (agents) => 16 + 2 * agents,
  async observe(lab, known) {
    const { longSeconds } = known;
    const restarted = await restart(lab, known);
    const first = await bind(lab, 0, longSeconds, shared);
    const second = await bind(lab, 1, longSeconds, shared);
    const rang = await ringing(lab);
    await unbind(lab, 1, shared);
    const left = await ringing(lab);
    await unbindAll(lab, [0, 1]);
    return { restarted, first, second, rang, left };
  },
  deduce(
    { restarted: { kept, refreshed }, first, second, rang, left },
    { axes: { capacity, whenFull, removalScope } },
  ) {
    const topic = axisTable.matchesBindingBy.title;
    if (!isGranted(first)) return [unknown(topic, 'nobody could be registered')];
    if (kept.includes(0) || (refreshed !== null && !isGranted(refreshed))) {
      return [{ topic, axes: { matchesBindingBy: 'callId' }, says: 'its Contact and Call-ID' }];
    }
    if (capacity === 1 && whenFull?.do === 'overwrite') {
      return [unknown(topic, 'a new binding replaces the old one, whatever its instance-id')];
    }
    if (!isGranted(second) && capacity === undefined)
      return [unknown(topic, 'B was refused, and not for want of room')];
    const byContact = { topic, axes: { matchesBindingBy: 'contact' }, says: 'its Contact' } as const;
    if (!isGranted(second) || rang.includes(0) || left.includes(0)) {
      const isCallIdSeen = removalScope !== 'allOfUser' || refreshed !== null;
      return [
        isCallIdSeen ? byContact : unknown(topic, 'its Contact or that and its Call-ID: any un-REGISTER removes it'),
      ];
    }
    if (!rang.includes(1)) return [unknown(topic, 'neither of the two rang')];
    return [{ topic, axes: { matchesBindingBy: 'instance' }, says: 'its instance-id, where there is one' }];
  },
});
