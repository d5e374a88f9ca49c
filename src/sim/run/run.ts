import { environmentSeen } from '../system/eventTable.ts';
import type { AnyProperty } from '../system/property.ts';
import { type Trace, type TraceBody, traceVersion, type Verdict } from '../trace/trace.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { Pending } from '../world/pending.ts';
import { type Fired, World } from '../world/world.ts';
import { digestOf, TraceRecorder } from './recorder.ts';
import { Watches } from './watches.ts';

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

/** No scenario of sixty steps comes near this; a run that does would never end. */
export const mostEvents = 5_000_000;

/** A run under way: the loop that every driver with a schedule shares, but for `DatedRun`, of which thousands are made. */
export class Run {
  readonly world: World;
  readonly #watches: Watches;
  readonly #schedule: Schedule;
  readonly #untilMs: number;
  readonly #recorder: TraceRecorder | null;
  readonly #onlookers: readonly Onlooker[];
  #step = 0;

  constructor(definition: WorldDefinition, schedule: Schedule, options: RunOptions & { record: boolean }) {
    this.#schedule = schedule;
    this.#untilMs = definition.scenario.untilMs;
    this.#recorder = options.record ? new TraceRecorder(definition) : null;
    this.#watches = new Watches(definition, options.properties);
    this.#onlookers = options.onlookers ?? [];
    for (const onlooker of this.#onlookers) onlooker.begins();
    const { world, started } = World.start(definition, schedule.schedule, { logs: options.record });
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
      this.#watches.advance(next.dueMs, this.#step);
      const outcome = this.world.fire(position, next.fate);
      schedule.happened?.(next);
      this.#note(next.kind, outcome);
    }
    this.#watches.advance(this.#untilMs, this.#step);
    this.#watches.end(this.#untilMs);
    for (const onlooker of this.#onlookers) onlooker.ended(this.#untilMs);
    return this.#step;
  }

  verdicts(): Verdict[] {
    return this.#watches.verdicts();
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
    if (kind === 'step') this.#watches.see(environmentSeen, nowMs, this.#step);
    if (outcome.reaction !== null) this.#watches.see(outcome.reaction, nowMs, this.#step);
    this.#recorder?.record(nowMs, kind, outcome);
    for (const onlooker of this.#onlookers) onlooker.happened(outcome, nowMs);
    this.#step++;
  }
}
