import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Measured } from '../measure/measured.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import { defineWorld } from '../sipWorld/definition.ts';
import type { Moments } from '../statistics/moments.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { Course, callsIn, callsTable } from './course.ts';
import { type Joint, JointSum, type OfSeed, pairsOf } from './joint.ts';
import {
  differenceOf,
  type Estimator,
  isPrecise,
  type Loss,
  type LossDifference,
  lossesOf,
  pairedDifferences,
} from './loss.ts';
import { isDrawnSooner, type Plan, planOf, type SweepDemand } from './plan.ts';
import { Splitting, splitParts } from './splitting.ts';
import { callDatesOf, commonDates, StepDates } from './stepDates.ts';
import { RunTally } from './tally.ts';

/** Many runs of one scenario in one mode on one server. */
export interface SweepCell {
  readonly scenario: string;
  readonly mode: ModeName;
  readonly server: string;
  /** What the runs with everything drawn have come to. */
  readonly measured: Measured;
  /** Null for a scenario without calls. */
  readonly loss: Loss | null;
  /** The first seed that loses a call: the run to look at. */
  readonly losingSeed: number | null;
  /** Names of the properties that some run violates. */
  readonly violated: readonly string[];
}

/** Two modes in the same scenario on the same server. */
export interface SweepComparison extends LossDifference {
  readonly scenario: string;
  readonly server: string;
  /** The difference is the share that the first loses minus that of the second. */
  readonly modes: readonly [ModeName, ModeName];
}

export interface Sweep {
  readonly cells: readonly SweepCell[];
  readonly comparisons: readonly SweepComparison[];
}

export interface SweepOptions extends SweepDemand {
  readonly modes: readonly ModeName[];
  readonly servers: readonly ServerProfile[];
  /** Whether to make no more runs. */
  readonly isStopped: () => boolean;
}

/** What an estimator makes of one seed in one mode, and the largest value that it can be. */
interface Maker {
  readonly most: number;
  /** How many times as long as a drawn run a seed takes, by what it took so far. */
  readonly cost: () => number;
  of(seed: number): OfSeed;
}

function datesOf(definition: WorldDefinition): Maker {
  const common = commonDates(definition) ?? 1;
  const each = (callDatesOf(definition) ?? []).map((one) => {
    // A call with a long window has as much weight as one with a short one.
    return { weight: common / one.dates, found: new StepDates(definition, one) };
  });
  return {
    most: common * each.length,
    cost: () => each.reduce((sum, { found }) => sum + found.cost, 0),
    of: (seed) => {
      let [lost, open] = [0, 0];
      for (const { weight, found } of each) {
        const outcomes = found.of(seed);
        lost += outcomes.lost * weight;
        open += (outcomes.lost + outcomes.undecided) * weight;
      }
      return { lost, open };
    },
  };
}

/** Drawn runs as far as their calls need them. */
function leanOf(definition: WorldDefinition): Maker {
  const table = callsTable(definition);
  const calls = callsIn(definition.scenario);
  return {
    most: calls,
    cost: () => 1,
    of: (seed) => {
      const course = new Course(definition, table, seed);
      course.finish(Number.POSITIVE_INFINITY);
      return { lost: course.lost, open: course.lost + calls - course.decided };
    },
  };
}

function makerOf(estimator: Estimator, definition: WorldDefinition): Maker {
  if (estimator === 'dates') return datesOf(definition);
  const split = new Splitting(definition);
  return { most: splitParts, cost: () => 1, of: (seed) => split.of(seed) };
}

/** A scenario on a server in several modes, which meet the same luck. */
class Group {
  readonly #definitions: readonly WorldDefinition[];
  readonly #tallies: readonly RunTally[];
  readonly #drawn: JointSum;
  readonly #losses: (Loss | undefined)[] = [];
  readonly #differences: (LossDifference | null)[];
  /** What makes the figures of each mode, once that is known. */
  readonly #estimators: (Estimator | undefined)[] = [];
  #made: Made | null = null;
  #drawnRuns = 0;
  readonly #lean: readonly Maker[];
  readonly #losingSeeds: (number | undefined)[] = [];
  readonly #plan: Plan;
  readonly #demand: SweepDemand;

  constructor(definitions: readonly WorldDefinition[], demand: SweepDemand) {
    const [first] = definitions as [WorldDefinition];
    this.#definitions = definitions;
    this.#demand = demand;
    this.#plan = planOf(first, demand);
    this.#tallies = definitions.map((definition) => new RunTally(definition));
    this.#lean = definitions.map(leanOf);
    this.#drawn = new JointSum(definitions.length, callsIn(first.scenario));
    this.#differences = pairsOf(definitions.length).map(() => null);
  }

