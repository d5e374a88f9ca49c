import { IntVector } from '../../data/intVector.ts';
import type { AnyProperty } from '../../properties/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { Hulls } from '../engine/hulls.ts';
import { Situations } from '../engine/situations.ts';
import {
  type Ending,
  type ExploreOptions,
  type PathStep,
  type Progress,
  type Reached,
  StateClasses,
} from '../engine/stateClasses.ts';
import { type Counterexample, type CounterexampleKind, counterexampleOf } from '../explain/counterexample.ts';
import { type FaultBudget, noFaults } from '../system/faultBudget.ts';
import { InertMessages } from '../system/inertMessages.ts';
import { WorldSystem } from '../system/worldSystem.ts';
import type { CheckOptions, Decision, Extent } from './decision.ts';
import { walkedInto } from './walkedInto.ts';

/** Exact classes for a shortest counterexample before a longer one will do. */
const patience = 20_000;

/** Situations after which a violation that the hulls suspect is looked for although they are not complete. */
const firstAttemptAt = 50_000;
/** Further than any situation of which the hulls know the distance to a violation. */
const farAway = 10_000;

const usualBytes = 1 << 30;
const nothing: readonly number[] = [];

/** Properties that are decided in one exploration of their world. */
export class Piece {
  readonly #definition: WorldDefinition;
  readonly #options: CheckOptions;
  readonly #properties: readonly AnyProperty[];
  readonly #budget: FaultBudget;
  readonly #system: WorldSystem;
  readonly #inert: InertMessages | null;
  readonly #situations: Situations;
  readonly #hulls: Hulls | null;
  /** The properties that hulls violate, as bits. */
  #suspects = 0;
  /** Violated properties of each situation, as bits. */
  readonly #violated: number[] = [];
  /** Violations found before the hulls were complete; they have been replayed, so they stay whatever is refuted. */
  readonly #found = new Map<number, Counterexample>();
  #hasWalked = false;
  #classes = 0;
  #firings = 0;
  #bytes = 0;
  #ending: Ending = 'complete';

