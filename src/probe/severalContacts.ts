import { axisTable } from '../profiles/serverAxes.ts';
import { type Conclusion, experiment, type Known, moot, unknown, unsayable } from './experiment.ts';
import { type Agent, bind, isGranted, type Laboratory, type RegisterOutcome, unbindAll } from './laboratory.ts';
import { isAmong, whoIsBound } from './presence.ts';
import { agentNames } from './transcript.ts';

/** One REGISTER that removes one contact and adds another, and what is seen after it. */
interface Swap {
  /** Who was bound before. */
  readonly before: readonly Agent[];
  /** Whether each of them was granted its binding. */
  readonly isFilled: boolean;
  /** Whom the REGISTER removes. */
  readonly old: Agent;
  /** Whom it adds. */
  readonly added: Agent;
  readonly outcome: RegisterOutcome;
  /** Who was bound after it; null where that cannot be seen. */
  readonly present: readonly Agent[] | null;
}

interface Observation {
  /** On an account with room for both; null where there never is. */
  readonly roomy: Swap | null;
  /** On a full account, what is to go first; null where it is never full, or the first swap did not succeed. */
  readonly full: Swap | null;
  /** The same the other way round, what is to come first; null where the first two did not both succeed. */
  readonly reversed: Swap | null;
  /** Where the old one was still there: whether a REGISTER about nothing else removes it. Null where that is not known. */
  readonly isRemovedAlone: boolean | null;
}

const topic = axisTable.severalContacts.title;

const expectedAfter = ({ before, old, added }: Pick<Swap, 'before' | 'old' | 'added'>): readonly Agent[] => [
  ...before.filter((agent) => agent !== old),
  added,
];

/** Binds all of them. Returns whether each was granted it. */
async function fill(lab: Laboratory, agents: readonly Agent[], { longSeconds }: Known): Promise<boolean> {
  const outcomes: RegisterOutcome[] = [];
  for (const agent of agents) outcomes.push(await bind(lab, agent, longSeconds));
  return outcomes.every(isGranted);
}

const isClean = (swap: Swap): boolean => {
  const expected = expectedAfter(swap);
  return isGranted(swap.outcome) && swap.present?.length === expected.length && isAmong(expected, swap.present);
};

/** Of those who are bound one leaves for another; `order` is that of the two Contacts. */
async function swap(
  lab: Laboratory,
  wish: Pick<Swap, 'before' | 'isFilled' | 'old' | 'added'>,
  order: 'oldFirst' | 'newFirst',
  known: Known,
): Promise<Swap> {
  const { old, added } = wish;
  const removed = { agent: old, expiresSeconds: 0 };
  const coming = { agent: added, expiresSeconds: known.longSeconds };
  const contacts = order === 'oldFirst' ? [removed, coming] : [coming, removed];
  const outcome = await lab.register({ from: added, contacts });
  // Where a call does not reach everybody, one that should have gone may be bound and silent.
  const sought = known.axes.fork === 'all' ? expectedAfter(wish) : [...expectedAfter(wish), old];
  const { bound, isEmptied } = await whoIsBound(lab, sought, known);
  const made = { ...wish, outcome, present: bound };
  if (isEmptied && isClean(made)) return { ...made, isFilled: await fill(lab, expectedAfter(wish), known) };
  return made;
}

async function observeSwaps(lab: Laboratory, known: Known): Promise<Omit<Observation, 'isRemovedAlone'>> {
  const { capacity = 1 } = known.axes;
  const roomy = { before: [0], isFilled: await fill(lab, [0], known), old: 0, added: 1 };
  const withRoom = capacity === 1 ? null : await swap(lab, roomy, 'oldFirst', known);
  if (capacity === null || capacity === 0 || (withRoom !== null && !isClean(withRoom)))
    return { roomy: withRoom, full: null, reversed: null };
  await unbindAll(lab, [0, 1]);
  const count = Math.min(capacity, lab.agents - 1);
  const before = Array.from({ length: count }, (_, agent) => agent);
  const isFilled = await fill(lab, before, known);
  const [old, added] = [count - 1, count];
  const full = await swap(lab, { before, isFilled, old, added }, 'oldFirst', known);
  const back = { before: expectedAfter(full), isFilled: full.isFilled, old: added, added: old };
  const reversed = isClean(full) ? await swap(lab, back, 'newFirst', known) : null;
  await unbindAll(lab, [...before, added]);
  return { roomy: withRoom, full, reversed };
}

/** Whether the contact of another agent can be removed by its name. */
async function removesAlone(lab: Laboratory, { old, added }: Swap, known: Known): Promise<boolean | null> {
  await unbindAll(lab, [added]);
  await bind(lab, old, known.longSeconds);
  const outcome = await lab.register({ from: added, contacts: [{ agent: old, expiresSeconds: 0 }] });
  if (!isGranted(outcome)) return null;
  const { bound } = await whoIsBound(lab, [old], known);
  return bound === null ? null : !bound.includes(old);
}

