import type { IntVector } from '../../data/intVector.ts';
import type { AnyProperty } from '../../system/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import type { Exploring } from '../engine/exploring.ts';
import { Hulls } from '../engine/hulls.ts';
import { Situations } from '../engine/situations.ts';
import { type Ending, type ExploreOptions, type Firing, type Reached, StateClasses } from '../engine/stateClasses.ts';
import { type Counterexample, type CounterexampleKind, counterexampleOf } from '../explain/counterexample.ts';
import { type FaultBudget, noFaults } from '../system/faultBudget.ts';
import { InertMessages } from '../system/inertMessages.ts';
import { WorldSystem } from '../system/worldSystem.ts';
import type { CheckOptions, Decision, Extent } from './decision.ts';
import { distancesTo } from './distances.ts';
import { violationsOnWalks } from './violationsOnWalks.ts';

/** Exact classes of one search for a shortest or fastest counterexample. */
const searchLimit = 20_000;

/** Situations after which violations in the hulls are searched for although the hulls are not complete. */
const firstAttemptAt = 50_000;
/** Further than any situation of which the hulls know the distance to a violation. */
const farAway = 10_000;

const usualBytes = 1 << 30;
const nothing: readonly number[] = [];

/** Properties that are decided together, in one exploration of their world. */
export class JointCheck {
  readonly #definition: WorldDefinition;
  readonly #options: CheckOptions;
  readonly #properties: readonly AnyProperty[];
  readonly #budget: FaultBudget;
  readonly #system: WorldSystem;
  readonly #inert: InertMessages | null;
  readonly #situations: Situations;
  readonly #hulls: Hulls | null;
  readonly #heldBytes: () => number;
  /** The properties that hulls violate, as bits. */
  #suspects = 0;
  /** Violated properties of each situation, as bits. */
  readonly #violated: number[] = [];
  /** Violations found before the hulls were complete. They have been replayed, so no refutation concerns them. */
  readonly #found = new Map<number, Counterexample>();
  #hasWalked = false;
  #classes = 0;
  #firings = 0;
  #bytes = 0;
  #ending: Ending = 'complete';

