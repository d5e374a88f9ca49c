import { axisTitles } from '../../profiles/serverSheet.ts';
import { experiment, unknown } from './experiment.ts';
import { type Agent, bind, isGranted, type RegisterOutcome, ringing, unbind, unbindAll } from './laboratory.ts';

interface Observation {
  readonly first: RegisterOutcome;
  readonly second: RegisterOutcome;
  /** Who rang after both. */
  readonly rang: readonly Agent[];
  /** Who rang when the second had been removed, with the instance-id. */
  readonly left: readonly Agent[];
}

const shared = { sharesInstance: true } as const;

/** Whether two contacts with one instance-id and reg-id are one binding (RFC 5626 6). */
export const instance = experiment<Observation>({
  does: 'registers A and B with the same instance-id, and calls the account',
  requests: () => 9,
  async observe(lab, { longSeconds }) {
    const first = await bind(lab, 0, longSeconds, shared);
    const second = await bind(lab, 1, longSeconds, shared);
    const rang = await ringing(lab);
    await unbind(lab, 1, shared);
    const left = await ringing(lab);
    await unbindAll(lab, [0, 1]);
    return { first, second, rang, left };
  },
  deduce({ first, second, rang, left }, { axes: { capacity, whenFull } }) {
    const topic = axisTitles.matchesBindingBy;
    if (!isGranted(first)) return [unknown(topic, 'nobody could be registered')];
    if (capacity === 1 && whenFull?.do === 'overwrite') {
      return [unknown(topic, 'a new binding replaces the old one, whatever its instance-id')];
    }
    if (!isGranted(second) && capacity === undefined)
      return [unknown(topic, 'B was refused, and not for want of room')];
    const byContact = { topic, axes: { matchesBindingBy: 'contact' }, says: 'its Contact' } as const;
    if (!isGranted(second) || rang.includes(0) || left.includes(0)) return [byContact];
    if (!rang.includes(1)) return [unknown(topic, 'neither of the two rang')];
    return [{ topic, axes: { matchesBindingBy: 'instance' }, says: 'its instance-id, where there is one' }];
  },
});
