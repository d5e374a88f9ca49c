import type { AnyProperty, PropertyTable, Violation } from '../system/property.ts';
import type { Verdict } from '../trace/trace.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { Seen } from '../world/partyTable.ts';
import { tablesOf } from './propertyTables.ts';

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

/** Later violations of a property add their calls to the first one, unless another call has got the number of that by then. */
const withLater = (first: Violation, later: Violation | null): Violation =>
  later !== null && first.calls.every((call) => later.calls.includes(call)) ? later : first;

/** The properties during one run. */
export class Watches {
  protected readonly tables: readonly PropertyTable[];
  protected readonly watches: readonly Watch[];
  /** The first date at which something is over for one of them. */
  protected nextMs: number;

  /** `properties`: other ones than those of the world. */
  constructor(definition: WorldDefinition, properties?: readonly AnyProperty[]) {
    this.tables = tablesOf(definition, properties);
    this.watches = this.tables.map((table) => new Watch(table));
    this.nextMs = firstMsOf(this.watches);
  }

  /** Lets what has to be over before `nowMs` be over. Returns whether anything was. */
  advance(nowMs: number, step: number): boolean {
    if (nowMs <= this.nextMs) return false;
    for (const watch of this.watches) watch.advance(nowMs, step);
    this.nextMs = firstMsOf(this.watches);
    return true;
  }

  /** Shows them what is seen of one event. */
  see({ sightings }: Seen, nowMs: number, step: number): void {
    for (const sighting of sightings) {
      for (const watch of this.watches) {
        const state = watch.table.next(watch.state, sighting);
        if (state !== watch.state) watch.enter(state, nowMs, step);
      }
    }
    this.nextMs = firstMsOf(this.watches);
  }

  end(nowMs: number): void {
    for (const watch of this.watches) watch.end(nowMs);
  }

  verdicts(): Verdict[] {
    return this.watches.map(({ table, state, violation, atMs, step }) => ({
      property: table.property.name,
      verdict: violation === null ? 'holds' : 'violated',
      violation: violation && withLater(violation, table.violation(state)),
      atMs,
      step,
      witnessed: table.witnessed(state),
    }));
  }
}

export function firstMsOf(watches: readonly Watch[]): number {
  let first = Number.POSITIVE_INFINITY;
  for (let index = 0; index < watches.length; index++) {
    const { nextMs } = watches[index] as Watch;
    if (nextMs < first) first = nextMs;
  }
  return first;
}
