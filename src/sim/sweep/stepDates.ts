import type { Call } from '../../machines/messages.ts';
import type { Window } from '../data/window.ts';
import type { PerCall } from '../properties/perCall.ts';
import { SeededSchedule } from '../run/seededSchedule.ts';
import type { PropertyTable } from '../system/property.ts';
import type { CompiledStep, WorldDefinition } from '../world/definition.ts';
import type { Pending } from '../world/pending.ts';
import { World } from '../world/world.ts';
import { callsTable } from './course.ts';

/** A call, and the step whose dates are taken all: the one that dials it, where that has a window. */
export interface CallDates {
  readonly call: Call;
  /** The position of the step among those of the scenario. */
  readonly step: number;
  /** How many whole milliseconds it can happen at. */
  readonly dates: number;
}

const datesIn = ([earliestMs, latestMs]: Window): number => latestMs - earliestMs + 1;

/**
 * For each call the step of whose dates all are taken; null where a call has none. That is the step that dials it or, where that happens at
 * one date, the last one that has a window.
 */
export function callDatesOf({ scenario, steps }: WorldDefinition): CallDates[] | null {
  const datesOf = (step: number) => datesIn((steps[step] as CompiledStep).afterMs);
  const last = steps.findLastIndex(({ afterMs }) => datesIn(afterMs) > 1);
  const each = scenario.steps.flatMap(({ action }, step): CallDates[] => {
    if (!('party' in action) || action.event.type !== 'call.dial') return [];
    const { call } = action.event as typeof action.event & { readonly call: Call };
    const taken = datesOf(step) > 1 ? step : last;
    return [{ call, step: taken, dates: taken < 0 ? 1 : datesOf(taken) }];
  });
  // A slot that is dialled twice stands for two calls, which a run does not tell apart.
  const isTwice = new Set(each.map(({ call }) => call)).size < each.length;
  return isTwice || each.some(({ dates }) => dates < 2) ? null : each;
}

const divisor = (one: number, other: number): number => (other === 0 ? one : divisor(other, one % other));

/** More dates than that would not add up exactly. */
const mostDates = 1e9;

/** The number of dates in which shares of the windows of all calls can be said; null where there is none, or they have too little in common. */
export function commonDates(definition: WorldDefinition): number | null {
  const common = (callDatesOf(definition) ?? []).reduce((one, { dates }) => (one / divisor(one, dates)) * dates, 1);
  return common === 1 || common > mostDates ? null : common;
}

/** For how many dates of a step a call comes to what, all else in the run being as its seed has it. */
export interface Outcomes {
  /** The dates of the step's window, in whole milliseconds. */
  readonly dates: number;
  readonly lost: number;
  /** Dates for which the run ends before the call is decided. */
  readonly undecided: number;
}

/** What all dates have taken: events before the step, runs from there on, events of those, and seeds. Plain data. */
export interface Effort {
  readonly before: number;
  readonly branches: number;
  readonly after: number;
  readonly runs: number;
}

export const effortsTogether = (one: Effort, other: Effort): Effort => ({
  before: one.before + other.before,
  branches: one.branches + other.branches,
  after: one.after + other.after,
  runs: one.runs + other.runs,
});

/** How many times as many events runs have taken as runs with one date would have. */
export function costOf({ before, branches, after, runs }: Effort): number {
  const single = before + (after * runs) / Math.max(1, branches);
  return single === 0 ? 1 : (before + after) / single;
}

type Outcome = 'lost' | 'alerted' | 'undecided';

/** Between two whole milliseconds, so that nothing that depends on the date happens at the same instant as what does not. */
const half = 0.5;

const isMoving = (ms: number): boolean => !Number.isInteger(ms);

/**
 * The dates of a step on which a call is lost: exact. The run up to the step is the same for every date, so it is made once, and goes
 * on from a copy of the world at each date that matters. What follows from the step moves along with it; all else stays. So between two
 * dates at which something that moves changes places with something that stays every run has the same events in the same order, and the
 * call the same outcome. Those dates are whole milliseconds; at each of them a run of its own is made, since the seed decides who goes first.
 */
export class StepDates {
  readonly #definition: WorldDefinition;
  readonly #of: CallDates;
  readonly #table: PropertyTable;
  /** By state of the property, what it says of the call. */
  readonly #outcomes: (Outcome | undefined)[] = [];
  #before = 0;
  #branches = 0;
  #after = 0;
  #runs = 0;

  constructor(definition: WorldDefinition, of: CallDates) {
    this.#definition = definition;
    this.#of = of;
    this.#table = callsTable(definition);
  }

