import type { PlannedEvent } from '../planned.ts';
import { type Fate, type Pending, World } from '../world/world.ts';
import type { PathStep } from './stateClasses.ts';
import type { Instance, Timeline } from './timeline.ts';
import { createdOrigin, type WorldSystem } from './worldSystem.ts';

/** A timeline as a run will have it: what happens when, and under which serial each step is known there. */
export interface Enactment {
  readonly plan: readonly PlannedEvent[];
  /** Per step of the timeline; null for the start and for steps that are none of the world. */
  readonly serials: readonly (number | null)[];
}

/** Gives the events along a timeline the serials that a run with those dates will give them. */
export function enact(system: WorldSystem, timeline: Timeline, dates: readonly number[]): Enactment {
  const stage = new Stage(system, timeline, dates);
  for (const step of byDate(dates)) stage.perform(step);
  return { plan: stage.plan.sort((one, other) => one.atMs - other.atMs), serials: stage.serials };
}

/** The steps of a timeline in the order of their dates; at the same date as on the path. */
const byDate = (dates: readonly number[]): number[] =>
  dates
    .map((_, step) => step)
    .slice(1)
    .sort((one, other) => (dates[one] as number) - (dates[other] as number));

/** The world along a timeline, with the messages that the path leaves out because they change nothing. */
class Stage {
  readonly plan: PlannedEvent[] = [];
  readonly serials: (number | null)[];
  readonly #system: WorldSystem;
  readonly #timeline: Timeline;
  readonly #dates: readonly number[];
  readonly #world: World;
  /** Per event of the timeline, by the step that created it and its place there, its serial. */
  readonly #serialOf = new Map<string, number>();
  readonly #followed: ReadonlySet<string>;
  /** Per step, the events of the timeline that are no longer followed after it. */
  readonly #left = new Map<number, Instance[]>();
  readonly #sentMs = new Map<number, number>();
  #inert: PlannedEvent[] = [];

  constructor(system: WorldSystem, timeline: Timeline, dates: readonly number[]) {
    this.#system = system;
    this.#timeline = timeline;
    this.#dates = dates;
    this.serials = timeline.fired.map(() => null);
    this.#followed = new Set(timeline.instances.map(({ created, origin }) => `${created} ${origin}`));
    for (const instance of timeline.instances) {
      if (instance.how !== 'removed') continue;
      this.#left.set(instance.ended, [...(this.#left.get(instance.ended) ?? []), instance]);
    }
    this.#world = World.start(system.definition).world;
    const created = [...this.#world.pending].sort((one, other) => one.serial - other.serial);
    this.#take(0, created, [], 0);
  }

  /** Lets a step happen at its date, and before it the inert messages that arrive by then. */
  perform(step: number): void {
    const { type, created, origin } = this.#timeline.fired[step] as Instance;
    const value = this.#system.typeOf(type);
    const serial = this.#serialOf.get(`${created} ${origin}`);
    if (serial === undefined || value.is !== 'pending') return;
    const atMs = this.#dates[step] as number;
    this.#arriveUntil(atMs);
    this.serials[step] = serial;
    const { choice } = (this.#timeline.path[step - 1] as PathStep).move;
    this.#take(step, this.#fire({ serial, atMs, fate: value.fate }), this.#system.fatesOf(choice), atMs);
    for (const instance of this.#left.get(step) ?? []) this.#leave(instance, atMs);
  }

  #fire(event: PlannedEvent): readonly Pending[] {
    const position = this.#world.pending.findIndex((one) => one.serial === event.serial);
    if (position < 0) return [];
    this.plan.push(event);
    return this.#world.fire(position, event.fate).created;
  }

  #take(step: number, created: readonly Pending[], fates: readonly Fate[], atMs: number): void {
    for (const [index, { serial, kind, windowMs }] of created.entries()) {
      const key = `${step} ${createdOrigin(index)}`;
      this.#serialOf.set(key, serial);
      this.#sentMs.set(serial, atMs);
      const fate = fates[index] ?? 'happen';
      // Messages are lost on their way, at a date between the steps.
      if (fate === 'lose') this.plan.push({ serial, atMs: atMs + windowMs[0], fate });
      else if (kind === 'message' && !this.#followed.has(key))
        this.#inert.push({ serial, atMs: atMs + windowMs[0], fate });
    }
  }

  /** What the path no longer follows is inert, unless the world has taken it away. */
  #leave({ type, created, origin }: Instance, atMs: number): void {
    const serial = this.#serialOf.get(`${created} ${origin}`);
    const value = this.#system.typeOf(type);
    if (serial === undefined || value.is !== 'pending' || value.pending.kind !== 'message') return;
    const earliestMs = (this.#sentMs.get(serial) ?? 0) + value.windowMs[0];
    this.#inert.push({ serial, atMs: Math.max(atMs, earliestMs), fate: value.fate });
  }

  #arriveUntil(ms: number): void {
    for (;;) {
      const next = this.#inert.filter(({ atMs }) => atMs <= ms).sort((one, other) => one.atMs - other.atMs)[0];
      if (next === undefined) return;
      this.#inert = this.#inert.filter((one) => one !== next);
      for (const { serial, windowMs } of this.#fire(next)) {
        this.#inert.push({ serial, atMs: next.atMs + windowMs[0], fate: 'happen' });
      }
    }
  }
}