  /** `heldBytes`: what other explorations hold at the same time; the limit is for all together. */
  constructor(
    definition: WorldDefinition,
    properties: readonly AnyProperty[],
    options: CheckOptions,
    heldBytes: () => number = () => 0,
  ) {
    this.#heldBytes = heldBytes;
    this.#definition = definition;
    this.#options = options;
    this.#properties = properties;
    this.#budget = options.budget ?? noFaults;
    this.#system = new WorldSystem(definition, properties, this.#budget);
    this.#inert = options.inertMessages === false ? null : new InertMessages(this.#system);
    if (this.#inert) this.#system.reduction = this.#inert;
    this.#situations = new Situations(this.#system);
    this.#hulls = options.hulls === false ? null : this.#newHulls();
  }

  #newHulls(): Hulls {
    return new Hulls(this.#situations, {
      invalidated: this.#invalidated,
      end: this.#system.end,
      visit: (situation) => {
        this.#suspects |= this.#violatedIn(situation);
        return !this.#system.isSettled(this.#situations, situation);
      },
    });
  }

  /** The faults of the scenario that happen in some order of events, as far as it was explored. */
  get happenedFaults(): ReadonlySet<number> {
    return this.#system.happened;
  }

  /** The decisions; null for what is not decided after `mostSituations`, where that is a number. */
  *deciding(mostSituations: number | null): Exploring<Map<AnyProperty, Decision | null>> {
    for (;;) {
      const decisions = yield* this.#decisions(mostSituations);
      if (!this.#isRefuted) return new Map(this.#properties.map((one, index) => [one, decisions[index] ?? null]));
      for (const situation of this.#invalidated()) this.#hulls?.reopen(situation);
    }
  }

  /** Whether a message was left out although it has an effect. */
  get #isRefuted(): boolean {
    return this.#inert?.isRefuted ?? false;
  }

  /** Asks again for the moves that rest on a refuted assumption, and returns the situations to expand again. */
  readonly #invalidated = (): readonly number[] =>
    this.#inert?.isRefuted ? this.#situations.renew(this.#inert.takeRefuted()) : nothing;

  *#decisions(mostSituations: number | null): Exploring<(Decision | null)[]> {
    const ending = this.#hulls === null ? 'complete' : yield* this.#exploreHulls(this.#hulls, mostSituations);
    const suspects = this.#hulls === null ? -1 : this.#suspects;
    this.#ending = ending;
    if (this.#isRefuted) return [];
    const decisions: (Decision | null)[] = [];
    for (const [index, { name: property }] of this.#properties.entries()) {
      if (ending === 'stopped' && !this.#found.has(index)) {
        decisions.push(null);
        continue;
      }
      const isSuspect = this.#found.has(index) || (suspects & (1 << index)) !== 0;
      const search = isSuspect ? yield* this.#search(index, ending === 'complete') : { counterexample: null, ending };
      const { counterexample } = search;
      const verdict = counterexample ? 'violated' : search.ending === 'complete' ? 'holds' : 'inconclusive';
      const witnessed = counterexample !== null || (this.#system.observers.witnessed & (1 << index)) !== 0;
      const fastest =
        counterexample && this.#options.fastest ? yield* this.#fastest(index, ending === 'complete') : null;
      decisions.push({ property, verdict, witnessed, counterexample, fastest, ending: search.ending });
    }
    return decisions;
  }

  get extent(): Extent {
    return {
      classes: this.#classes + (this.#hulls === null ? 0 : this.#situations.count),
      edges: this.#firings + (this.#hulls?.joined ?? 0),
      situations: this.#situations.count,
      bytes: this.#bytes,
      ending: this.#ending,
    };
  }

  /** What it holds between two calls of `result`. */
  get bytes(): number {
    return this.#hulls?.bytes ?? this.#situations.bytes;
  }

  get #mostBytes(): number {
    return (this.#options.maximumBytes ?? usualBytes) - this.#heldBytes();
  }

  *#explore(options: ExploreOptions): Exploring<{ classes: StateClasses; ending: Ending }> {
    // The classes count the situations themselves.
    const maximumBytes = this.#mostBytes - (this.bytes - this.#situations.bytes);
    const classes = new StateClasses(this.#situations, { maximumBytes, ...options });
    const exploring = classes.exploring();
    let step = exploring.next(true);
    while (!step.done) step = exploring.next(!this.#isRefuted && (yield step.value));
    const ending = step.value;
    this.#classes += classes.count;
    this.#firings += classes.edges;
    this.#bytes = Math.max(this.#bytes, this.bytes - this.#situations.bytes + classes.bytes);
    return { classes, ending };
  }

  #violatedIn(situation: number): number {
    const known = this.#violated[situation];
    if (known !== undefined) return known;
    const violated = this.#system.violatedIn(this.#situations, situation);
    this.#violated[situation] = violated;
    return violated;
  }

  /** Explores the hulls; `stopped` after `mostSituations`, once every suspected violation has been searched for. */
  *#exploreHulls(hulls: Hulls, mostSituations: number | null): Exploring<Ending> {
    let next = mostSituations ?? Math.max(firstAttemptAt, 2 * this.#situations.count);
    let ending = yield* hulls.exploring(next, this.#mostBytes);
    for (; ending === 'stopped'; ending = yield* hulls.exploring(next, this.#mostBytes)) {
      yield* this.#attempt(this.#suspects);
      yield* this.#walk(hulls);
      if (this.#found.size === this.#properties.length || mostSituations !== null) break;
      next *= 2;
    }
    this.#bytes = Math.max(this.#bytes, hulls.bytes);
    return ending;
  }

  /** Random walks find violations that many runs share. */
  *#walk(hulls: Hulls): Exploring<void> {
    if (this.#hasWalked) return;
    this.#hasWalked = true;
    const open = this.#properties.flatMap((property, index) => (this.#found.has(index) ? [] : [{ property, index }]));
    const properties = open.map(({ property }) => property);
    const walks = violationsOnWalks(this.#definition, properties, this.#budget, () => hulls.progress);
    for (const [place, counterexample] of yield* walks) {
      this.#found.set(open[place]?.index as number, counterexample);
    }
  }

  /** Searches for suspected violations while the hulls of a large world are still growing. */
  *#attempt(suspects: number): Exploring<void> {
    for (let index = 0; suspects >> index !== 0; index++) {
      if ((suspects & (1 << index)) === 0 || this.#found.has(index)) continue;
      const known = this.#distancesTo(index);
      const isKnown = (situation: number) => situation < known.length && known.at(situation) >= 0;
      const costOf = ({ situation }: Reached) => (isKnown(situation) ? known.at(situation) : farAway);
      const search = { costOf, mostClasses: searchLimit, kind: 'any' } as const;
      const { counterexample } = yield* this.#searchExactly(index, search);
      if (counterexample) this.#found.set(index, counterexample);
    }
  }

  /**
   * Searches for a suspected violation among the exact classes: first for the path with the fewest events (A*), and
   * beyond the search limit for any path, the situation closest to a violation first.
   */
  *#search(index: number, isKnown: boolean): Exploring<SearchResult> {
    const found = this.#found.get(index);
    if (found) return { counterexample: found, ending: 'complete' };
    const distance = this.#distance(index, isKnown);
    const admits = (situation: number) => distance(situation) >= 0;
    const shortest = yield* this.#searchExactly(index, {
      admits,
      costOf: ({ situation, depth }) => depth + distance(situation),
      mostClasses: searchLimit,
      kind: 'shortest',
    });
    if (shortest.ending !== 'stopped') return shortest;
    const costOf = ({ situation }: Reached) => distance(situation);
    return yield* this.#searchExactly(index, { admits, costOf, mostClasses: null, kind: 'any' });
  }

  /** The violation of a property with the earliest date, unless that takes too many classes. */
  fastest(property: AnyProperty): Exploring<Counterexample | null> {
    return this.#fastest(this.#properties.indexOf(property), false);
  }

  /** Dijkstra's algorithm by the date of the run. */
  *#fastest(index: number, isKnown: boolean): Exploring<Counterexample | null> {
    const distance = this.#distance(index, isKnown);
    const { untilMs } = this.#definition.scenario;
    const search = yield* this.#searchExactly(index, {
      admits: (situation) => distance(situation) >= 0,
      costOf: ({ situation, latestMs }) => {
        const end = this.#situations.positionOf(situation, this.#system.end);
        return end < 0 ? untilMs : untilMs - latestMs(end);
      },
      mostClasses: searchLimit,
      kind: 'fastest',
    });
    return search.counterexample;
  }

  /** The fewest events from a situation to a violation, -1 where none do; 0 where that is not known. */
  #distance(index: number, isKnown: boolean): (situation: number) => number {
    const distances = isKnown && this.#hulls !== null ? this.#distancesTo(index) : null;
    return (situation) => distances?.at(situation) ?? 0;
  }

  #distancesTo(index: number): IntVector {
    return distancesTo(this.#situations, (situation) => ((this.#violated[situation] ?? 0) & (1 << index)) !== 0);
  }

  *#searchExactly(index: number, { mostClasses, kind, ...options }: SearchOptions): Exploring<SearchResult> {
    let found = -1;
    const { classes, ending } = yield* this.#explore({
      abstraction: 'inclusion',
      order: 'cheapestFirst',
      ...options,
      visit: (situation, stateClass) => {
        if ((this.#violatedIn(situation) & (1 << index)) !== 0) found = stateClass;
        return found >= 0 || (mostClasses !== null && stateClass > mostClasses);
      },
    });
    if (found < 0 || this.#isRefuted) return { counterexample: null, ending };
    return { counterexample: this.#counterexample(index, classes.pathTo(found), kind), ending: 'complete' };
  }

  #counterexample(index: number, path: readonly Firing[], kind: CounterexampleKind): Counterexample {
    return counterexampleOf(this.#system, this.#situations, path, index, kind);
  }
}

interface SearchOptions extends Pick<ExploreOptions, 'admits' | 'costOf'> {
  /** When to give up, or null. */
  readonly mostClasses: number | null;
  readonly kind: CounterexampleKind;
}

interface SearchResult {
  readonly counterexample: Counterexample | null;
  readonly ending: Ending;
}
