import type { WorldDefinition } from './definition.ts';
import { byDates, copyOf, firstDue, type Pending } from './pending.ts';
import { type Blank, fates, type Situation, type Situations, situationsFor } from './situations.ts';
import { type Fired, type Scheduler, World } from './world.ts';

/** A world in which what is due first happens first, for a driver that makes many runs and records none. */
export interface DatedWorld {
  /** The local state of each party. */
  readonly locals: readonly number[];
  /** When the next event is due; Infinity where none is pending. */
  nextMs(): number;
  /** Lets the event happen of which `nextMs` has told the date. */
  fire(): Fired;
}

/** Such a world before anything has happened, with what the start itself brings about. */
export function startDated(
  definition: WorldDefinition,
  schedule: Scheduler,
  situations: Situations | null = situationsFor(definition),
): { world: DatedWorld; started: readonly Fired[] } {
  if (situations !== null) {
    const world = new KnownWorld(definition, schedule, situations);
    return { world, started: world.begin() };
  }
  const { world, started } = World.start(definition, schedule, { logs: false, queuesSteps: true });
  return { world: new OrdinaryWorld(world), started };
}

/** One that computes what happens. */
class OrdinaryWorld implements DatedWorld {
  readonly #world: World;
  /** The position of what happens next, or -1. */
  #next = -1;

  constructor(world: World) {
    this.#world = world;
  }

  get locals(): readonly number[] {
    return this.#world.locals;
  }

  nextMs(): number {
    const { pending } = this.#world;
    this.#next = firstDue(pending);
    return pending[this.#next]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  fire(): Fired {
    return this.#world.fire(this.#next, (this.#world.pending[this.#next] as Pending).fate);
  }
}

/**
 * One that goes from situation to situation as other runs have before, with serials, dates and fates of its own; from where too much is
 * new it is an ordinary one.
 */
class KnownWorld implements DatedWorld {
  readonly #definition: WorldDefinition;
  readonly #schedule: Scheduler;
  readonly #situations: Situations;
  #situation: Situation;
  /** Of what is waiting in the situation, by its place there. It begins as no whole number, that V8 keeps any. */
  readonly #dueMs: number[] = [Number.NaN];
  readonly #order: number[] = [];
  readonly #serials: number[] = [];
  /** Places among `fates`. */
  readonly #fates: number[] = [];
  /** The serial of what is created next. */
  #serial = 0;
  /** Steps that come after one that is waiting, the last one first. */
  #laterSteps: Pending[] = [];
  /** The place of what happens next, or -1. */
  #next = -1;
  /** What it has become. */
  #ordinary: OrdinaryWorld | null = null;

  constructor(definition: WorldDefinition, schedule: Scheduler, situations: Situations) {
    this.#definition = definition;
    this.#schedule = schedule;
    this.#situations = situations;
    this.#situation = situations.beginning.situation;
  }

  begin(): readonly Fired[] {
    const { outcomes, created, stays } = this.#situations.beginning;
    let count = 0;
    for (const [index, blank] of created.entries()) {
      const one = this.#dated(blank);
      if (one.kind === 'step') this.#laterSteps.push(copyOf(one));
      else if (stays[index]) this.#put(count++, one);
    }
    this.#laterSteps.sort((one, other) => byDates(other, one));
    this.#addLaterStep();
    return outcomes;
  }

  get locals(): readonly number[] {
    return this.#ordinary?.locals ?? this.#situation.locals;
  }

  nextMs(): number {
    if (this.#ordinary !== null) return this.#ordinary.nextMs();
    const { count } = this.#situation;
    let next = -1;
    let nextMs = Number.POSITIVE_INFINITY;
    for (let place = 0; place < count; place++) {
      const dueMs = this.#dueMs[place] as number;
      if (dueMs > nextMs || (dueMs === nextMs && next >= 0 && this.#goesBefore(next, place))) continue;
      next = place;
      nextMs = dueMs;
    }
    this.#next = next;
    return nextMs;
  }

  fire(): Fired {
    if (this.#ordinary !== null) return this.#ordinary.fire();
    const move = this.#situations.moveAt(this.#situation, this.#next, this.#fates[this.#next] as number);
    if (move === null) return this.#leave();
    const { firstRemoved, removed, created, stays, outcome } = move;
    const before = this.#situation.count;
    let count = firstRemoved;
    for (let place = count + 1; place < before; place++) if (((removed >> place) & 1) === 0) this.#move(place, count++);
    for (let index = 0; index < created.length; index++) {
      const one = this.#dated(created[index] as Blank);
      if ((stays >> index) & 1) this.#put(count++, one);
    }
    this.#situation = move.to;
    if (outcome.fired.kind === 'step') this.#addLaterStep();
    return outcome;
  }

  #addLaterStep(): void {
    const step = this.#laterSteps.pop();
    if (step === undefined) return;
    this.#situation = this.#situations.withStep(this.#situation, step);
    this.#put(this.#situation.count - 1, step);
  }

  /** What is created, with its serial, date and fate: to be taken from it at once. */
  #dated(blank: Blank): Pending {
    blank.serial = this.#serial++;
    blank.order = 0;
    blank.fate = 'happen';
    this.#schedule(blank);
    return blank;
  }

  #put(place: number, { dueMs, order, serial, fate }: Pending): void {
    this.#dueMs[place] = dueMs;
    this.#order[place] = order;
    this.#serials[place] = serial;
    // Nearly always the first, and to look through the list shows in the benchmark.
    this.#fates[place] = fate === 'happen' ? 0 : fates.indexOf(fate);
  }

  #move(place: number, to: number): void {
    this.#dueMs[to] = this.#dueMs[place] as number;
    this.#order[to] = this.#order[place] as number;
    this.#serials[to] = this.#serials[place] as number;
    this.#fates[to] = this.#fates[place] as number;
  }

  /** Of two at the same instant. */
  #goesBefore(one: number, other: number): boolean {
    if (this.#order[one] !== this.#order[other]) return (this.#order[one] as number) < (this.#order[other] as number);
    return (this.#serials[one] as number) < (this.#serials[other] as number);
  }

  /** Becomes an ordinary world, and lets the event happen there. */
  #leave(): Fired {
    const { locals, cutLinks, waiting, sent } = this.#situation;
    const pending = waiting.map((one, place): Pending => {
      const own = copyOf(one, this.#serials[place] as number, sent?.[place] ?? place);
      own.dueMs = this.#dueMs[place] as number;
      own.order = this.#order[place] as number;
      own.fate = fates[this.#fates[place] as number] as Pending['fate'];
      return own;
    });
    const resumed = { schedule: this.#schedule, logs: false, serial: this.#serial, laterSteps: this.#laterSteps };
    this.#ordinary = new OrdinaryWorld(World.resume(this.#definition, { locals, cutLinks, pending }, resumed));
    this.#ordinary.nextMs();
    return this.#ordinary.fire();
  }
}
