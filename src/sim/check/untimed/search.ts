import { Batch } from './batch.ts';
import { Expansion } from './expansion.ts';
import { type FieldLayout, fieldIn, pack } from './fieldLayout.ts';
import { StateSet } from './stateSet.ts';
import { StatesOfBlock } from './statesOfBlock.ts';
import type { UntimedWorld } from './untimedWorld.ts';

/** How far a search has got. */
export interface SearchProgress {
  readonly states: number;
  readonly transitions: number;
  /** States found that are still to be looked into. */
  readonly waiting: number;
}

/** What bounds a search. */
export interface Bounds {
  readonly memoryBytes: number;
  /** Called now and then; `false` stops the search. */
  readonly onProgress: (progress: SearchProgress) => boolean;
}

/** Why a search ended: every state is found; it was stopped or has no memory left; a field is too narrow. */
export type End = 'complete' | 'stopped' | 'outgrown';

const progressEvery = 1 << 12;

/** A search through the states of a world with fields of fixed widths; in which order, its kind decides. */
export abstract class Search {
  /** How many transitions lead out of the states looked into. */
  transitions = 0;
  /** Memory used at most, in bytes. */
  mostBytes = 0;
  protected readonly world: UntimedWorld;
  protected readonly layout: FieldLayout;
  protected readonly set: StateSet;
  protected readonly expansion: Expansion;
  protected readonly batch: Batch;
  protected readonly chosen: StatesOfBlock;
  readonly #bounds: Bounds;
  #expanded = 0;
  #nextProgress = progressEvery;

  constructor(world: UntimedWorld, layout: FieldLayout, bounds: Bounds) {
    this.world = world;
    this.layout = layout;
    this.#bounds = bounds;
    this.set = new StateSet(bounds.memoryBytes, layout);
    this.batch = new Batch(layout);
    this.chosen = new StatesOfBlock(layout);
    this.expansion = new Expansion(world, layout);
  }

  /** Finds the states. */
  abstract run(): End;

  /** How many states have been found. */
  get states(): number {
    return this.set.count;
  }

  /** Memory that the kind of search needs besides, in bytes. */
  protected get ownBytes(): number {
    return 0;
  }

  /** Puts the first state into the batch. */
  protected addInitial(): void {
    const key = new Int32Array(this.layout.words);
    const place = pack(this.layout, this.world.initial, key);
    this.batch.add(this.batch.place(key), place >> 5, 1 << place);
  }

  /** Puts what follows from the chosen states of a record into the batch. */
  protected expand(record: number, isClosed: boolean): void {
    const { expansion, set } = this;
    expansion.turnTo(set.records, record, this.chosen);
    expansion.expandInto(this.batch, isClosed ? set.positionOf(record, 0) : -1);
    set.count += expansion.closed;
    this.transitions += expansion.transitions;
    this.#expanded += expansion.stateCount;
  }

  /** The observers' state in all states of a record. */
  protected observersIn(record: number): number {
    return fieldIn(this.layout, this.set.records, record, this.world.observerField);
  }

  /** Takes the batch in; what ends the search, or `complete` where nothing does. */
  protected takeIn(): End {
    if (this.#isOutgrown()) return 'outgrown';
    return this.set.takeIn(this.batch) && this.#goesOn() ? 'complete' : 'stopped';
  }

  #isOutgrown(): boolean {
    for (let field = 0; field < this.world.fieldCount; field++) {
      if (this.world.countOf(field) > (this.layout.room[field] as number)) return true;
    }
    return false;
  }

  #goesOn(): boolean {
    const { memoryBytes, onProgress } = this.#bounds;
    const bytes = this.set.bytes + this.batch.bytes + this.world.bytes + this.ownBytes;
    this.mostBytes = Math.max(this.mostBytes, bytes);
    if (bytes > memoryBytes) return false;
    if (this.states < this.#nextProgress) return true;
    this.#nextProgress = this.states + progressEvery;
    const { states, transitions } = this;
    return onProgress({ states, transitions, waiting: states - this.#expanded });
  }
}
