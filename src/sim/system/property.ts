import { assert } from '../data/assert.ts';
import { Interned } from '../data/interned.ts';
import { onceEach } from '../data/onceEach.ts';
import { sightingTable } from './eventTable.ts';

/** A bound on time: the time of a key runs while states name it, from the first of them on. All of them name one limit. */
export interface Obligation {
  readonly key: string;
  readonly limitMs: number;
}

/**
 * Something that must hold: a small observer of what can be seen from outside.
 *
 * Its state is plain data and finite, its functions are pure, so that every driver can carry it along. A bound on
 * time is an obligation: while `obligations` names a key, that key's time runs, and `missed` says what becomes of the
 * state when it has run out. Each key has a time of its own: one per call or per owner where each is judged.
 */
export interface Property<State, Seen, Given, Spoken = Given> {
  readonly name: string;
  /** What must hold, in one sentence for people. */
  readonly sentence: (settings: Spoken) => string;
  /** Whether it is claimed of that scenario at all. */
  readonly appliesTo: (settings: Given) => boolean;
  /** The types of what it is shown that it looks at; absent of one that looks at all. */
  readonly hears?: readonly string[];
  readonly initial: State;
  readonly next: (state: State, sighting: Seen, settings: Given) => State;
  readonly obligations?: (state: State, settings: Given) => readonly Obligation[];
  /** The state once the time of a key is over: a violation, or a state without that obligation. */
  readonly missed?: (state: State, key: string) => State;
  /** What is wrong with this state, or null. Once a state is wrong it stays so. */
  readonly violation: (state: State) => Violation | null;
  /** What is wrong if the run ends in this state, for properties that demand an end. */
  readonly unfinished?: (state: State) => Violation | null;
  /** Whether no sighting can lead to a violation any more. */
  readonly settled?: (state: State, settings: Given) => boolean;
  /** Whether the state shows that the property had something to judge: its witness. */
  readonly witnessed: (state: State) => boolean;
  /** Whether it is violated just when it would be for one of the calls if nothing were seen of the other ones. */
  readonly judgesEachCall?: true;
  /** The one call that it looks at, where it is a piece of such a property. */
  readonly call?: number;
}

export interface Violation {
  readonly what: string;
  readonly calls: readonly number[];
}

/** A property whose types do not matter. */
export type AnyProperty = Property<never, never, never>;

/** The same to whoever takes care that it gets what it is made for. */
type Untyped = Property<unknown, unknown, unknown>;

const none: readonly Obligation[] = [];

/** A property as a table of numbers: each distinct (state, sighting) is computed once. */
export class PropertyTable {
  readonly property: Untyped;
  readonly #settings: unknown;
  readonly initial: number;
  readonly #states = new Interned<unknown>();
  readonly #next: (number | undefined)[][] = [];
  readonly #obligations: (readonly Obligation[])[] = [];
  readonly #limitsMs = new Map<string, number>();

  constructor(property: AnyProperty, settings: unknown) {
    this.property = property as unknown as Untyped;
    this.#settings = settings;
    this.initial = this.#stateId(this.property.initial);
  }

  /** The state of a number, as plain data. */
  valueOf(state: number): unknown {
    return this.#states.of(state);
  }

  next(state: number, sighting: number): number {
    const known = this.#next[state]?.[sighting];
    if (known !== undefined) return known;
    const value = this.property.next(this.#states.of(state), sightingTable.of(sighting), this.#settings);
    const id = this.#stateId(value);
    const row = this.#next[state] ?? [];
    row[sighting] = id;
    this.#next[state] = row;
    return id;
  }

  /** What has to be over in time in a state. */
  obligations(state: number): readonly Obligation[] {
    return this.#obligations[state] ?? none;
  }

  /** The state after the time of an obligation is over. */
  missed(state: number, key: string): number {
    const { missed, name } = this.property;
    if (missed === undefined) throw new Error(`${name} has obligations, but does not say what follows a missed one`);
    const next = this.#stateId(missed(this.#states.of(state), key));
    const isObligedStill = this.obligations(next).some((one) => one.key === key);
    if (isObligedStill && this.violation(next) === null) throw new Error(`${name} misses ${key} without an end`);
    return next;
  }

  readonly violation = onceEach((state) => this.property.violation(this.#states.of(state)));

  unfinished(state: number): Violation | null {
    return this.violation(state) ?? this.property.unfinished?.(this.#states.of(state)) ?? null;
  }

  readonly isSettled = onceEach((state) => this.property.settled?.(this.#states.of(state), this.#settings) ?? false);

  readonly witnessed = onceEach((state) => this.property.witnessed(this.#states.of(state)));

  #stateId(value: unknown): number {
    const id = this.#states.idOf(value);
    this.#obligations[id] ??= this.#obligationsOf(value);
    return id;
  }

  #obligationsOf(value: unknown): readonly Obligation[] {
    const obligations = this.property.obligations?.(value, this.#settings) ?? none;
    for (const { key, limitMs } of obligations) {
      const known = this.#limitsMs.get(key) ?? limitMs;
      this.#limitsMs.set(key, known);
      // A run keeps the limit of the state in which the time began, an exploration that of each state.
      assert(known === limitMs, () => `${this.property.name} has two limits for ${key}: ${known} and ${limitMs} ms`);
    }
    return obligations;
  }
}
