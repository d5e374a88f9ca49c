import type { ModeName } from '../../machines/modeVariants.ts';
import { type Measured, nothingMeasured } from '../measure/measured.ts';
import type { Moments } from '../statistics/moments.ts';
import { callsIn } from './course.ts';
import { pairsOf } from './joint.ts';
import {
  differenceOf,
  type Estimator,
  isPrecise,
  type Loss,
  type LossDifference,
  lossesOf,
  pairedDifferences,
} from './loss.ts';
import { piecesTogether, type SweepPiece, type SweptPiece } from './piece.ts';
import { isDrawnSooner, type Plan, planOf, type SweepDemand } from './plan.ts';
import type { RunWorlds } from './runWorlds.ts';
import { costOf } from './stepDates.ts';

/** Many runs of one scenario in one mode on one server. */
export interface SweepCell {
  readonly scenario: string;
  readonly mode: ModeName;
  readonly server: string;
  /** What the runs with everything drawn have come to, as far as they were made whole. */
  readonly measured: Measured;
  /** Whether each run is a day that was drawn. */
  readonly isOfDays: boolean;
  /** Null for a scenario without calls. */
  readonly loss: Loss | null;
  /** Calls of drawn runs that were neither lost nor saved when their run ended. */
  readonly undecided: number;
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

/** A scenario on a server, and the modes that are compared there. */
export interface GroupPlace {
  readonly scenario: string;
  readonly server: string;
  readonly modes: readonly ModeName[];
}

/** Runs that are to be made next, and who takes what they come to, in any order. */
export interface Wanted {
  readonly piece: SweepPiece;
  readonly take: (swept: SweptPiece) => void;
}

/** A scenario on a server in several modes, which meet the same luck: decides which runs are made, and what they tell. */
export class Group {
  readonly place: GroupPlace;
  readonly #plan: Plan;
  readonly #demand: SweepDemand;
  readonly #calls: number;
  readonly #isOfDays: boolean;
  readonly #losses: (Loss | null | undefined)[] = [];
  /** What makes the figures of each mode, once that is known. */
  readonly #estimators: (Estimator | undefined)[] = [];
  /** What drawn runs have come to, and those of the other estimator. */
  #drawn: SweptPiece | null = null;
  #made: SweptPiece | null = null;
  #asked = { drawn: 0, made: 0 };

  /** `first`: the worlds of the first mode. */
  constructor(place: GroupPlace, first: RunWorlds, demand: SweepDemand) {
    this.place = place;
    this.#demand = demand;
    this.#plan = planOf(first, demand);
    this.#calls = callsIn(first.common.scenario);
    this.#isOfDays = first.isOfDays;
  }

