import type { Known } from './experiment.ts';
import { type Agent, type Laboratory, ringing, unbindAll } from './laboratory.ts';

/** Who is bound, as calls and removals show it. */
export interface Presence {
  /** Who rang when the account was called, in any of the calls. */
  readonly rang: readonly Agent[];
  /** Who rang in each of them. */
  readonly calls: readonly (readonly Agent[])[];
  /** Who is bound, whether it rang or not; null where that cannot be seen. */
  readonly bound: readonly Agent[] | null;
  /** Whether finding out has taken all of them away. */
  readonly isEmptied: boolean;
}

/** Each agent once, in the order of their names. */
export const sorted = (agents: Iterable<Agent>): readonly Agent[] =>
  [...new Set(agents)].sort((one, other) => one - other);

/** Whether some are all among others. */
export const isAmong = (some: readonly Agent[], all: readonly Agent[]): boolean =>
  some.every((one) => all.includes(one));

/**
 * Who is bound besides those who rang: one who rings is removed, and the account called again, until nobody rings.
 * It ends at the first whom it meets again: with a server that does not remove, it would never end.
 */
async function peel(lab: Laboratory, rang: readonly Agent[]): Promise<readonly Agent[]> {
  const found = [...rang];
  let ringers = rang;
  while (ringers.length > 0) {
    await unbindAll(lab, ringers);
    const next = await ringing(lab);
    if (next.some((agent) => found.includes(agent))) break;
    found.push(...next);
    ringers = next;
  }
  return sorted(found);
}

/**
 * Who of those that may be bound are. Not to ring once is no evidence: the account is called again. Then those who ring
 * are removed to hear the others, or, where that would remove all, the server's own list decides if it lists others.
 */
export async function whoIsBound(
  lab: Laboratory,
  expected: readonly Agent[],
  { axes, listsOthers }: Known,
): Promise<Presence> {
  const first = await ringing(lab, expected);
  const once = { rang: first, calls: [first], isEmptied: false };
  if (isAmong(expected, first)) return { ...once, bound: sorted(first) };
  const second = await ringing(lab, expected);
  const twice = { rang: sorted([...first, ...second]), calls: [first, second], isEmptied: false };
  if (isAmong(expected, twice.rang)) return { ...twice, bound: twice.rang };
  if (axes.removalScope !== 'allOfUser') return { ...twice, bound: await peel(lab, twice.rang), isEmptied: true };
  const listed = listsOthers ? await lab.listed(expected[0] ?? 0) : null;
  return { ...twice, bound: listed === null ? null : sorted([...listed, ...twice.rang]) };
}
