import { randomBits } from '../data/random.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { Course, callsIn, callsTable } from './course.ts';
import type { OfSeed } from './joint.ts';

/** Repetitions come to whole parts of that, so that they add up exactly. */
export const splitParts = 1e13;

/** How many runs go on from each level. */
const effort = 200;

/** Beyond so many faults a run is not split any more. */
const mostLevels = 12;

/**
 * Importance splitting with fixed effort (Garvels, The splitting method in rare event simulation, 2000; L'Ecuyer, Demers and Tuffin, ACM
 * TOMACS 17(2), 2007). The level of a run is the number of messages that the links have lost or doubled by chance. Two hundred runs go
 * until their calls are decided or until the first such fault; two hundred go on from where a fault befell one, with luck of their
 * own, until the second, and so on. The share of lost calls at each level, weighed with the share of runs that came as far, adds up to
 * an estimate without bias, and calls that only several faults lose are seen without waiting for all of them at once.
 */
export class Splitting {
  readonly #definition: WorldDefinition;
  readonly #table: ReturnType<typeof callsTable>;
  readonly #calls: number;

  constructor(definition: WorldDefinition) {
    this.#definition = definition;
    this.#table = callsTable(definition);
    this.#calls = callsIn(definition.scenario);
  }

  /** One repetition: the shares of calls that are lost, and of those that are or are undecided, in parts of `splitParts`. */
  of(seed: number): OfSeed {
    let [lost, open] = [0, 0];
    let share = 1;
    let from: readonly Course[] = [];
    for (let level = 0; level <= mostLevels; level++) {
      const reached: Course[] = [];
      const limit = level === mostLevels ? Number.POSITIVE_INFINITY : level;
      for (let index = 0; index < effort; index++) {
        const luck = randomBits(seed, level, index);
        const course =
          level === 0
            ? new Course(this.#definition, this.#table, luck)
            : (from[index % from.length] as Course).goingOn(luck);
        if (course.finish(limit)) reached.push(course);
        else {
          lost += (share / effort) * course.lost;
          open += (share / effort) * (course.lost + this.#calls - course.decided);
        }
      }
      if (reached.length === 0) break;
      share *= reached.length / effort;
      from = reached;
    }
    const inParts = (sum: number) => Math.round((sum / this.#calls) * splitParts);
    return { lost: inParts(lost), open: inParts(open), calls: this.#calls };
  }
}
