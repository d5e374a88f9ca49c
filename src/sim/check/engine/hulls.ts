import { IntVector } from '../../data/intVector.ts';
import { fireInto, newSource, turnTo } from './firing.ts';
import { Frontier } from './frontier.ts';
import { MatrixStore } from './matrixStore.ts';
import { moveTargetAt, type Situations } from './situations.ts';
import type { Ending, Progress } from './stateClasses.ts';

export interface HullOptions {
  /** Bytes that the exploration may hold. */
  readonly maximumBytes: number;
  /**
   * An event that is pending until the run is over: what is furthest from it is expanded first. So most of what a
   * situation includes has been joined before it is expanded, and it need not be expanded often.
   */
  readonly end?: number;
  /** Called with every situation once; false where nothing that can follow is of interest. */
  readonly visit: (situation: number) => boolean;
  /** Called after each expansion: situations that are to be expanded once more, because other moves lead out of them now. */
  readonly amended?: () => readonly number[];
  /** Called now and then; false ends the exploration. */
  readonly onProgress?: ((progress: Progress) => boolean) | undefined;
}

const expansionsBetweenReports = 1_024;
const nothing: readonly number[] = [];

/**
 * One class per situation: the smallest that includes all that lead there. The hull of canonical classes is canonical,
 * and it grows until it no longer does. It reaches everything that can be reached, perhaps more, with as few classes
 * as there are situations.
 */
export class Hulls {
  joined = 0;
  readonly #situations: Situations;
  readonly #options: HullOptions;
  readonly #matrices = new MatrixStore();
  /** Per situation its matrix, or -1. */
  readonly #matrixOf = new IntVector();
  /** Per situation, 1 while it waits to be expanded, 2 where it never will be. */
  readonly #state = new IntVector();
  readonly #waiting = new Frontier('cheapestFirst');
  #expanded = 1;
  #added = 0;
  #scratch = new Int32Array(1_024);
  readonly #source = newSource();

  constructor(situations: Situations, options: HullOptions) {
    this.#situations = situations;
    this.#options = options;
  }

  /**
   * Explores to the end, to that many situations (`stopped`), or to whatever ends it before. Called again, it goes on.
   */
  explore(mostSituations = Number.POSITIVE_INFINITY): Ending {
    const { maximumBytes, onProgress } = this.#options;
    if (this.#matrixOf.length === 0) this.#arrive(this.#situations.start(), 0);
    while (this.#waiting.length > 0) {
      const situation = this.#waiting.take();
      this.#state.data[situation] = 0;
      this.#expand(situation);
      if (this.#source.isHeldBack) return 'order';
      for (const one of this.#options.amended?.() ?? nothing) this.reopen(one);
      if (this.#situations.count >= mostSituations) return 'stopped';
      if (this.#expanded++ % expansionsBetweenReports !== 0) continue;
      if (this.bytes > maximumBytes) return 'memory';
      if (onProgress?.(this.progress) === false) return 'interrupted';
    }
    return 'complete';
  }

  /** Expands a situation once more, if it has been. */
  reopen(situation: number): void {
    if (situation >= this.#matrixOf.length || this.#matrixOf.at(situation) < 0 || this.#state.at(situation) !== 0)
      return;
    this.#state.data[situation] = 1;
    // Of those that have gone on for as long, the one that has waited longest comes first.
    this.#waiting.add(situation, this.#elapsedMs(situation) * 2 ** 32 + this.#added++);
  }

  /** How long at least the run has gone on in a situation, but for a constant; 0 where that is not known. */
  #elapsedMs(situation: number): number {
    const { end } = this.#options;
    const position = end === undefined ? -1 : this.#situations.positionOf(situation, end);
    if (position < 0) return 0;
    const id = this.#matrixOf.at(situation);
    const width = this.#situations.sizeOf(situation) + 1;
    return -(this.#matrices.chunkOf(id)[this.#matrices.placeOf(id) + (position + 1) * width] as number);
  }

  get bytes(): number {
    return this.#matrices.bytes + this.#situations.bytes;
  }

  get progress(): Progress {
    const { joined: edges, bytes } = this;
    return {
      classes: this.#situations.count,
      edges,
      frontier: this.#waiting.length,
      bytes,
    };
  }

  #expand(situation: number): void {
    const source = this.#source;
    const matrix = this.#matrixOf.at(situation);
    turnTo(source, this.#matrices.chunkOf(matrix), this.#matrices.placeOf(matrix), this.#situations.sizeOf(situation));
    for (let fired = 1; fired <= source.pending; fired++) {
      if (source.leads[fired] !== 0) continue;
      const list = this.#situations.movesOf(situation, fired - 1);
      const choices = this.#situations.choices(list);
      for (let choice = 0; choice < choices; choice++) this.#arrive(this.#situations.move(list, choice), fired);
    }
  }

  /** Joins the class to which a move leads with what its situation has. */
  #arrive(move: number, fired: number): void {
    const target = this.#situations.moves.at(move + moveTargetAt);
    const size = (this.#situations.sizeOf(target) + 1) ** 2;
    if (size > this.#scratch.length) this.#scratch = new Int32Array(size * 2);
    fireInto(this.#scratch, this.#source, fired, this.#situations, move);
    this.joined++;
    while (this.#matrixOf.length <= target) {
      this.#matrixOf.push(-1);
      this.#state.push(0);
    }
    if (this.#matrixOf.at(target) < 0) {
      this.#matrixOf.data[target] = this.#matrices.add(this.#scratch, size);
      if (!this.#options.visit(target)) this.#state.data[target] = 2;
    } else if (!this.#grows(this.#matrixOf.at(target), size)) return;
    this.reopen(target);
  }

  /** Widens a matrix to include the one in `#scratch`; false where it did already. */
  #grows(id: number, size: number): boolean {
    const matrix = this.#matrices.chunkOf(id);
    const place = this.#matrices.placeOf(id);
    let grows = false;
    for (let index = 1; index < size; index++) {
      const bound = this.#scratch[index] as number;
      if (bound <= (matrix[place + index] as number)) continue;
      matrix[place + index] = bound;
      grows = true;
    }
    return grows;
  }
}
