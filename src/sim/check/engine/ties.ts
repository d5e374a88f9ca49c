import { fireInto, newSource, turnTo } from './firing.ts';
import type { Situations } from './situations.ts';
import type { Firing } from './stateClasses.ts';

/**
 * Per step of a path (0 is the start), the positions of the new events that arrive with the one before them instead of
 * within their own windows: the classes along the path say which.
 */
export function tiesAlong(situations: Situations, path: readonly Firing[]): readonly (readonly number[])[] {
  const source = newSource();
  let matrix = new Int32Array(1);
  const ties: (readonly number[])[] = [];
  const write = (place: number, fired: number) => {
    const size = situations.sizeOf(situations.moveAt(place).target) + 1;
    matrix = new Int32Array(size ** 2);
    fireInto(matrix, source, fired, situations, place);
    ties.push(source.tied);
  };
  write(situations.start(), 0);
  for (const { situation, position, move } of path) {
    turnTo(source, matrix, 0, situations.sizeOf(situation));
    write(move.place, position + 1);
  }
  return ties;
}
