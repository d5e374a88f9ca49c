import { IntVector } from '../../data/intVector.ts';
import { assertCanonical, isExamined } from './canonical.ts';
import { type Exploring, explored, type Progress } from './exploring.ts';
import { fireInto, isFirable, newSource, turnTo } from './firing.ts';
import { HullStore } from './hullStore.ts';
import { moveTargetAt, type Situations } from './situations.ts';
import type { Ending } from './stateClasses.ts';
import { WaitingList } from './waitingList.ts';

export interface HullOptions {
  /**
   * An event that is pending until the end of the run. The situation furthest from it is expanded first: then most of
   * its predecessors have been joined into its hull by the time it is expanded, and few are expanded again.
   */
  readonly end?: number;
  /** Called once with every situation; false where its successors need not be explored. */
  readonly visit: (situation: number) => boolean;
  /** Called after each expansion: situations whose moves have changed, to be expanded again. */
  readonly invalidated?: () => readonly number[];
}

const expansionsBetweenReports = 1_024;
const nothing: readonly number[] = [];

/**
 * The exploration by convex hulls: one zone per situation, the smallest that covers every class reached there. The hull
 * of canonical matrices is canonical. Hulls grow to a fixed point, which over-approximates what is reachable with one
 * zone per situation.
 */
export class Hulls {
  joined = 0;
  #grown = 0;
  readonly #situations: Situations;
  readonly #options: HullOptions;
  readonly #hulls = new HullStore();
  /** Per situation, 1 while it waits to be expanded, 2 where it never will be. */
  readonly #state = new IntVector();
  readonly #waiting = new WaitingList('cheapestFirst');
  #expanded = 1;
  #added = 0;
  /** The class that is fired into, and the hull that is expanded. */
  #scratch = new Int32Array(1_024);
  #expandedHull = new Int32Array(1_024);
  readonly #source = newSource();

  constructor(situations: Situations, options: HullOptions) {
    this.#situations = situations;
    this.#options = options;
  }

  /**
   * Explores until the waiting list is empty, until there are `mostSituations` (`stopped`), until it holds more than
   * `maximumBytes`, or until it is interrupted. A second call continues where the first one ended.
   */
  explore(mostSituations?: number, maximumBytes?: number): Ending {
    return explored(this.exploring(mostSituations, maximumBytes));
  }

  /** The same in steps. */
  *exploring(mostSituations = Number.POSITIVE_INFINITY, maximumBytes = Number.POSITIVE_INFINITY): Exploring<Ending> {
    if (this.#state.length === 0) this.#arrive(this.#situations.start(), 0);
    while (this.#waiting.length > 0) {
      const situation = this.#waiting.take();
      this.#state.data[situation] = 0;
      this.#expand(situation);
      if (this.#source.isHeldBack) return 'order';
      for (const one of this.#options.invalidated?.() ?? nothing) this.reopen(one);
      if (this.#situations.count >= mostSituations) return 'stopped';
      if (this.#expanded++ % expansionsBetweenReports !== 0) continue;
      if (this.bytes > maximumBytes) return 'memory';
      if (!(yield this.progress)) return 'interrupted';
    }
    return 'complete';
  }

  /** The hull of a situation, as a matrix of its own; null where it has not been reached. */
  hullOf(situation: number): Int32Array | null {
    if (!this.#hulls.has(situation)) return null;
    const width = this.#situations.sizeOf(situation) + 1;
    const matrix = new Int32Array(width ** 2);
    this.#hulls.read(situation, matrix, width);
    return matrix;
  }

  /** Puts a situation that has been expanded back on the waiting list. */
  reopen(situation: number): void {
    if (!this.#hulls.has(situation) || this.#state.at(situation) !== 0) return;
    this.#state.data[situation] = 1;
    // Ties: first in, first out.
    this.#waiting.add(situation, this.#elapsedMs(situation) * 2 ** 32 + this.#added++);
  }

  /** The earliest date of the run in a situation, up to a constant; 0 where that is not known. */
  #elapsedMs(situation: number): number {
    const { end } = this.#options;
    const position = end === undefined ? -1 : this.#situations.positionOf(situation, end);
    if (position < 0) return 0;
    return -this.#hulls.latestMs(situation, position, this.#situations.sizeOf(situation) + 1);
  }

  get bytes(): number {
    return this.#hulls.bytes + this.#situations.bytes;
  }

  get progress(): Progress {
    const { joined: edges, bytes } = this;
    return {
      classes: this.#situations.count,
      edges,
      waiting: this.#waiting.length,
      bytes,
    };
  }

  #expand(situation: number): void {
    const source = this.#source;
    const pending = this.#situations.sizeOf(situation);
    if ((pending + 1) ** 2 > this.#expandedHull.length) this.#expandedHull = new Int32Array((pending + 1) ** 2 * 2);
    this.#hulls.read(situation, this.#expandedHull, pending + 1);
    turnTo(source, this.#expandedHull, 0, pending);
    for (let fired = 1; fired <= source.pending; fired++) {
      if (!isFirable(source, this.#situations, situation, fired)) continue;
      const list = this.#situations.movesOf(situation, fired - 1);
      const choices = this.#situations.choices(list);
      for (let choice = 0; choice < choices; choice++) this.#arrive(this.#situations.move(list, choice), fired);
    }
  }

  /** Joins the class to which a move leads into the hull of its situation. */
  #arrive(move: number, fired: number): void {
    const target = this.#situations.moves.at(move + moveTargetAt);
    const width = this.#situations.sizeOf(target) + 1;
    if (width ** 2 > this.#scratch.length) this.#scratch = new Int32Array(width ** 2 * 2);
    fireInto(this.#scratch, this.#source, fired, this.#situations, move);
    this.joined++;
    while (this.#state.length <= target) this.#state.push(0);
    if (!this.#hulls.has(target)) {
      this.#hulls.add(target, this.#scratch, width);
      if (!this.#options.visit(target)) this.#state.data[target] = 2;
    } else {
      const wider = this.#hulls.widened(target, this.#scratch, width);
      if (wider === null) return;
      if (!this.#source.isHeldBack && isExamined(this.#grown++)) assertCanonical(wider, 0, width);
    }
    this.reopen(target);
  }
}
