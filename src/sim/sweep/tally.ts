import { type Measured, measuredTogether } from '../measure/measured.ts';
import { Meter } from '../measure/meter.ts';
import { propertyNamed } from '../properties/properties.ts';
import { DatedRun } from '../run/datedRun.ts';
import { type Moments, MomentsSum, momentsTogether } from '../statistics/moments.ts';
import type { AnyProperty } from '../system/property.ts';
import { callsIn } from './course.ts';
import type { OfSeed } from './joint.ts';
import type { RunWorlds } from './runWorlds.ts';

/** What some runs have come to for one property. */
export interface PropertyTally {
  readonly property: string;
  /** Runs that violate it. */
  readonly violated: number;
  /** The first seed that does. */
  readonly firstSeed: number | null;
  /** Whether some run gave it something to judge. */
  readonly witnessed: boolean;
}

/** What the runs have come to for the calls of a hand-over. */
export interface CallsTally {
  readonly measured: Measured;
  /** How many calls a run has; of days the most that one had. */
  readonly most: number;
  /** Per run, how many of its calls were lost. */
  readonly lost: Moments;
  /** Per run, how many of its calls were lost or not decided when it ended. */
  readonly open: Moments;
  /** The first seed that loses a call. */
  readonly losingSeed: number | null;
}

/** What some runs of one world have come to. Plain data. */
export interface Tally {
  readonly runs: number;
  /** Null for a system without calls. */
  readonly calls: CallsTally | null;
  /** In the order in which the world has them. */
  readonly properties: readonly PropertyTally[];
}

export interface Seeds {
  /** The seeds are this one and those that follow it. */
  readonly firstSeed: number;
  readonly runs: number;
  /** Whether to make no more runs. */
  readonly isStopped: () => boolean;
}

const noCalls: OfSeed = { lost: 0, open: 0, calls: 0 };

const noInviteLost = propertyNamed('noInviteLost') as AnyProperty;

/** Makes runs, each with a seed, and counts what they come to. */
export class RunTally {
  readonly #worlds: RunWorlds;
  readonly #properties: { property: string; violated: number; firstSeed: number | null; witnessed: boolean }[];
  /** Null for a system without calls. */
  readonly #meter: Meter | null;
  readonly #lost: MomentsSum;
  readonly #open: MomentsSum;
  #most: number;
  #losingSeed: number | null = null;
  runs = 0;

  constructor(worlds: RunWorlds) {
    const { common: definition, isOfDays, fromMs } = worlds;
    const claimed = definition.properties.filter(definition.claims);
    this.#worlds = worlds;
    this.#properties = claimed.map(({ name }) => ({ property: name, violated: 0, firstSeed: null, witnessed: false }));
    // A property of the user's in a system without calls may have the same name.
    this.#meter = claimed.includes(noInviteLost) ? new Meter(definition, fromMs) : null;
    this.#most = isOfDays ? 0 : callsIn(definition.scenario);
    const most = isOfDays ? Number.POSITIVE_INFINITY : this.#most;
    this.#lost = new MomentsSum(most);
    this.#open = new MomentsSum(most);
  }

  /** Makes the run with that seed. */
  make(seed: number): OfSeed {
    const onlookers = this.#meter === null ? [] : [this.#meter];
    const before = this.#meter === null ? null : { ...this.#meter.calls };
    const world = this.#worlds.of(seed);
    const run = new DatedRun(world, seed, { onlookers });
    run.finish();
    this.runs++;
    for (const [index, { violation, witnessed }] of run.verdicts().entries()) {
      const tally = this.#properties[index];
      if (tally === undefined) continue;
      tally.witnessed ||= witnessed;
      if (violation === null) continue;
      tally.violated++;
      tally.firstSeed ??= seed;
    }
    if (this.#meter === null || before === null) return noCalls;
    const { calls } = this.#meter;
    const lost = calls.lost - before.lost;
    const open = lost + calls.undecided - before.undecided;
    this.#lost.add(lost);
    this.#open.add(open);
    const made = calls.made - before.made;
    this.#most = Math.max(this.#most, made);
    if (lost > 0) this.#losingSeed ??= seed;
    return { lost, open, calls: made };
  }

  tally(): Tally {
    return {
      runs: this.runs,
      calls: this.#meter && {
        measured: this.#meter.measured(),
        most: this.#most,
        lost: this.#lost.moments(),
        open: this.#open.moments(),
        losingSeed: this.#losingSeed,
      },
      properties: this.#properties.map((one) => ({ ...one })),
    };
  }
}

/** Makes runs with seeds, one a step; fewer where it is stopped. */
export function* tallyOf(worlds: RunWorlds, { firstSeed, runs, isStopped }: Seeds): Generator<void, Tally> {
  const tally = new RunTally(worlds);
  for (let seed = firstSeed; tally.runs < runs && !isStopped(); seed++) {
    tally.make(seed);
    yield;
  }
  return tally.tally();
}

const firstOf = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

const callsTogether = (one: CallsTally, other: CallsTally): CallsTally => ({
  measured: measuredTogether(one.measured, other.measured),
  most: Math.max(one.most, other.most),
  lost: momentsTogether(one.lost, other.lost),
  open: momentsTogether(one.open, other.open),
  losingSeed: firstOf(one.losingSeed, other.losingSeed),
});

/** Runs of the same world with other seeds, taken together. */
export const together = (one: Tally, other: Tally): Tally => ({
  runs: one.runs + other.runs,
  calls: one.calls && other.calls && callsTogether(one.calls, other.calls),
  properties: one.properties.map((tally, index) => {
    const { violated, firstSeed, witnessed } = other.properties[index] ?? tally;
    return {
      property: tally.property,
      violated: tally.violated + violated,
      firstSeed: firstOf(tally.firstSeed, firstSeed),
      witnessed: tally.witnessed || witnessed,
    };
  }),
});
