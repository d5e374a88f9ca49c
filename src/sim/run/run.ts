import { environmentSighting } from '../system/eventTable.ts';
import { type AnyProperty, PropertyTable, type Violation } from '../system/property.ts';
import type { Settings } from '../system/settings.ts';
import { type Trace, type TraceBody, traceVersion, type Verdict } from '../trace/trace.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { type Fired, type Pending, World } from '../world/world.ts';
import { digestOf, TraceRecorder } from './recorder.ts';

/** Decides the dates of a run: `SeededSchedule` by lot, a replay from a trace. */
export interface Schedule {
  /** The present, set by the run before anything is scheduled at it. */
  nowMs: number;
  readonly schedule: (pending: Pending) => void;
  /** Told of each event that has happened. */
  happened?(fired: Pending): void;
  /** The position of the pending event that happens next, or -1. */
  next(pending: readonly Pending[]): number;
}

/** Looks on at runs, one after the other, and takes no part in them. */
export interface Onlooker {
  /** A run begins; what the start of each party brings about is told next. */
  begins(): void;
  /** An event has happened. `created` and `removed` are told only of runs that are recorded. */
  happened(outcome: Fired, nowMs: number): void;
  ended(nowMs: number): void;
}

export interface RunOptions {
  readonly properties?: readonly AnyProperty[];
  readonly onlookers?: readonly Onlooker[];
}

/** One property during one run. */
class Watch {
  readonly table: PropertyTable;
  state: number;
  violation: Violation | null = null;
  atMs: number | null = null;
  step: number | null = null;
  /** Per key of an obligation the date at which its time is over; Infinity once that has been missed. */
  readonly #deadlinesMs = new Map<string, number>();
  /** The first of those dates. */
  #nextMs = Number.POSITIVE_INFINITY;

  constructor(table: PropertyTable) {
    this.table = table;
    this.state = table.initial;
    this.#oblige(0);
  }

  /** Lets the obligations run out whose time is over before `nowMs`. */
  advance(nowMs: number, step: number): void {
    while (nowMs > this.#nextMs) this.#miss(step);
  }

  #miss(step: number): void {
    const overMs = this.#nextMs;
    for (const [key, deadlineMs] of this.#deadlinesMs) {
      if (deadlineMs !== overMs) continue;
      this.#deadlinesMs.set(key, Number.POSITIVE_INFINITY);
      this.#enter(this.table.missed(this.state, key), overMs, step);
    }
  }

  see(sighting: number, nowMs: number, step: number): void {
    const next = this.table.next(this.state, sighting);
    if (next !== this.state) this.#enter(next, nowMs, step);
  }

  end(nowMs: number): void {
    this.#judge(this.table.unfinished(this.state), nowMs, null);
  }

  #enter(state: number, nowMs: number, step: number): void {
    this.state = state;
    this.#oblige(nowMs);
    this.#judge(this.table.violation(state), nowMs, step);
  }

  /** Begins the time of the obligations that are new in this state, and ends that of those that are met. */
  #oblige(nowMs: number): void {
    const obligations = this.table.obligations(this.state);
    if (obligations.length === 0 && this.#deadlinesMs.size === 0) return;
    for (const key of this.#deadlinesMs.keys()) {
      if (!obligations.some((one) => one.key === key)) this.#deadlinesMs.delete(key);
    }
    for (const { key, limitMs } of obligations) {
      if (!this.#deadlinesMs.has(key)) this.#deadlinesMs.set(key, nowMs + limitMs);
    }
    this.#nextMs = Math.min(...this.#deadlinesMs.values());
  }

  #judge(violation: Violation | null, nowMs: number, step: number | null): void {
    if (violation === null || this.violation !== null) return;
    this.violation = violation;
    this.atMs = nowMs;
    this.step = step;
  }
}

const propertyTables = new WeakMap<Settings, WeakMap<AnyProperty, PropertyTable>>();

/**
 * The table of a property for a scenario, computed once and shared by all its runs, and by those of scenarios that differ in their
 * steps only. Names tell no two limits apart.
 */
