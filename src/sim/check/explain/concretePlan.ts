import type { PlannedEvent } from '../../run/plannedSchedule.ts';
import type { Fate, Pending } from '../../world/pending.ts';
import { World } from '../../world/world.ts';
import type { Firing } from '../engine/stateClasses.ts';
import type { Instance, Timeline } from '../engine/timeline.ts';
import { createdOrigin, type WorldSystem } from '../system/worldSystem.ts';

/** A timeline as a plan for a run: what happens when, and the serial of each step in that run. */
export interface ConcretePlan {
  readonly plan: readonly PlannedEvent[];
  /** Per step of the timeline; null for the start and for steps that are none of the world. */
  readonly serials: readonly (number | null)[];
}

/** The plan of a timeline with those dates: its events get the serials that the run will give them. */
export function concretePlanOf(system: WorldSystem, timeline: Timeline, dates: readonly number[]): ConcretePlan {
  const builder = new PlanBuilder(system, timeline, dates);
  for (const step of byDate(dates)) builder.perform(step);
  // Nothing follows the end of the run, so what has no effect arrives by then too.
  if (timeline.endsLast) builder.arriveBefore((dates.at(-1) as number) + 1);
  return { plan: builder.plan.sort((one, other) => one.atMs - other.atMs), serials: builder.serials };
}

/** The steps of a timeline in the order of their dates; at the same date as on the path. */
const byDate = (dates: readonly number[]): number[] =>
  dates
    .map((_, step) => step)
    .slice(1)
    .sort((one, other) => (dates[one] as number) - (dates[other] as number));

/** The world along a timeline, with the messages that the path leaves out because they change nothing. */
class PlanBuilder {
  readonly plan: PlannedEvent[] = [];
  readonly serials: (number | null)[];
  readonly #system: WorldSystem;
  readonly #timeline: Timeline;
  readonly #dates: readonly number[];
  readonly #world: World;
  /** Per event of the timeline, by the step that created it and its place there, its serial. */
  readonly #serialOf = new Map<string, number>();
  readonly #inertOf: ReadonlyMap<string, Instance>;
  /** Inert messages that have not arrived yet. */
  #inert: PlannedEvent[] = [];
  #nowMs = 0;

  constructor(system: WorldSystem, timeline: Timeline, dates: readonly number[]) {
    this.#system = system;
    this.#timeline = timeline;
    this.#dates = dates;
    this.serials = timeline.fired.map(() => null);
    const inert = timeline.instances.filter(({ how }) => how === 'inert');
    this.#inertOf = new Map(inert.map((one) => [keyOf(one), one]));
    this.#world = World.start(system.definition).world;
    this.#take(
      0,
      [...this.#world.pending].sort((one, other) => one.serial - other.serial),
      [],
    );
  }

  /** Lets a step happen at its date, after the inert messages that arrive before it. */
  perform(step: number): void {
    const instance = this.#timeline.fired[step] as Instance;
    const value = this.#system.typeOf(instance.type);
    const atMs = this.#dates[step] as number;
    this.arriveBefore(atMs);
    const serial = this.#serialOf.get(keyOf(instance));
    if (serial === undefined || value.is !== 'pending') return;
    this.serials[step] = serial;
    const { choice } = (this.#timeline.path[step - 1] as Firing).move;
    this.#take(step, this.#fire({ serial, atMs, fate: value.fate }), this.#system.fatesOf(choice));
  }

  #fire(event: PlannedEvent): readonly Pending[] {
    const position = this.#world.pending.findIndex((one) => one.serial === event.serial);
    // The world may have removed a message that was under way.
    if (position < 0) return [];
    this.plan.push(event);
    this.#nowMs = event.atMs;
    return this.#world.fire(position, event.fate).created;
  }

  #take(step: number, created: readonly Pending[], fates: readonly Fate[]): void {
    for (const [index, { serial, windowMs }] of created.entries()) {
      const key = keyOf({ created: step, origin: createdOrigin(index) });
      const earliestMs = (this.#dates[step] as number) + windowMs[0];
      this.#serialOf.set(key, serial);
      const inert = this.#inertOf.get(key);
      // Messages are lost on their way, at a date between the steps.
      if (fates[index] === 'lose') this.plan.push({ serial, atMs: earliestMs, fate: 'lose' });
      else if (inert)
        this.#await(serial, Math.max(earliestMs, this.#dates[inert.ended] as number), this.#fateOf(inert));
    }
  }

  #fateOf({ type }: Instance): Fate {
    const value = this.#system.typeOf(type);
    return value.is === 'pending' ? value.fate : 'happen';
  }

  #await(serial: number, atMs: number, fate: Fate): void {
    this.#inert.push({ serial, atMs, fate });
  }

  /** Lets the messages without effect arrive that do so before a date. */
  arriveBefore(ms: number): void {
    for (;;) {
      const due = this.#inert.filter(({ atMs, serial }) => atMs < ms && !this.#isHeldBack(serial));
      const next = due.sort((one, other) => one.atMs - other.atMs)[0];
      if (next === undefined) return;
      this.#inert = this.#inert.filter((one) => one !== next);
      const atMs = Math.max(next.atMs, this.#nowMs);
      for (const { serial, windowMs } of this.#fire({ ...next, atMs }))
        this.#await(serial, atMs + windowMs[0], 'happen');
    }
  }

  /** Whether something that was sent before it is still under way on the same connection. */
  #isHeldBack(serial: number): boolean {
    const { pending } = this.#world;
    const { connectionOf } = this.#system.definition.rules;
    const held = pending.find((one) => one.serial === serial);
    if (held?.kind !== 'message' || !this.#system.definition.links[held.link]?.ordered) return false;
    return pending.some(
      (one) =>
        one.kind === 'message' &&
        one.sent < held.sent &&
        one.link === held.link &&
        one.from === held.from &&
        connectionOf(one.event) === connectionOf(held.event),
    );
  }
}

const keyOf = ({ created, origin }: Pick<Instance, 'created' | 'origin'>): string => `${created} ${origin}`;
