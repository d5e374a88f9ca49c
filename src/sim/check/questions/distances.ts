import { IntVector } from '../../data/intVector.ts';
import type { Situations } from '../engine/situations.ts';

/**
 * Per situation, the fewest events that lead from it to a goal along the moves known so far; -1 where none do. Breadth
 * first, backwards.
 */
export function distancesTo(situations: Situations, isGoal: (situation: number) => boolean): IntVector {
  const predecessors = predecessorsOf(situations);
  const distances = new IntVector(situations.count);
  let layer: number[] = [];
  for (let id = 0; id < situations.count; id++) {
    distances.push(isGoal(id) ? 0 : -1);
    if (isGoal(id)) layer.push(id);
  }
  for (let distance = 1; layer.length > 0; distance++) {
    const before: number[] = [];
    for (const to of layer) {
      for (const from of predecessors[to] ?? []) {
        if (distances.at(from) >= 0) continue;
        distances.data[from] = distance;
        before.push(from);
      }
    }
    layer = before;
  }
  return distances;
}

function predecessorsOf(situations: Situations): number[][] {
  const predecessors: number[][] = Array.from({ length: situations.count }, () => []);
  for (let from = 0; from < predecessors.length; from++) {
    situations.eachTarget(from, (to) => predecessors[to]?.push(from));
  }
  return predecessors;
}
