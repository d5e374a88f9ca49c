import type { Situations } from '../engine/situations.ts';

/**
 * Which clock an event of each type takes when it begins to wait, if that one is free: types that wait at the same time
 * have different ones wherever they can, so that a situation has nearly always the same clocks. A colouring of the graph of
 * types that meet, those that meet most first (Welsh and Powell 1967).
 */
export function usualClocks(situations: Situations): readonly number[] {
  const meets: Set<number>[] = [];
  for (let id = 0; id < situations.count; id++) {
    const { pending } = situations.of(id);
    for (const type of pending) {
      meets[type] ??= new Set();
      for (const other of pending) if (other !== type) meets[type].add(other);
    }
  }
  const most = [...meets.keys()].filter((type) => meets[type] !== undefined);
  most.sort((one, other) => (meets[other]?.size ?? 0) - (meets[one]?.size ?? 0) || one - other);
  const clocks: number[] = [];
  for (const type of most) {
    const taken = new Set([...(meets[type] ?? [])].flatMap((other) => clocks[other] ?? []));
    clocks[type] = lowestFree(taken);
  }
  return clocks;
}

/** The lowest number that is not taken. */
export function lowestFree(taken: ReadonlySet<number>): number {
  let lowest = 0;
  while (taken.has(lowest)) lowest++;
  return lowest;
}
