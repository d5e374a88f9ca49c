import { drawnLatencyMs, type Law } from '../data/law.ts';
import { happens, randomBits, share, uniform } from '../data/random.ts';
import type { Window } from '../data/window.ts';
import type { AnyFault } from '../system/settings.ts';
import { causeCount, hashOfCause } from '../world/causes.ts';
import type { CompiledLink, WorldDefinition } from '../world/definition.ts';
import { dueFault } from '../world/faults.ts';
import { mostConnections } from '../world/linkRules.ts';
import { firstDue, type Pending } from '../world/pending.ts';
import type { Schedule } from './run.ts';

/** When an event happens, and where among others at the same instant. */
type Place = Pick<Pending, 'dueMs' | 'order'>;

/** Draws dates and fates with a seed: every number is keyed by its cause and how often that cause has occurred. */
export class SeededSchedule implements Schedule {
  nowMs = 0;
  readonly #definition: WorldDefinition;
  readonly #seed: number;
  readonly #occurrences: number[];
  readonly #faultOccurrences: number[];
  readonly #moved: ReadonlyMap<number, Place> | null;
  /** Per connection and direction, what nothing that is sent later may arrive before. */
  readonly #lastInOrder = new Map<number, Place & Pick<Pending, 'party' | 'link'>>();

  /**
   * `moved` gives events, by their serial, another place than the one that is drawn for them. `before`: one under way, of which this is a
   * copy.
   */
  constructor(
    definition: WorldDefinition,
    seed: number,
    moved: ReadonlyMap<number, Place> | null = null,
    before?: SeededSchedule,
  ) {
    this.#definition = definition;
    this.#seed = seed;
    this.#moved = moved;
    if (before === undefined) {
      this.#occurrences = new Array<number>(causeCount()).fill(0);
      this.#faultOccurrences = definition.scenario.faults.map(() => 0);
      return;
    }
    this.nowMs = before.nowMs;
    this.#occurrences = before.#occurrences.slice();
    this.#faultOccurrences = before.#faultOccurrences.slice();
    for (const [direction, last] of before.#lastInOrder) this.#lastInOrder.set(direction, last);
  }

  /** The date that was drawn for the event that was scheduled last, before what was sent earlier held it back. */
  drawnMs = 0;

  /** For a world that is cloned: the same draws from here on, or those of another seed for whatever is still to be drawn. */
  clone(seed = this.#seed): SeededSchedule {
    return new SeededSchedule(this.#definition, seed, this.#moved, this);
  }

  /** Gives a new event its date and its fate. Returns the fault that is there for it. */
  readonly schedule = (pending: Pending): AnyFault | undefined => {
    const { link, windowMs } = pending;
    if (link >= 0) return this.#scheduleMessage(pending, this.#definition.links[link] as CompiledLink);
    this.#date(pending, windowMs, undefined, isExact(windowMs) ? 0 : this.#nextOccurrence(pending.cause));
    return undefined;
  };

  #scheduleMessage(pending: Pending, link: CompiledLink): AnyFault | undefined {
    const fault = dueFault(this.#definition, this.#faultOccurrences, pending);
    const windowMs = fault?.latencyMs ?? pending.windowMs;
    const needsLuck = !isExact(windowMs) || (link.lossy && (link.loss > 0 || link.duplicate > 0));
    const ordinal = needsLuck ? this.#nextOccurrence(pending.cause) : 0;
    this.#date(pending, windowMs, fault?.latencyMs === undefined ? link.law : undefined, ordinal);
    if (link.ordered && pending.isCopy) pending.order = beforeAll;
    else if (link.ordered) this.#keepOrder(pending);
    if (link.lossy && !pending.isCopy && fault === undefined)
      pending.fate = this.#fateOn(link, hashOfCause(pending.cause), ordinal);
    if (fault?.do === 'lose') pending.fate = 'lose';
    if (fault?.do === 'duplicate') pending.fate = 'duplicate';
    return fault;
  }

  /** Draws its date, unless it has been moved to another one. */
  #date(pending: Pending, windowMs: Window, law: Law | undefined, ordinal: number): void {
    pending.dueMs = this.nowMs + this.#draw(windowMs, law, pending.cause, ordinal);
    pending.order = orderOf(this.#seed, pending.serial);
    const place = this.#moved?.get(pending.serial);
    if (place !== undefined) {
      pending.dueMs = Math.max(this.nowMs, place.dueMs);
      pending.order = place.order;
    }
    this.drawnMs = pending.dueMs;
  }

  /** What a step has taken off its way holds nothing back any more. */
  happened({ kind, event }: Pending): void {
    if (kind !== 'step' || this.#lastInOrder.size === 0) return;
    for (const [direction, { party, link }] of this.#lastInOrder) {
      if (this.#definition.rules.isLostBy(event, party, link)) this.#lastInOrder.delete(direction);
    }
  }

  /** Of several events at the same instant the seed picks one. */
  next(pending: readonly Pending[]): number {
    return firstDue(pending);
  }

  #draw(window: Window, law: Law | undefined, cause: number, ordinal: number): number {
    if (isExact(window)) return window[0];
    const bits = randomBits(this.#seed, hashOfCause(cause), ordinal);
    return law === undefined ? uniform(bits, window[0], window[1]) : drawnLatencyMs(law, window, share(bits));
  }

  #nextOccurrence(cause: number): number {
    // The machines may come upon a new cause in the middle of a run.
    while (this.#occurrences.length <= cause) this.#occurrences.push(0);
    const ordinal = this.#occurrences[cause] as number;
    this.#occurrences[cause] = ordinal + 1;
    return ordinal;
  }

  #fateOn(link: { loss: number; duplicate: number }, cause: number, ordinal: number): Pending['fate'] {
    if (link.loss > 0 && happens(randomBits(this.#seed ^ 0x10c5, cause, ordinal), link.loss)) return 'lose';
    if (link.duplicate > 0 && happens(randomBits(this.#seed ^ 0xd0b1, cause, ordinal), link.duplicate))
      return 'duplicate';
    return 'happen';
  }

  /** On TCP, TLS and HTTPS nothing overtakes what was sent before it. */
  #keepOrder(pending: Pending): void {
    const { parties, rules } = this.#definition;
    const direction =
      (pending.link * parties.length + pending.from) * mostConnections + rules.connectionOf(pending.event);
    const last = this.#lastInOrder.get(direction);
    if (last !== undefined && last.dueMs >= pending.dueMs) {
      pending.dueMs = last.dueMs;
      pending.order = Math.max(pending.order, last.order);
    }
    const { dueMs, order, party, link } = pending;
    this.#lastInOrder.set(direction, { dueMs, order, party, link });
  }
}

/** By index: a destructured parameter runs the iterator protocol, which shows in the benchmark. */
const isExact = (window: Window): boolean => window[0] === window[1];

/** The place of a copy that follows its original at once, before what was sent behind that. */
const beforeAll = -1;

/** Where the seed puts a pending event among others at the same instant: cheap, as ties are rare, and small. */
export const orderOf = (seed: number, serial: number): number =>
  Math.imul(serial + Math.imul(seed, 0x85ebca6b), 0x9e3779b1) >>> 2;