const cannotName = {
  topic: axisTable.sbc.title,
  axes: {
    sbc: {
      rewritesContacts: true,
      cacheMs: null,
      flowMs: null,
      comparesVia: false,
      natExpiresMs: null,
      alertMs: null,
    },
  },
  says: 'nobody can name the contact of another, as behind an SBC that rewrites Contacts',
  needsRepetition: true,
} as const satisfies Conclusion;

/** The one to be removed is still there. */
function stillThere(
  { outcome, old, added, present }: Swap,
  isRemovedAlone: boolean | null,
  { axes: { matchesBindingBy } }: Known,
): readonly Conclusion[] {
  const unrecognised = unknown(topic, 'the contact to be removed was not recognised');
  // A server that goes by the Call-ID does not recognise it either.
  if (isRemovedAlone === false) return matchesBindingBy === undefined ? [unrecognised] : [cannotName, unrecognised];
  if (!isGranted(outcome)) {
    const answer = outcome.status === null ? 'is not answered' : `is refused with ${outcome.status}`;
    return [{ ...unknown(topic, `a REGISTER with two Contacts ${answer} and changes nothing`), needsRepetition: true }];
  }
  const what = present?.includes(added) ? `${agentNames([added])} was added, and ` : 'nothing was carried out, ';
  return [unknown(topic, `${what}${agentNames([old])} was not removed although it is named`)];
}

/** The one to be removed is gone. */
function swapped(made: Swap, reversed: Swap | null, { axes }: Known): Conclusion {
  const { before, old, added, outcome, present } = made;
  const sequential = { topic, axes: { severalContacts: 'sequential' }, needsRepetition: true } as const;
  const isGone = `${agentNames([old])} is gone although the REGISTER was refused`;
  if (!isGranted(outcome)) return { ...sequential, says: `one after the other: ${isGone}` };
  if (!present?.includes(added)) {
    return unknown(topic, `of two Contacts only the first is carried out, although the answer is ${outcome.status}`);
  }
  if (!isAmong(expectedAfter(made), present)) {
    if (axes.removalScope === 'allOfUser')
      return unknown(topic, 'others are gone after a swap: to make room, or since an un-REGISTER removes all');
    return { ...sequential, says: 'one after the other: another binding had to make room all the same' };
  }
  if (axes.whenFull?.do === 'overwrite' && before.length === 1) {
    return moot(topic, 'the newest binding replaces the others either way');
  }
  if (axes.whenFull === undefined) return unknown(topic, 'a swap succeeds; it is not known what a full account does');
  if (reversed === null || reversed.present === null)
    return unknown(topic, 'what came of a second swap cannot be seen');
  if (isClean(reversed))
    return {
      topic,
      axes: { severalContacts: 'atomic' },
      says: 'all or nothing: a swap succeeds on a full account, in either order',
    };
  const says = 'in the order of the request: a swap succeeds on a full account only if what is to go comes first';
  return unsayable(topic, says, `the other way round it is answered ${reversed.outcome.status ?? 'with nothing'}`);
}

/**
 * A swap in one REGISTER: it removes a binding and adds another one, first where there is room for both, which shows
 * whether both Contacts are carried out. On a full server, all or nothing, there is room; Contact by Contact there is
 * none, or only if what is to go comes first.
 */
export const severalContacts = experiment<Observation>({
  does: 'sends a REGISTER that removes one contact and adds another, with room for both and on a full account, and calls it',
  asks: ['severalContacts'],
  needsCalls: true,
  requests: (agents) => 9 * agents + 20,
  async observe(lab, known) {
    const swaps = await observeSwaps(lab, known);
    const last = swaps.full ?? swaps.roomy;
    const isThere = last !== null && last.present?.includes(last.old) === true;
    const isRemovedAlone = isThere ? await removesAlone(lab, last, known) : null;
    await unbindAll(lab, [...new Set([0, 1, ...(last === null ? [] : [last.old, last.added])])]);
    return { ...swaps, isRemovedAlone };
  },
  deduce({ roomy, full, reversed, isRemovedAlone }, known) {
    const { capacity, matchesBindingBy } = known.axes;
    if (capacity === 0) return [moot(topic, 'no binding is granted')];
    if (capacity === undefined) return [unknown(topic, 'it is not known when the account is full')];
    const last = full ?? roomy;
    if (last?.isFilled === false) {
      const why = 'a REGISTER that was granted before is refused now: it may be the server that is busy';
      return [unknown(topic, why)];
    }
    if (last === null || last.present === null) return [unknown(topic, 'who is bound after a swap cannot be seen')];
    if (!isClean(last) && matchesBindingBy === 'callId')
      return [unknown(topic, 'a Contact is found only under the Call-ID that has registered it')];
    if (last.present.includes(last.old)) return stillThere(last, isRemovedAlone, known);
    if (full === null && isClean(last))
      return [moot(topic, 'a swap succeeds; on an account without limit it would either way')];
    return [swapped(last, reversed, known)];
  },
});
