import { axisTable } from '../profiles/serverAxes.ts';
import { experiment, unknown } from './experiment.ts';
import { type Agent, bind, isGranted, type RegisterOutcome, ringing, unbind, unbindAll } from './laboratory.ts';

interface Observation {
  /** What A got for its own REGISTER. */
  readonly bound: RegisterOutcome;
  /** What B, which is not bound, got for its un-REGISTER. */
  readonly removed: RegisterOutcome;
  /** Who rang after that. */
  readonly rang: readonly Agent[];
}

/** Whose bindings an un-REGISTER takes away. */
export const removal = experiment<Observation>({
  does: 'registers A, un-registers B, which is not registered, and calls the account',
  asks: ['removalScope'],
  needsCalls: true,
  requests: () => 6,
  async observe(lab, { longSeconds }) {
    const bound = await bind(lab, 0, longSeconds);
    const removed = await unbind(lab, 1);
    const rang = await ringing(lab, [0]);
    await unbind(lab, 0);
    return { bound, removed, rang };
  },
  deduce({ bound, rang }) {
    const topic = axisTable.removalScope.title;
    if (!isGranted(bound)) return [unknown(topic, 'nobody could be registered')];
    if (rang.includes(0)) return [{ topic, axes: { removalScope: 'ownContact' }, says: 'the contact that it names' }];
    const says = 'every binding of the user, whatever it names';
    return [{ topic, axes: { removalScope: 'allOfUser' }, says, needsRepetition: true }];
  },
});

/** Whose bindings `Contact: *` takes away (RFC 3261 10.2.2). Run only where the user has allowed it. */
export const removalOfAll = experiment<Observation>({
  does: 'registers A, sends Contact: * from B, and calls the account',
  asks: [],
  needsCalls: true,
  requests: () => 6,
  async observe(lab, { longSeconds }) {
    const bound = await bind(lab, 0, longSeconds);
    const removed = await lab.register({ from: 1, contacts: 'every' });
    const rang = await ringing(lab, [0]);
    await unbindAll(lab, [0, 1]);
    return { bound, removed, rang };
  },
  deduce({ bound, removed, rang }) {
    const topic = 'Contact: * removes';
    if (!isGranted(bound)) return [unknown(topic, 'nobody could be registered')];
    if (!isGranted(removed))
      return [{ topic, axes: {}, says: `nothing: it is answered ${removed.status ?? 'with nothing'}` }];
    if (rang.includes(0)) return [{ topic, axes: {}, says: 'not the bindings of others' }];
    return [{ topic, axes: {}, says: 'every binding, those of others too', needsRepetition: true }];
  },
});
