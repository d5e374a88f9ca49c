import { assert } from '../data/assert.ts';
import { Interned } from '../data/interned.ts';
import { PairTable } from '../data/pairTable.ts';
import type { Obligation, PropertyTable, Violation } from './property.ts';

/** Stands for the state of a property that has been violated, where nobody asks for more. */
const broken = -1;

/** Sets of properties are the bits of one word. */
export const mostProperties = 31;

/** An obligation of one of the properties, by its place. Equal ones are one object. */
export interface PropertyObligation extends Obligation {
  readonly property: number;
}

export interface ObserverOptions {
  /**
   * Whether a property that has been violated keeps the state in which it is, so that it can say what is wrong. Else
   * all such states are one, for what it sees afterwards no longer matters.
   */
  readonly keepsViolated: boolean;
}

/** The observers of several properties as one: each distinct combination of their states has a number. */
export class Observers {
  readonly tables: readonly PropertyTable[];
  readonly start: number;
  /** Per combination, the properties that are violated in it, as bits. */
  readonly violated: number[] = [];
  /** Per combination, the properties that are violated if the run ends in it, as bits. */
  readonly unfinished: number[] = [];
  readonly #keepsViolated: boolean;
  readonly #combinations = new Interned<readonly number[]>((states) => states.join());
  readonly #next = new PairTable();
  readonly #obligationsIn: (readonly PropertyObligation[])[] = [];
  readonly #obligations = new Interned<PropertyObligation>(
    ({ property, limitMs, key }) => `${property} ${limitMs} ${key}`,
  );
  #witnessed = 0;

  constructor(tables: readonly PropertyTable[], { keepsViolated }: ObserverOptions) {
    assert(tables.length <= mostProperties, () => `${tables.length} properties, more than the ${mostProperties} bits`);
    this.tables = tables;
    this.#keepsViolated = keepsViolated;
    this.start = this.#idOf(tables.map(({ initial }, index) => this.#judged(index, initial)));
  }

  get count(): number {
    return this.#combinations.count;
  }

  get bytes(): number {
    return this.#next.bytes;
  }

  /** The combination after a sighting. */
  next(id: number, sighting: number): number {
    const known = this.#next.get(id, sighting);
    if (known >= 0) return known;
    const next = this.#after(id, (state, index) => this.#table(index).next(state, sighting));
    this.#next.add(id, sighting, next);
    return next;
  }

  /** The combination after the time of an obligation is over. */
  missed(id: number, { property, key }: PropertyObligation): number {
    return this.#after(id, (state, index) => (index === property ? this.#table(index).missed(state, key) : state));
  }

  /** The combination once the run has ended. */
  end(id: number): number {
    const unfinished = this.unfinished[id] as number;
    return this.#after(id, (state, index) => ((unfinished & (1 << index)) === 0 ? state : broken));
  }

  /** What has to be over in time in a combination, in the order of the properties. */
  obligationsIn(id: number): readonly PropertyObligation[] {
    return this.#obligationsIn[id] as readonly PropertyObligation[];
  }

  /** The state of one property in a combination. */
  stateOf(id: number, property: number): number {
    return this.#combinations.of(id)[property] as number;
  }

  /** What is wrong for a property in a combination in which violated ones keep their states, if the run ends there. */
  violation(id: number, property: number): Violation | null {
    return this.#table(property).unfinished(this.stateOf(id, property));
  }

  /** Whether every property has been violated or can no longer be. */
  isSettled(id: number): boolean {
    return this.#combinations.of(id).every((state, index) => state === broken || this.#table(index).isSettled(state));
  }

  /** The properties that some combination so far gave something to judge, as bits. */
  get witnessed(): number {
    return this.#witnessed;
  }

  #table(index: number): PropertyTable {
    return this.tables[index] as PropertyTable;
  }

  /** The combination in which each property that has not been violated has come to another state. */
  #after(id: number, next: (state: number, index: number) => number): number {
    const states = this.#combinations.of(id).map((state, index) => {
      const isOver = ((this.violated[id] as number) & (1 << index)) !== 0;
      return isOver ? state : this.#judged(index, next(state, index));
    });
    return this.#idOf(states);
  }

  #judged(index: number, state: number): number {
    return this.#keepsViolated || !this.#isViolated(index, state) ? state : broken;
  }

  #isViolated(index: number, state: number): boolean {
    return state === broken || this.#table(index).violation(state) !== null;
  }

  #idOf(states: readonly number[]): number {
    const { count } = this;
    const id = this.#combinations.idOf(states);
    if (id < count) return id;
    const bits = (isOne: (state: number, index: number) => boolean): number =>
      states.reduce((sum, state, index) => (isOne(state, index) ? sum | (1 << index) : sum), 0);
    this.violated.push(bits((state, index) => this.#isViolated(index, state)));
    this.unfinished.push(bits((state, index) => state === broken || this.#table(index).unfinished(state) !== null));
    this.#witnessed |= bits((state, index) => state !== broken && this.#table(index).witnessed(state));
    this.#obligationsIn.push(states.flatMap((state, index) => this.#obligationsOf(index, state)));
    return id;
  }

  #obligationsOf(property: number, state: number): PropertyObligation[] {
    if (this.#isViolated(property, state)) return [];
    const obligations = this.#table(property).obligations(state);
    return obligations.map((one) => this.#obligations.of(this.#obligations.idOf({ ...one, property })));
  }
}