  /** Makes the runs, one a step, until every figure is as precise as it is to be. */
  *work(isStopped: () => boolean): Generator<void> {
    const { looks, drawn } = this.#plan;
    yield* this.#draw(drawn, [], isStopped);
    if (callsIn((this.#definitions[0] as WorldDefinition).scenario) === 0) {
      // Without a call nothing is to be known precisely.
      yield* this.#draw(looks[0]?.runs ?? 0, [], isStopped);
      return;
    }
    for (const { estimator, runs } of looks) {
      const modes = this.#openModes.filter((mode) => (this.#estimators[mode] ?? estimator) === estimator);
      if (modes.length === 0) continue;
      if (estimator === 'drawn') {
        yield* this.#draw(runs, modes, isStopped);
        this.#note(this.#drawn.joint(), estimator, modes);
      } else {
        this.#made ??= new Made(this.#definitions.map((definition) => makerOf(estimator, definition)));
        yield* this.#made.go(runs, modes, isStopped);
        this.#note(this.#made.sum.joint(), estimator, modes);
      }
      if (isStopped() || this.#openModes.length === 0) break;
    }
  }

  cells(place: Pick<SweepCell, 'scenario' | 'server'>, modes: readonly ModeName[]): SweepCell[] {
    return this.#tallies.flatMap((tally, index): SweepCell[] => {
      const { calls, properties, runs } = tally.tally();
      const mode = modes[index];
      if (runs === 0 || calls === null || mode === undefined) return [];
      const violated = properties.filter((one) => one.violated > 0).map(({ property }) => property);
      return [
        {
          ...place,
          mode,
          measured: calls.measured,
          loss: this.#losses[index] ?? null,
          losingSeed: this.#losingSeeds[index] ?? null,
          violated: violated.sort(),
        },
      ];
    });
  }

  comparisons(place: Pick<SweepCell, 'scenario' | 'server'>, modes: readonly ModeName[]): SweepComparison[] {
    return pairsOf(modes.length).flatMap(([one, other], pair): SweepComparison[] => {
      const [first, second] = [this.#losses[one], this.#losses[other]];
      if (first === undefined || second === undefined) return [];
      const difference = this.#differences[pair] ?? differenceOf(first, second);
      return [{ ...place, modes: [modes[one] as ModeName, modes[other] as ModeName], ...difference }];
    });
  }

  /** The modes whose figures are not as precise yet as they are to be. */
  get #openModes(): number[] {
    const { precision } = this.#demand;
    return this.#definitions.flatMap((_, mode) => {
      const loss = this.#losses[mode];
      return loss !== undefined && precision !== undefined && isPrecise(loss, precision) ? [] : [mode];
    });
  }

  /**
   * Makes the drawn runs up to so many. The first ones tell everything, in all modes; of later ones only the calls matter, in the modes
   * whose figures they are for.
   */
  *#draw(runs: number, modes: readonly number[], isStopped: () => boolean): Generator<void> {
    while (this.#drawnRuns < runs && !isStopped()) {
      const seed = ++this.#drawnRuns;
      const isWhole = seed <= this.#plan.whole;
      const each = this.#tallies.map((tally, mode) => {
        if (isWhole) return tally.make(seed);
        return modes.includes(mode) ? (this.#lean[mode] as Maker).of(seed) : null;
      });
      this.#drawn.add(each);
      for (const [mode, found] of each.entries())
        if (found !== null && found.lost > 0) this.#losingSeeds[mode] ??= seed;
      yield;
    }
  }

  /** Takes the figures of an estimator for those modes. Where two met the same luck in it, their difference is known better. */
  #note(joint: Joint, estimator: Estimator, modes: readonly number[]): void {
    const { confidence } = this.#plan;
    const losses = lossesOf(joint, estimator, confidence);
    for (const mode of modes) {
      const loss = losses[mode];
      if (loss === undefined || loss.runs === 0) continue;
      this.#losses[mode] = loss;
      if (estimator === 'dates' && this.#demand.estimator === undefined)
        this.#estimators[mode] ??= isDrawnSooner(joint.lost[mode] as Moments, joint.most, this.#made?.costOf(mode) ?? 1)
          ? 'drawn'
          : 'dates';
    }
    const paired = pairedDifferences(joint, confidence);
    for (const [pair, [one, other]] of pairsOf(this.#definitions.length).entries()) {
      const isOfBoth = this.#losses[one]?.estimator === estimator && this.#losses[other]?.estimator === estimator;
      if (isOfBoth) this.#differences[pair] = paired[pair] ?? null;
      // A difference of drawn runs does not belong to figures that were found otherwise since.
      else if (modes.includes(one) || modes.includes(other)) this.#differences[pair] = null;
    }
  }
}

/** Seeds that an estimator has been given so far, and what they came to. */
class Made {
  readonly #makers: readonly Maker[];
  readonly sum: JointSum;
  #runs = 0;

  constructor(makers: readonly Maker[]) {
    this.#makers = makers;
    this.sum = new JointSum(makers.length, makers[0]?.most ?? 1);
  }

  costOf(mode: number): number {
    return (this.#makers[mode] as Maker).cost();
  }

  /** A mode that is left out once stays out. */
  *go(runs: number, modes: readonly number[], isStopped: () => boolean): Generator<void> {
    while (this.#runs < runs && !isStopped()) {
      const seed = ++this.#runs;
      this.sum.add(this.#makers.map((maker, mode) => (modes.includes(mode) ? maker.of(seed) : null)));
      yield;
    }
  }
}

/** Every scenario on every server in every mode, a run a step. Where it is stopped, what there is until then. */
export function* sweep(documents: readonly ScenarioDocument[], options: SweepOptions): Generator<string, Sweep> {
  const { modes, servers, isStopped } = options;
  const places = documents.flatMap((document) => servers.map((server) => ({ document, server })));
  const cells: SweepCell[] = [];
  const comparisons: SweepComparison[] = [];
  for (const [index, { document, server }] of places.entries()) {
    if (isStopped()) break;
    const definitions = modes.map((mode) => defineWorld(scenarioIn(document, mode, server)));
    const group = new Group(definitions, options);
    const place = { scenario: document.name, server: server.name };
    let runs = 0;
    for (const _ of group.work(isStopped)) {
      runs++;
      yield `${index} of ${places.length}, ${document.name} on ${server.name}: ${runs} runs`;
    }
    cells.push(...group.cells(place, modes));
    comparisons.push(...group.comparisons(place, modes));
  }
  return { cells, comparisons };
}
