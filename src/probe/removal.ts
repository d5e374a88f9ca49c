import { axisTable } from '../profiles/serverAxes.ts';
import { experiment, unknown } from './experiment.ts';
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
  /** What A got for its own REGISTER. */
  readonly bound: RegisterOutcome;
  /** Who rang after B, which was not bound, had un-registered. */
  readonly rang: readonly Agent[];
  /** Null where A did not ring then, or there is no place for B. */
  readonly both: Both | null;
}

/** With A and B registered. */
interface Both {
  readonly rang: readonly Agent[];
  /** Who rang when one of the two had been un-registered: one that had not rung, if there was one. */
  readonly removed: Agent;
  readonly left: readonly Agent[];
}

async function removeOneOfTwo(lab: Laboratory, seconds: number): Promise<Both | null> {
  if (!isGranted(await bind(lab, 1, seconds))) return null;
  const rang = await ringing(lab, [0, 1]);
  const removed = rang.includes(1) && !rang.includes(0) ? 0 : 1;
  await unbind(lab, removed);
  const left = await ringing(
    lab,
    rang.filter((agent) => agent !== removed),
  );
  return { rang, removed, left };
}

/** Whose bindings an un-REGISTER takes away: one of a contact that is not bound, and one of a contact that may be. */
export const removal = experiment<Observation>({
  does: 'registers A, un-registers B, which is not registered, and calls the account; the same with B registered',
  asks: ['removalScope'],
  needsCalls: true,
  requests: () => 12,
  async observe(lab, { longSeconds }) {
    const bound = await bind(lab, 0, longSeconds);
    await unbind(lab, 1);
    const rang = await ringing(lab, [0]);
    const both = rang.includes(0) ? await removeOneOfTwo(lab, longSeconds) : null;
    await unbindAll(lab, [0, 1]);
    return { bound, rang, both };
  },
  deduce({ bound, rang, both }) {
    const topic = axisTable.removalScope.title;
    if (!isGranted(bound)) return [unknown(topic, 'nobody could be registered')];
    const all = { topic, axes: { removalScope: 'allOfUser' }, needsRepetition: true } as const;
    if (!rang.includes(0)) return [{ ...all, says: 'every binding of the user, whatever it names' }];
    const stays = both === null || both.rang.every((agent) => agent === both.removed || both.left.includes(agent));
    if (stays) return [{ topic, axes: { removalScope: 'ownContact' }, says: 'the contact that it names' }];
    return [{ ...all, says: 'every binding of the user, if the contact that it names is bound' }];
  },
});

interface RemovalOfAll {
  readonly bound: RegisterOutcome;
  /** What B got for its Contact: *. */
  readonly removed: RegisterOutcome;
  /** Who rang after that. */
  readonly rang: readonly Agent[];
}

/** Whose bindings `Contact: *` takes away (RFC 3261 10.2.2). Run only where the user has allowed it. */
export const removalOfAll = experiment<RemovalOfAll>({
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