function tableFor(property: AnyProperty, scenario: Settings): PropertyTable {
  const tables = propertyTables.get(scenario) ?? new WeakMap<AnyProperty, PropertyTable>();
  propertyTables.set(scenario, tables);
  const table = tables.get(property) ?? new PropertyTable(property, scenario);
  tables.set(property, table);
  return table;
}

/** No scenario of sixty steps comes near this; a run that does would never end. */
const mostEvents = 5_000_000;

/** A run under way: the one loop that every driver with a schedule shares. */
export class Run {
  readonly world: World;
  readonly watches: readonly Watch[];
  readonly #schedule: Schedule;
  readonly #untilMs: number;
  readonly #recorder: TraceRecorder | null;
  readonly #onlookers: readonly Onlooker[];
  #step = 0;

  constructor(definition: WorldDefinition, schedule: Schedule, options: RunOptions & { record: boolean }) {
    const { scenario, judgedLike = scenario } = definition;
    const claimed = (options.properties ?? definition.properties).filter(definition.claims);
    this.#schedule = schedule;
    this.#untilMs = scenario.untilMs;
    this.#recorder = options.record ? new TraceRecorder(definition) : null;
    this.watches = claimed.map((property) => new Watch(tableFor(property, judgedLike)));
    this.#onlookers = options.onlookers ?? [];
    for (const onlooker of this.#onlookers) onlooker.begins();
    const { world, started } = World.start(definition, schedule.schedule, options.record);
    this.world = world;
    for (const outcome of started) this.#note('start', outcome);
  }

  /** Runs to the end of the scenario, or until nothing is pending. Returns the number of events that happened. */
  finish(): number {
    const schedule = this.#schedule;
    for (;;) {
      const position = schedule.next(this.world.pending);
      const next = this.world.pending[position];
      if (next === undefined || next.dueMs > this.#untilMs) break;
      if (this.#step > mostEvents) throw new Error(`the run has not come to an end after ${mostEvents} events`);
      schedule.nowMs = next.dueMs;
      for (const watch of this.watches) watch.advance(next.dueMs, this.#step);
      const outcome = this.world.fire(position, next.fate);
      schedule.happened?.(next);
      this.#note(next.kind, outcome);
    }
    for (const watch of this.watches) {
      watch.advance(this.#untilMs, this.#step);
      watch.end(this.#untilMs);
    }
    for (const onlooker of this.#onlookers) onlooker.ended(this.#untilMs);
    return this.#step;
  }

  verdicts(): Verdict[] {
    return this.watches.map(({ table, state, violation, atMs, step }) => ({
      property: table.property.name,
      verdict: violation === null ? 'holds' : 'violated',
      // Later violations of the same property add their calls to the first one.
      violation: violation && (table.violation(state) ?? violation),
      atMs,
      step,
      witnessed: table.witnessed(state),
    }));
  }

  /** The trace without its digest. */
  traceBody(seed: number | null): TraceBody {
    if (this.#recorder === null) throw new Error('this run was not recorded');
    return {
      format: 'ringproof-trace',
      version: traceVersion,
      scenario: this.world.definition.scenario as Trace['scenario'],
      seed,
      endMs: this.#untilMs,
      records: this.#recorder.records,
      verdicts: this.verdicts(),
    };
  }

  trace(seed: number | null): Trace {
    const body = this.traceBody(seed);
    let digest: string | undefined;
    return {
      ...body,
      // Of thousands of runs few are written down, and it takes longer than the run.
      get digest() {
        digest ??= digestOf(body.records, body.verdicts);
        return digest;
      },
    };
  }

  #note(kind: 'start' | Pending['kind'], outcome: Fired): void {
    const { nowMs } = this.#schedule;
    if (kind === 'step') this.#show(environmentSighting);
    for (const sighting of outcome.reaction?.sightings ?? []) this.#show(sighting);
    this.#recorder?.record(nowMs, kind, outcome);
    for (const onlooker of this.#onlookers) onlooker.happened(outcome, nowMs);
    this.#step++;
  }

  #show(sighting: number): void {
    for (const watch of this.watches) watch.see(sighting, this.#schedule.nowMs, this.#step);
  }
}