  /** Wants runs made, until every figure is as precise as it is to be. Told to stop, it ends with those that were made. */
  *work(): Generator<Wanted, void, boolean> {
    const { looks, drawn } = this.#plan;
    if (drawn > 0 && (yield this.#draw(drawn, [...this.place.modes.keys()]))) return;
    if (this.#calls === 0 && !this.#isOfDays) {
      // Without a call nothing is to be known precisely.
      yield this.#draw(looks[0]?.runs ?? 0, []);
      return;
    }
    for (const { estimator, runs } of looks) {
      const modes = this.#openModes.filter((mode) => (this.#estimators[mode] ?? estimator) === estimator);
      if (modes.length === 0) continue;
      const isDrawn = estimator === 'drawn';
      const isMore = runs > (isDrawn ? this.#asked.drawn : this.#asked.made);
      const isStopped = isMore && (yield isDrawn ? this.#draw(runs, modes) : this.#make(estimator, runs, modes));
      this.#note(estimator, modes);
      if (isStopped || this.#openModes.length === 0) break;
    }
  }

  cells(): SweepCell[] {
    const { modes, ...place } = this.place;
    return modes.flatMap((mode, index): SweepCell[] => {
      if (this.#drawn === null || this.#drawn.runs === 0) return [];
      const { tallies, joint, losingSeeds } = this.#drawn;
      const tally = tallies[index];
      if (tally?.calls === null) return [];
      const violated = tally?.properties.filter((one) => one.violated > 0).map(({ property }) => property) ?? [];
      return [
        {
          ...place,
          mode,
          measured: tally?.calls.measured ?? nothingMeasured,
          isOfDays: this.#isOfDays,
          loss: this.#losses[index] ?? null,
          undecided: (joint.open[index]?.sum ?? 0) - (joint.lost[index]?.sum ?? 0),
          losingSeed: losingSeeds[index] ?? null,
          violated: violated.sort(),
        },
      ];
    });
  }

  comparisons(): SweepComparison[] {
    const { modes, ...place } = this.place;
    const { confidence } = this.#plan;
    const paired = (swept: SweptPiece | null) => (swept === null ? [] : pairedDifferences(swept.joint, confidence));
    const [drawn, made] = [paired(this.#drawn), paired(this.#made)];
    return pairsOf(modes.length).flatMap(([one, other], pair): SweepComparison[] => {
      const [first, second] = [this.#losses[one], this.#losses[other]];
      if (first == null || second == null) return [];
      // Where two met the same luck in what made their figures, their difference is known better.
      const isAlike = first.estimator === second.estimator;
      const known = isAlike ? (first.estimator === 'drawn' ? drawn : made)[pair] : null;
      const difference = known ?? differenceOf(first, second);
      return [{ ...place, modes: [modes[one] as ModeName, modes[other] as ModeName], ...difference }];
    });
  }

  /** The modes whose figures are not as precise yet as they are to be. */
  get #openModes(): number[] {
    const { precision } = this.#demand;
    return this.place.modes.flatMap((_, mode) => {
      const loss = this.#losses[mode];
      return loss != null && precision !== undefined && isPrecise(loss, precision) ? [] : [mode];
    });
  }

  /**
   * Drawn runs up to so many. The first ones tell everything, in all modes; of later ones only the calls matter, in the modes whose
   * figures they are for.
   */
  #draw(upTo: number, taking: readonly number[]): Wanted {
    const { drawn } = this.#asked;
    this.#asked.drawn = Math.max(drawn, upTo);
    return {
      piece: {
        estimator: 'drawn',
        firstSeed: 1 + drawn,
        runs: this.#asked.drawn - drawn,
        whole: Math.max(0, Math.min(upTo, this.#plan.whole) - drawn),
        taking,
      },
      take: (swept) => {
        this.#drawn = this.#drawn === null ? swept : piecesTogether(this.#drawn, swept);
      },
    };
  }

  /** Runs of another estimator up to so many. A mode that is left out once stays out. */
  #make(estimator: Estimator, upTo: number, taking: readonly number[]): Wanted {
    const { made } = this.#asked;
    this.#asked.made = upTo;
    return {
      piece: { estimator, firstSeed: 1 + made, runs: upTo - made, whole: 0, taking },
      take: (swept) => {
        this.#made = this.#made === null ? swept : piecesTogether(this.#made, swept);
      },
    };
  }

  /** Takes the figures of an estimator for those modes. */
  #note(estimator: Estimator, modes: readonly number[]): void {
    const swept = estimator === 'drawn' ? this.#drawn : this.#made;
    if (swept === null) return;
    const { joint, efforts } = swept;
    const losses = lossesOf(joint, estimator, this.#plan.confidence, modes);
    for (const mode of modes) {
      const loss = losses[mode];
      if (loss === undefined || loss?.runs === 0) continue;
      this.#losses[mode] = loss;
      if (estimator === 'dates' && this.#demand.estimator === undefined) {
        const cost = (efforts[mode] ?? []).reduce((sum, effort) => sum + costOf(effort), 0);
        this.#estimators[mode] ??= isDrawnSooner(joint.lost[mode] as Moments, joint.most, cost) ? 'drawn' : 'dates';
      }
    }
  }
}
