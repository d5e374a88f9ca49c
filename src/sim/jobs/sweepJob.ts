import type { ServerProfile } from '../../machines/serverProfile.ts';
import { type SweepPiece, type SweptPiece, sweepPiece } from '../sweep/piece.ts';
import type { SweepDemand } from '../sweep/plan.ts';
import type { RunWorlds } from '../sweep/runWorlds.ts';
import { type SweepPlace, worldsIn } from '../sweep/sweep.ts';
import { type Tally, tallyOf } from '../sweep/tally.ts';

/** Bytes that many runs may hold: they keep counts alone. */
export const runsBytes = 200e6;

/** Runs of a scenario on a server in several modes. Plain data, to be sent to a worker. */
export interface SweepJob extends SweepPlace {
  readonly sweep: SweepPiece;
  readonly maximumBytes: number;
}

/** All runs of such a place, however many it takes: what a shard does. Plain data. */
export interface SweepPlaceJob extends SweepPlace {
  readonly demand: SweepDemand;
  readonly maximumBytes: number;
}

/** Runs of a module of the user's in a place, with seeds from one on. Plain data, to be sent to a worker. */
export interface OwnRunsJob {
  readonly module: string;
  /** How the user has named its file. */
  readonly file: string;
  readonly mode: string | null;
  readonly server: ServerProfile | null;
  /** What the world must be when the module is loaded again: see `fingerprintOf`. */
  readonly fingerprint: string;
  readonly firstSeed: number;
  readonly ownRuns: number;
  readonly maximumBytes: number;
}

/** All runs of a module in a place, however many that takes: what a shard does. Plain data. */
export interface OwnPlaceJob extends Omit<OwnRunsJob, 'firstSeed' | 'ownRuns'> {
  readonly isOfDays: boolean;
  readonly demand: SweepDemand;
}

/** What a shard does as a whole, and nobody else. */
export type PlaceJob = SweepPlaceJob | OwnPlaceJob;

/** Tells how many runs there are so far; false where no more are to be made. */
export type OnRuns = (runs: number) => boolean;

/** So many runs between two looks at whether to stop. */
const runsALook = 16;

function worked<Result>(of: (isStopped: () => boolean) => Generator<void, Result>, onRuns: OnRuns): Result {
  let isStopped = false;
  const steps = of(() => isStopped);
  for (let runs = 1; ; runs++) {
    const step = steps.next();
    if (step.done) return step.value;
    if (runs % runsALook === 0) isStopped = !onRuns(runs);
  }
}

/** The worlds of places, of which a worker does many parts. */
const worldsOfPlaces = new Map<string, readonly RunWorlds[]>();
const mostPlaces = 200;

function worldsOf({ document, server, modes }: SweepPlace): readonly RunWorlds[] {
  const key = JSON.stringify([document, server, modes]);
  const worlds = worldsOfPlaces.get(key) ?? worldsIn({ document, server, modes });
  if (worldsOfPlaces.size >= mostPlaces) worldsOfPlaces.clear();
  worldsOfPlaces.set(key, worlds);
  return worlds;
}

/** Makes the runs of a job. */
export function sweepSeeds(job: SweepJob, onRuns: OnRuns): SweptPiece {
  const swept = worked((isStopped) => sweepPiece(worldsOf(job), job.sweep, isStopped), onRuns);
  onRuns(swept.runs);
  return swept;
}

/** Makes the runs of a job about a module. */
export function ownSeeds(worlds: RunWorlds, { firstSeed, ownRuns: runs }: OwnRunsJob, onRuns: OnRuns): Tally {
  const tally = worked((isStopped) => tallyOf(worlds, { firstSeed, runs, isStopped }), onRuns);
  onRuns(tally.runs);
  return tally;
}
