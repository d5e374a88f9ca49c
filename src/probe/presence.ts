import type { Known } from './experiment.ts';
import { type Agent, type Laboratory, ringing, unbindAll } from './laboratory.ts';

/** Who is bound, as calls and removals show it. */
export interface Presence {
  /** Who rang when the account was called. */
  readonly rang: readonly Agent[];
  /** Who is bound, whether it rang or not; null where that cannot be seen. */
  readonly bound: readonly Agent[] | null;
  /** Whether finding out has taken all of them away. */
  readonly isEmptied: boolean;
  /** Whether somebody rang in one of two calls only. */
  readonly isUnsteady: boolean;
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
  if (isAmong(expected, first)) return { rang: first, bound: sorted(first), isEmptied: false, isUnsteady: false };
  const second = await ringing(lab, expected);
  const rang = sorted([...first, ...second]);
  const isUnsteady = !(isAmong(first, second) && isAmong(second, first));
  if (isAmong(expected, rang)) return { rang, bound: rang, isEmptied: false, isUnsteady };
  if (axes.removalScope !== 'allOfUser') return { rang, bound: await peel(lab, rang), isEmptied: true, isUnsteady };
  const listed = listsOthers ? await lab.listed(expected[0] ?? 0) : null;
  const bound = listed === null ? null : sorted([...listed, ...rang]);
  return { rang, bound, isEmptied: false, isUnsteady };
}
