import { environmentList, environmentSeen } from '../system/eventTable.ts';
import type { AnyProperty } from '../system/property.ts';
import type { Settings } from '../system/settings.ts';
import { type Trace, type TraceBody, traceVersion, type Verdict } from '../trace/trace.ts';
import { type DatedWorld, startDated } from '../world/datedWorld.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { type Fired, type Pending, World } from '../world/world.ts';
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
  /** Present where that is always the one that is due first, of several the lower one in `order`, then in `serial`. */
  readonly goesByDates?: true;
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
const mostEvents = 5_000_000;

/** A world, and what of it happens next. */
type Course = Pick<DatedWorld, 'locals' | 'nextMs' | 'fire'>;

/** A world in which the schedule says what happens next. */
class ScheduledWorld implements Course {
  readonly #world: World;
  readonly #schedule: Schedule;
  #position = -1;

  constructor(world: World, schedule: Schedule) {
    this.#world = world;
    this.#schedule = schedule;
  }

  get locals(): readonly number[] {
    return this.#world.locals;
  }

  nextMs(): number {
    const { pending } = this.#world;
    this.#position = this.#schedule.next(pending);
    return pending[this.#position]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  fire(): Fired {
    return this.#world.fire(this.#position, (this.#world.pending[this.#position] as Pending).fate);
  }
}

function courseOf(
  definition: WorldDefinition,
  schedule: Schedule,
  isRecorded: boolean,
): { course: Course; started: readonly Fired[] } {
  if (!isRecorded && schedule.goesByDates) {
    const { world, started } = startDated(definition, schedule.schedule);
    return { course: world, started };
  }
  const { world, started } = World.start(definition, schedule.schedule, { logs: isRecorded });
  return { course: new ScheduledWorld(world, schedule), started };
}

/** A run under way: the one loop that every driver with a schedule shares. */
export class Run {
  readonly #scenario: Settings;
  readonly #course: Course;
  readonly #watches: Watches;
  readonly #schedule: Schedule;
  readonly #untilMs: number;
  readonly #recorder: TraceRecorder | null;
  readonly #onlookers: readonly Onlooker[];
  #step = 0;

  constructor(definition: WorldDefinition, schedule: Schedule, options: RunOptions & { record: boolean }) {
    this.#schedule = schedule;
    this.#scenario = definition.scenario;
    this.#untilMs = definition.scenario.untilMs;
    this.#recorder = options.record ? new TraceRecorder(definition) : null;
    this.#watches = new Watches(definition, options.properties);
    this.#onlookers = options.onlookers ?? [];
    for (const onlooker of this.#onlookers) onlooker.begins();
    const { course, started } = courseOf(definition, schedule, options.record);
    this.#course = course;
    for (const outcome of started) this.#note('start', outcome);
  }

  /** Runs to the end of the scenario, or until nothing is pending. Returns the number of events that happened. */
  finish(): number {
    const schedule = this.#schedule;
    for (;;) {
      const nextMs = this.#course.nextMs();
      if (nextMs > this.#untilMs) break;
      if (this.#step > mostEvents) throw new Error(`the run has not come to an end after ${mostEvents} events`);
      schedule.nowMs = nextMs;
      this.#watches.advance(nextMs, this.#step);
      const outcome = this.#course.fire();
      schedule.happened?.(outcome.fired);
      this.#note(outcome.fired.kind, outcome);
    }
    this.#watches.advance(this.#untilMs, this.#step);
    this.#watches.end(this.#untilMs);
    for (const onlooker of this.#onlookers) onlooker.ended(this.#untilMs);
    return this.#step;
  }

  /** The local state of each party. */
  get locals(): readonly number[] {
    return this.#course.locals;
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
      scenario: this.#scenario as Trace['scenario'],
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
    if (kind === 'step') this.#watches.see(environmentSeen, environmentList, nowMs, this.#step);
    const { reaction } = outcome;
    if (reaction !== null) this.#watches.see(reaction.sightings, reaction.seen, nowMs, this.#step);
    this.#recorder?.record(nowMs, kind, outcome);
    for (let index = 0; index < this.#onlookers.length; index++) this.#onlookers[index]?.happened(outcome, nowMs);
    this.#step++;
  }
}