  constructor(definition: WorldDefinition, properties: readonly AnyProperty[], options: CheckOptions) {
    this.#definition = definition;
    this.#options = options;
    this.#properties = properties;
    this.#budget = options.budget ?? noFaults;
    this.#system = new WorldSystem(definition, properties, this.#budget);
    this.#inert = options.inertMessages === false ? null : new InertMessages(this.#system);
    if (this.#inert) this.#system.negligible = this.#inert;
    this.#situations = new Situations(this.#system);
    this.#hulls = options.hulls === false ? null : this.#newHulls();
  }

  #newHulls(): Hulls {
    const { maximumBytes = usualBytes, onProgress } = this.#options;
    return new Hulls(this.#situations, {
      maximumBytes,
      onProgress,
      amended: this.#amended,
      end: this.#system.end,
      visit: (situation) => {
        this.#suspects |= this.#violatedIn(situation);
        return !this.#system.isSettled(this.#situations, situation);
      },
    });
  }

  /** The decisions; null for what is not decided after that many situations, unless that is null. */
  result(mostSituations: number | null): Map<AnyProperty, Decision | null> {
    for (;;) {
      const decisions = this.#decisions(mostSituations);
      if (!this.#isRefuted) return new Map(this.#properties.map((one, index) => [one, decisions[index] ?? null]));
      for (const situation of this.#amended()) this.#hulls?.reopen(situation);
    }
  }

  /** Whether a message was left out that does something after all. */
  get #isRefuted(): boolean {
    return this.#inert?.isRefuted ?? false;
  }

  /** Corrects what is known of the situations, if it is wrong, and gives those that are to be expanded once more. */
  readonly #amended = (): readonly number[] =>
    this.#inert?.isRefuted ? this.#situations.renew(this.#inert.takeRefuted()) : nothing;

  #decisions(mostSituations: number | null): (Decision | null)[] {
    const ending = this.#hulls === null ? 'complete' : this.#exploreHulls(this.#hulls, mostSituations);
    const suspects = this.#hulls === null ? -1 : this.#suspects;
    this.#ending = ending;
    if (this.#isRefuted) return [];
    return this.#properties.map(({ name: property }, index): Decision | null => {
      if (ending === 'stopped' && !this.#found.has(index)) return null;
      const isSuspect = this.#found.has(index) || (suspects & (1 << index)) !== 0;
      const search = isSuspect ? this.#search(index, ending === 'complete') : { counterexample: null, ending };
      const { counterexample } = search;
      const verdict = counterexample ? 'violated' : search.ending === 'complete' ? 'holds' : 'inconclusive';
      const witnessed = counterexample !== null || (this.#system.observers.witnessed & (1 << index)) !== 0;
      const fastest = counterexample && this.#options.fastest ? this.#fastest(index, ending === 'complete') : null;
      return { property, verdict, witnessed, counterexample, fastest, ending: search.ending };
    });
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

  readonly #goesOn = (progress: Progress): boolean =>
    !this.#isRefuted && (this.#options.onProgress?.(progress) ?? true);

  #explore(options: ExploreOptions): { classes: StateClasses; ending: Ending } {
    const { maximumBytes = usualBytes } = this.#options;
    const classes = new StateClasses(this.#situations, { maximumBytes, onProgress: this.#goesOn, ...options });
    const ending = classes.explore();
    this.#classes += classes.count;
    this.#firings += classes.edges;
    this.#bytes = Math.max(this.#bytes, classes.bytes);
    return { classes, ending };
  }

  #violatedIn(situation: number): number {
    const known = this.#violated[situation];
    if (known !== undefined) return known;
    const violated = this.#system.violatedIn(this.#situations, situation);
    this.#violated[situation] = violated;
    return violated;
  }

  /** Explores the hulls; `stopped` after that many situations, and all violations that they suspect searched for. */
  #exploreHulls(hulls: Hulls, mostSituations: number | null): Ending {
    let next = mostSituations ?? Math.max(firstAttemptAt, 2 * this.#situations.count);
    let ending = hulls.explore(next);
    for (; ending === 'stopped'; ending = hulls.explore(next)) {
      this.#attempt(this.#suspects);
      this.#walk(() => this.#goesOn(hulls.progress));
      if (this.#found.size === this.#properties.length || mostSituations !== null) break;
      next *= 2;
    }
    this.#bytes = Math.max(this.#bytes, hulls.bytes);
    return ending;
  }

  /** Perhaps a violation is so common that chance finds it. */
  #walk(goesOn: () => boolean): void {
    if (this.#hasWalked) return;
    this.#hasWalked = true;
    const open = this.#properties.flatMap((property, index) => (this.#found.has(index) ? [] : [{ property, index }]));
    const properties = open.map(({ property }) => property);
    for (const [place, counterexample] of walkedInto(this.#definition, properties, this.#budget, goesOn)) {
      this.#found.set(open[place]?.index as number, counterexample);
    }
  }

  /** While the hulls of a large world are still growing: perhaps what they violate by now is soon found. */
  #attempt(suspects: number): void {
    for (let index = 0; suspects >> index !== 0; index++) {
      if ((suspects & (1 << index)) === 0 || this.#found.has(index)) continue;
      const known = this.#distancesTo(1 << index);
      const isKnown = (situation: number) => situation < known.length && known.at(situation) >= 0;
      const costOf = ({ situation }: Reached) => (isKnown(situation) ? known.at(situation) : farAway);
      const { counterexample } = this.#seek(index, { costOf, mostClasses: patience, kind: 'any' });
      if (counterexample) this.#found.set(index, counterexample);
    }
  }

  /**
   * Looks for a suspected violation among the exact classes: the path with the fewest events (A*). Where that takes
   * long, any path will do, and whatever seems closest to the violation comes first.
   */
  #search(index: number, isKnown: boolean): Search {
    const found = this.#found.get(index);
    if (found) return { counterexample: found, ending: 'complete' };
    const distance = this.#distance(index, isKnown);
    const admits = (situation: number) => distance(situation) >= 0;
    const shortest = this.#seek(index, {
      admits,
      costOf: ({ situation, depth }) => depth + distance(situation),
      mostClasses: patience,
      kind: 'shortest',
    });
    if (shortest.ending !== 'stopped') return shortest;
    const costOf = ({ situation }: Reached) => distance(situation);
    return this.#seek(index, { admits, costOf, mostClasses: null, kind: 'any' });
  }

  /** The violation of a property with the earliest date, unless that takes too many classes. */
  fastest(property: AnyProperty): Counterexample | null {
    return this.#fastest(this.#properties.indexOf(property), false);
  }

  /** Dijkstra. */
  #fastest(index: number, isKnown: boolean): Counterexample | null {
    const distance = this.#distance(index, isKnown);
    const { untilMs } = this.#definition.scenario;
    const search = this.#seek(index, {
      admits: (situation) => distance(situation) >= 0,
      costOf: ({ situation, latestMs }) => {
        const end = this.#situations.positionOf(situation, this.#system.end);
        return end < 0 ? untilMs : untilMs - latestMs(end);
      },
      mostClasses: patience,
      kind: 'fastest',
    });
    return search.counterexample;
  }

  /** How many events at least lead from a situation to a violation, -1 where none do; 0 where that is not known. */
  #distance(index: number, isKnown: boolean): (situation: number) => number {
    const distances = isKnown && this.#hulls !== null ? this.#distancesTo(1 << index) : null;
    return (situation) => distances?.at(situation) ?? 0;
  }

  #seek(index: number, { mostClasses, kind, ...order }: SeekOptions): Search {
    let found = -1;
    const { classes, ending } = this.#explore({
      abstraction: 'inclusion',
      search: 'cheapestFirst',
      ...order,
      visit: (situation, stateClass) => {
        if ((this.#violatedIn(situation) & (1 << index)) !== 0) found = stateClass;
        return found >= 0 || (mostClasses !== null && stateClass > mostClasses);
      },
    });
    if (found < 0 || this.#isRefuted) return { counterexample: null, ending };
    return { counterexample: this.#counterexample(index, classes.pathTo(found), kind), ending: 'complete' };
  }

  #counterexample(index: number, path: readonly PathStep[], kind: CounterexampleKind): Counterexample {
    return counterexampleOf(this.#system, this.#situations, path, index, kind);
  }

  /** Per situation, from where the hulls reach it. */
  #incoming(): number[][] {
    const incoming: number[][] = Array.from({ length: this.#situations.count }, () => []);
    for (let from = 0; from < incoming.length; from++) {
      this.#situations.eachTarget(from, (to) => incoming[to]?.push(from));
    }
    return incoming;
  }

  /** Per situation, how many events at least lead from there to a violation, as the hulls have it; -1 where none do. */
  #distancesTo(violation: number): IntVector {
    const incoming = this.#incoming();
    const distances = new IntVector(this.#situations.count);
    let layer: number[] = [];
    for (let id = 0; id < this.#situations.count; id++) {
      const isThere = ((this.#violated[id] ?? 0) & violation) !== 0;
      distances.push(isThere ? 0 : -1);
      if (isThere) layer.push(id);
    }
    for (let distance = 1; layer.length > 0; distance++) {
      const before: number[] = [];
      for (const to of layer) {
        for (const from of incoming[to] ?? []) {
          if (distances.at(from) >= 0) continue;
          distances.data[from] = distance;
          before.push(from);
        }
      }
      layer = before;
    }
    return distances;
  }
}

interface SeekOptions extends Pick<ExploreOptions, 'admits' | 'costOf'> {
  /** When to give up, or null. */
  readonly mostClasses: number | null;
  readonly kind: CounterexampleKind;
}

interface Search {
  readonly counterexample: Counterexample | null;
  readonly ending: Ending;
}
