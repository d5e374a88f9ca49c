import type { AnyProperty, PropertyTable, Violation } from '../system/property.ts';
import type { Verdict } from '../trace/trace.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { type Combinations, combinationsOf, unknown } from './combinations.ts';

/** One property during one run. */
class Watch {
  readonly table: PropertyTable;
  state: number;
  violation: Violation | null = null;
  atMs: number | null = null;
  step: number | null = null;
  /** The first date at which the time of an obligation is over. */
  nextMs = Number.POSITIVE_INFINITY;
  /** The keys of the obligations whose time runs, in the order in which it began; it is over at Infinity once it has been missed. */
  #running: { readonly key: string; overMs: number }[] = [];

  constructor(table: PropertyTable) {
    this.table = table;
    this.state = table.initial;
    this.#oblige(0);
  }

  /** Lets the obligations run out whose time is over before `nowMs`. */
  advance(nowMs: number, step: number): void {
    while (nowMs > this.nextMs) this.#miss(step);
  }

  #miss(step: number): void {
    const overMs = this.nextMs;
    for (;;) {
      const one = this.#running.find((each) => each.overMs === overMs);
      if (one === undefined) return;
      one.overMs = Number.POSITIVE_INFINITY;
      this.enter(this.table.missed(this.state, one.key), overMs, step);
    }
  }

  enter(state: number, nowMs: number, step: number): void {
    this.state = state;
    this.#oblige(nowMs);
    this.#judge(this.table.violation(state), nowMs, step);
  }

  end(nowMs: number): void {
    this.#judge(this.table.unfinished(this.state), nowMs, null);
  }

  /** Begins the time of the obligations that are new in this state, and ends that of those that are met. */
  #oblige(nowMs: number): void {
    const obligations = this.table.obligations(this.state);
    if (obligations.length === 0 && this.#running.length === 0) return;
    const running = this.#running.filter(({ key }) => obligations.some((one) => one.key === key));
    for (const { key, limitMs } of obligations) {
      if (!running.some((one) => one.key === key)) running.push({ key, overMs: nowMs + limitMs });
    }
    this.#running = running;
    this.nextMs = running.reduce((first, { overMs }) => Math.min(first, overMs), Number.POSITIVE_INFINITY);
  }

  #judge(violation: Violation | null, nowMs: number, step: number | null): void {
    if (violation === null || this.violation !== null) return;
    this.violation = violation;
    this.atMs = nowMs;
    this.step = step;
  }
}

/** The properties during one run. */
export class Watches {
  readonly #watches: readonly Watch[];
  readonly #combinations: Combinations;
  /** The combination of their states; `unknown` from where none is kept on. */
  #combination: number;
  /** The first date at which something is over for one of them. */
  #nextMs: number;

  /** `properties`: other ones than those of the world. */
  constructor(definition: WorldDefinition, properties?: readonly AnyProperty[]) {
    this.#combinations = combinationsOf(definition, properties);
    this.#combination = this.#combinations.initial;
    this.#watches = this.#combinations.tables.map((table) => new Watch(table));
    this.#nextMs = this.#firstMs();
  }

  /** Lets what has to be over before `nowMs` be over. */
  advance(nowMs: number, step: number): void {
    if (nowMs <= this.#nextMs) return;
    for (const watch of this.#watches) watch.advance(nowMs, step);
    this.#nextMs = this.#firstMs();
    if (this.#combination !== unknown)
      this.#combination = this.#combinations.idOf(this.#watches.map(({ state }) => state));
  }

  see(sighting: number, nowMs: number, step: number): void {
    const before = this.#combination;
    if (before !== unknown) this.#combination = this.#combinations.next(before, sighting);
    if (before === this.#combination && before !== unknown) return;
    const states = this.#combination === unknown ? null : this.#combinations.of(this.#combination);
    for (let index = 0; index < this.#watches.length; index++) {
      const watch = this.#watches[index] as Watch;
      const state = states === null ? watch.table.next(watch.state, sighting) : (states[index] as number);
      if (state !== watch.state) watch.enter(state, nowMs, step);
    }
    this.#nextMs = this.#firstMs();
  }

  end(nowMs: number): void {
    for (const watch of this.#watches) watch.end(nowMs);
  }

  verdicts(): Verdict[] {
    return this.#watches.map(({ table, state, violation, atMs, step }) => ({
      property: table.property.name,
      verdict: violation === null ? 'holds' : 'violated',
      // Later violations of the same property add their calls to the first one.
      violation: violation && (table.violation(state) ?? violation),
      atMs,
      step,
      witnessed: table.witnessed(state),
    }));
  }

  #firstMs(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { nextMs } of this.#watches) if (nextMs < first) first = nextMs;
    return first;
  }
}
