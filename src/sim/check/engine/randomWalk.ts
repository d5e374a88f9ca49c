import { happens, randomBits, uniform } from '../../data/random.ts';
import { fireInto, isFirable, newSource, type Source, turnTo } from './firing.ts';
import type { Situations } from './situations.ts';
import type { Firing } from './stateClasses.ts';

/** How often a walk takes another choice than the first one, such as a lost message. */
const unusual = 1 / 24;

/** What a random number decides: which event comes next, whether something unusual happens, what that is. */
const [next, whether, which] = [0, 1, 2];

/**
 * One path of exact state classes, drawn event by event, so that a run exists for it. It ends where `visit` returns true.
 * A violation that many orders of events lead to is found this way long before a breadth-first search finds it.
 */
export function randomWalk(situations: Situations, seed: number, visit: (situation: number) => boolean): Firing[] {
  const source = newSource();
  const path: Firing[] = [];
  let place = situations.start();
  for (let fired = 0; ; ) {
    const { target } = situations.moveAt(place);
    const reached = new Int32Array((situations.sizeOf(target) + 1) ** 2);
    fireInto(reached, source, fired, situations, place);
    if (source.isHeldBack || visit(target)) return path;
    turnTo(source, reached, 0, situations.sizeOf(target));
    const possible = nextEvents(situations, target, source);
    if (possible.length === 0) return path;
    const draw = (what: number) => randomBits(seed, path.length, what);
    const position = possible[uniform(draw(next), 0, possible.length - 1)] as number;
    const list = situations.movesOf(target, position);
    const others = situations.choices(list) - 1;
    const choice = others > 0 && happens(draw(whether), unusual) ? uniform(draw(which), 1, others) : 0;
    place = situations.move(list, choice);
    path.push({ situation: target, position, move: situations.moveAt(place) });
    fired = position + 1;
  }
}

/** Positions of the events that may be the next one. */
function nextEvents(situations: Situations, id: number, source: Source): number[] {
  const possible: number[] = [];
  for (let position = 0; position < situations.sizeOf(id); position++) {
    const isNext = isFirable(source, situations, id, position + 1);
    if (isNext && !situations.waits(situations.typesAt(id), position)) possible.push(position);
  }
  return possible;
}
