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
  requests: () => 6,
  async observe(lab, { longSeconds }) {
    const bound = await bind(lab, 0, longSeconds);
    const removed = await unbind(lab, 1);
    const rang = await ringing(lab);
    await unbind(lab, 0);
    return { bound, removed, rang };
  },
  deduce({ bound, rang }) {
    const topic = axisTable.removalScope.title;
    if (!isGranted(bound)) return [unknown(topic, 'nobody could be registered')];
    return rang.includes(0)
      ? [{ topic, axes: { removalScope: 'ownContact' }, says: 'the contact that it names' }]
      : [{ topic, axes: { removalScope: 'allOfUser' }, says: 'every binding of the user, whatever it names' }];
  },
});

/** Whose bindings `Contact: *` takes away (RFC 3261 10.2.2). Run only where the user has allowed it. */
export const removalOfAll = experiment<Observation>({
  does: 'registers A, sends Contact: * from B, and calls the account',
  requests: () => 6,
  async observe(lab, { longSeconds }) {
    const bound = await bind(lab, 0, longSeconds);
    const removed = await lab.register({ from: 1, contacts: 'every' });
    const rang = await ringing(lab);
    await unbindAll(lab, [0, 1]);
    return { bound, removed, rang };
  },
  deduce({ bound, removed, rang }) {
    const topic = 'Contact: * removes';
    if (!isGranted(bound)) return [unknown(topic, 'nobody could be registered')];
    if (!isGranted(removed))
      return [{ topic, axes: {}, says: `nothing: it is answered ${removed.status ?? 'with nothing'}` }];
    return [
      { topic, axes: {}, says: rang.includes(0) ? 'not the bindings of others' : 'every binding, those of others too' },
    ];
  },
});
