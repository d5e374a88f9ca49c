import { type AnyProperty, type Obligation, PropertyTable } from '../../properties/property.ts';
import type { Scenario } from '../../scenario/scenario.ts';

/** Stands for the state of a property that has been violated: what it sees afterwards no longer matters. */
const broken = -1;

/** An obligation of one of the properties, by its place. Equal ones are one object. */
export interface PropertyObligation extends Obligation {
  readonly property: number;
}

/** The observers of several properties as one: each distinct combination of their states has a number. */
export class Observers {
  readonly tables: readonly PropertyTable[];
  readonly start: number;
  readonly #states: (readonly number[])[] = [];
  readonly #ids = new Map<string, number>();
  readonly #next: Map<number, number>[] = [];
  readonly #violated: number[] = [];
  readonly #obligationsIn: (readonly PropertyObligation[])[] = [];
  readonly #obligations = new Map<string, PropertyObligation>();
  #witnessed = 0;

  constructor(properties: readonly AnyProperty[], scenario: Scenario) {
    this.tables = properties.map((property) => new PropertyTable(property, scenario));
    this.start = this.#idOf(this.tables.map(({ initial }) => initial));
  }

  /** The combination after a sighting. */
  next(id: number, sighting: number): number {
    const row = this.#next[id] as Map<number, number>;
    const known = row.get(sighting);
    if (known !== undefined) return known;
    const states = this.#of(id).map((state, index) =>
      state === broken ? broken : this.#judged(index, this.#table(index).next(state, sighting)),
    );
    const next = this.#idOf(states);
    row.set(sighting, next);
    return next;
  }

  /** The combination after the time of an obligation is over. */
  missed(id: number, { property, key }: PropertyObligation): number {
    const missed = (state: number, index: number) =>
      index === property && state !== broken ? this.#judged(index, this.#table(index).missed(state, key)) : state;
    return this.#idOf(this.#of(id).map(missed));
  }

  /** The combination once the run has ended. */
  end(id: number): number {
    const ended = (state: number, index: number) =>
      state === broken || this.#table(index).unfinished(state) === null ? state : broken;
    return this.#idOf(this.#of(id).map(ended));
  }

  /** What has to be over in time in a combination, in the order of the properties. */
  obligationsIn(id: number): readonly PropertyObligation[] {
    return this.#obligationsIn[id] as readonly PropertyObligation[];
  }

  /** The state of one property in a combination. */
  stateOf(id: number, property: number): number {
    return this.#of(id)[property] as number;
  }

  /** Whether every property has been violated or can no longer be. */
  isSettled(id: number): boolean {
    return this.#of(id).every((state, index) => state === broken || this.#table(index).isSettled(state));
  }

  /** The violated properties, as bits. */
  violatedIn(id: number): number {
    return this.#violated[id] as number;
  }

  /** The properties that some combination so far gave something to judge, as bits. */
  get witnessed(): number {
    return this.#witnessed;
  }

  #table(index: number): PropertyTable {
    return this.tables[index] as PropertyTable;
  }

  #of(id: number): readonly number[] {
    return this.#states[id] as readonly number[];
  }

  #judged(index: number, state: number): number {
    return this.#table(index).violation(state) === null ? state : broken;
  }

  #idOf(states: readonly number[]): number {
    const key = states.join();
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#states.push(states) - 1;
    this.#ids.set(key, id);
    this.#next.push(new Map());
    let violated = 0;
    states.forEach((state, index) => {
      if (state === broken) violated |= 1 << index;
      else if (this.#table(index).witnessed(state)) this.#witnessed |= 1 << index;
    });
    this.#violated.push(violated);
    this.#obligationsIn.push(states.flatMap((state, index) => this.#obligationsOf(index, state)));
    return id;
  }

  #obligationsOf(property: number, state: number): PropertyObligation[] {
    if (state === broken) return [];
    return this.#table(property)
      .obligations(state)
      .map((obligation) => {
        const name = `${property} ${obligation.limitMs} ${obligation.key}`;
        const one = this.#obligations.get(name) ?? { ...obligation, property };
        this.#obligations.set(name, one);
        return one;
      });
  }
}
