import { callsIn } from './course.ts';
import { type Joint, JointSum, jointsTogether } from './joint.ts';
import type { Estimator } from './loss.ts';
import { leanOf, makerOf } from './makers.ts';
import type { RunWorlds } from './runWorlds.ts';
import { type Effort, effortsTogether } from './stepDates.ts';
import { RunTally, type Tally, together } from './tally.ts';

/** Some seeds of a scenario on a server in several modes: what is made in one piece. Plain data. */
export interface SweepPiece {
  readonly estimator: Estimator;
  /** The seeds are this one and those that follow it. */
  readonly firstSeed: number;
  readonly runs: number;
  /** How many of the drawn runs are made whole, in every mode: the first ones. Of the others only the calls matter. */
  readonly whole: number;
  /** The places of the modes whose figures those others are for. */
  readonly taking: readonly number[];
}

/** How many seeds of each estimator make a part, at least and at most: some tenths of a second of work, or some seconds. */
const sizes: Readonly<Record<Estimator, readonly [least: number, most: number]>> = {
  drawn: [250, 50_000],
  dates: [20, 5_000],
  splitting: [5, 500],
};

/** So many that whoever is done waits little for the others at the end of a round. */
const usualParts = 32;

/** A piece in parts that come to the same, for several workers: so many of them where their size allows. */
export function partsOf(piece: SweepPiece, parts = usualParts): SweepPiece[] {
  const [least, most] = sizes[piece.estimator];
  const size = Math.min(most, Math.max(least, Math.ceil(piece.runs / parts)));
  return Array.from({ length: Math.ceil(piece.runs / size) }, (_, part) => {
    const before = part * size;
    const runs = Math.min(size, piece.runs - before);
    const whole = Math.min(runs, Math.max(0, piece.whole - before));
    return { ...piece, firstSeed: piece.firstSeed + before, runs, whole };
  });
}

/** What a piece has come to. Plain data, merged exactly in any order. */
export interface SweptPiece {
  /** Seeds that were made: fewer than asked for where it was stopped. */
  readonly runs: number;
  /** By mode, what the whole runs have come to; none of another estimator than `drawn`. */
  readonly tallies: readonly Tally[];
  readonly joint: Joint;
  /** By mode, the first seed that loses a call. */
  readonly losingSeeds: readonly (number | null)[];
  /** By mode, and there by call, what all dates have taken. */
  readonly efforts: readonly (readonly Effort[])[];
}

/** Makes a piece, a seed a step. `worlds`: those of each mode. */
export function* sweepPiece(
  worlds: readonly RunWorlds[],
  piece: SweepPiece,
  isStopped: () => boolean,
): Generator<void, SweptPiece> {
  const { estimator } = piece;
  if (estimator === 'drawn') return yield* drawnPiece(worlds, piece, isStopped);
  const makers = worlds.map(({ common }) => makerOf(estimator, common));
  const sum = new JointSum(makers.length, makers[0]?.most ?? 1);
  let runs = 0;
  for (; runs < piece.runs && !isStopped(); runs++) {
    const seed = piece.firstSeed + runs;
    sum.add(makers.map((maker, mode) => (piece.taking.includes(mode) ? maker.of(seed) : null)));
    yield;
  }
  return {
    runs,
    tallies: [],
    joint: sum.joint(),
    losingSeeds: makers.map(() => null),
    efforts: makers.map((maker) => maker.efforts()),
  };
}

function* drawnPiece(
  worlds: readonly RunWorlds[],
  { firstSeed, runs: asked, whole, taking }: SweepPiece,
  isStopped: () => boolean,
): Generator<void, SweptPiece> {
  const tallies = whole === 0 ? [] : worlds.map((one) => new RunTally(one));
  const lean = worlds.map(({ common }) => leanOf(common));
  const [first] = worlds as readonly [RunWorlds];
  const sum = new JointSum(worlds.length, first.isOfDays ? null : callsIn(first.common.scenario));
  const losingSeeds: (number | null)[] = worlds.map(() => null);
  let runs = 0;
  for (; runs < asked && !isStopped(); runs++) {
    const seed = firstSeed + runs;
    const each = lean.map((maker, mode) => {
      if (runs < whole) return (tallies[mode] as RunTally).make(seed);
      return taking.includes(mode) ? maker.of(seed) : null;
    });
    sum.add(each);
    for (const [mode, found] of each.entries()) if (found !== null && found.lost > 0) losingSeeds[mode] ??= seed;
    yield;
  }
  return {
    runs,
    tallies: tallies.map((tally) => tally.tally()),
    joint: sum.joint(),
    losingSeeds,
    efforts: worlds.map(() => []),
  };
}

const least = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

/** Pieces of the same estimator, taken together. */
export const piecesTogether = (one: SweptPiece, other: SweptPiece): SweptPiece => ({
  runs: one.runs + other.runs,
  tallies:
    one.tallies.length === 0 || other.tallies.length === 0
      ? [...one.tallies, ...other.tallies]
      : one.tallies.map((tally, mode) => together(tally, other.tallies[mode] as Tally)),
  joint: jointsTogether(one.joint, other.joint),
  losingSeeds: one.losingSeeds.map((seed, mode) => least(seed, other.losingSeeds[mode] ?? null)),
  efforts: one.efforts.map((efforts, mode) =>
    efforts.map((effort, call) => effortsTogether(effort, other.efforts[mode]?.[call] ?? effort)),
  ),
});