  /** What the runs so far have taken. */
  get effort(): Effort {
    return { before: this.#before, branches: this.#branches, after: this.#after, runs: this.#runs };
  }

  /** What the call comes to in the run with that seed, on every date. */
  of(seed: number): Outcomes {
    const { untilMs } = this.#definition.scenario;
    const { step, dates } = this.#of;
    const base = new HeldRun(this.#definition, this.#table, seed, step);
    const firstMs = base.untilHeld();
    const counts: Record<Outcome, number> = { lost: 0, alerted: 0, undecided: 0 };
    if (firstMs === null) counts[this.#outcomeIn(base.state) ?? 'undecided'] += dates;
    else {
      const endMs = firstMs + dates;
      for (let atMs = firstMs; atMs < endMs; ) {
        base.advance(atMs, untilMs);
        const decided = this.#outcomeIn(base.state);
        if (decided !== undefined) {
          counts[decided] += endMs - atMs;
          break;
        }
        counts[this.#outcomeAt(base, atMs).outcome]++;
        if (atMs === endMs - 1) break;
        base.advance(atMs + half, untilMs);
        const { outcome, sameBeforeMs } = this.#outcomeAt(base, atMs + half);
        const nextMs = Math.min(sameBeforeMs, endMs);
        counts[outcome] += nextMs - atMs - 1;
        atMs = nextMs;
      }
    }
    this.#runs++;
    this.#before += base.events;
    return { dates, lost: counts.lost, undecided: counts.undecided };
  }

  /** What becomes of the call, and before which date it is the same. */
  #outcomeAt(base: HeldRun, atMs: number): { outcome: Outcome; sameBeforeMs: number } {
    const { untilMs } = this.#definition.scenario;
    const branch = base.branch(atMs);
    this.#branches++;
    for (let state = base.state; ; ) {
      const outcome = this.#outcomeIn(state);
      if (outcome !== undefined) return { outcome, sameBeforeMs: branch.sameBeforeMs };
      const seen = branch.next(untilMs);
      this.#after++;
      if (seen === null) return { outcome: 'undecided', sameBeforeMs: branch.sameBeforeMs };
      for (const sighting of seen) state = this.#table.next(state, sighting);
    }
  }

  /** Undefined where the call is not decided yet. */
  #outcomeIn(state: number): Outcome | undefined {
    if (state in this.#outcomes) return this.#outcomes[state];
    const what = (this.#table.valueOf(state) as PerCall<string>)[this.#of.call];
    const outcome = what === 'lost' || what === 'alerted' ? what : undefined;
    this.#outcomes[state] = outcome;
    return outcome;
  }
}

/** A seeded run in which one step never happens. */
class HeldRun {
  readonly #table: PropertyTable;
  readonly #schedule: SeededSchedule;
  readonly #world: World;
  #held: Pending | null = null;
  #createdMs = 0;
  /** The state of the property. */
  state: number;
  events = 0;

  constructor(definition: WorldDefinition, table: PropertyTable, seed: number, step: number) {
    const seeded = new SeededSchedule(definition, seed);
    this.#table = table;
    this.#schedule = seeded;
    this.state = table.initial;
    const schedule = (pending: Pending) => {
      seeded.schedule(pending);
      if (pending.kind !== 'step' || pending.index !== step) return;
      pending.dueMs = Number.POSITIVE_INFINITY;
      this.#held = pending;
      this.#createdMs = seeded.nowMs;
    };
    this.#world = World.start(definition, schedule, { logs: false }).world;
  }

  /** Goes on until the step waits to happen. Gives the first date at which it may; null where it never comes to that. */
  untilHeld(): number | null {
    const { untilMs } = this.#world.definition.scenario;
    while (this.#held === null) if (!this.#fireBefore(Number.POSITIVE_INFINITY, untilMs)) return null;
    return this.#createdMs + (this.#held as Pending).windowMs[0];
  }

  /** Lets all that is due before a date happen. */
  advance(beforeMs: number, untilMs: number): void {
    while (this.#fireBefore(beforeMs, untilMs));
  }

  #fireBefore(beforeMs: number, untilMs: number): boolean {
    const { pending } = this.#world;
    const position = this.#schedule.next(pending);
    const next = pending[position];
    if (next === undefined || next.dueMs >= beforeMs || next.dueMs > untilMs) return false;
    this.#schedule.nowMs = next.dueMs;
    const { reaction } = this.#world.fire(position, next.fate);
    this.events++;
    this.#schedule.happened(next);
    for (const sighting of reaction?.sightings ?? []) this.state = this.#table.next(this.state, sighting);
    return true;
  }

  /** How it goes on from here where the step happens at a date, which is not before now. */
  branch(atMs: number): Branch {
    const branch = new Branch(this.#world, this.#schedule.clone(), atMs);
    branch.replace(this.#held as Pending, atMs);
    return branch;
  }
}

/** A run from the step on, which finds out before which date of that it would have the same events in the same order. */
class Branch {
  readonly #world: World;
  readonly #schedule: SeededSchedule;
  readonly #atMs: number;
  sameBeforeMs = Number.POSITIVE_INFINITY;

  constructor(world: World, schedule: SeededSchedule, atMs: number) {
    this.#schedule = schedule;
    this.#atMs = atMs;
    this.#world = world.clone((pending) => {
      schedule.schedule(pending);
      // What is sent after the dial and held back by what is not is so only as long as it would overtake that.
      if (pending.dueMs !== schedule.drawnMs) this.#keep(schedule.drawnMs, pending.dueMs);
    });
  }

  replace(held: Pending, atMs: number): void {
    this.#world.pending[this.#world.pending.indexOf(held)] = { ...held, dueMs: atMs };
  }

  /** Lets the next event happen, and says what is seen of it; null at the end of the run. */
  next(untilMs: number): readonly number[] | null {
    const { pending } = this.#world;
    const position = this.#schedule.next(pending);
    const next = pending[position];
    if (next === undefined || next.dueMs > untilMs) return null;
    if (isMoving(next.dueMs)) {
      this.#keep(next.dueMs, untilMs);
      for (const other of pending) this.#keep(next.dueMs, other.dueMs);
    }
    this.#schedule.nowMs = next.dueMs;
    const { reaction } = this.#world.fire(position, next.fate);
    this.#schedule.happened(next);
    return reaction?.sightings ?? [];
  }

  /** The earlier of two dates comes first only as long as it does not move past the later one. */
  #keep(earlierMs: number, laterMs: number): void {
    if (!isMoving(earlierMs) || isMoving(laterMs)) return;
    this.sameBeforeMs = Math.min(this.sameBeforeMs, this.#atMs + laterMs - earlierMs);
  }
}
