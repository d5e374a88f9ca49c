import type { ShardJob } from '../sim/jobs/sentJob.ts';
import { runsBytes, type SweepJob, type SweepPlaceJob } from '../sim/jobs/sweepJob.ts';
import { partsOf, piecesTogether, type SweptPiece } from '../sim/sweep/piece.ts';
import { isForeknown, type SweepDemand } from '../sim/sweep/plan.ts';
import { type Sweep, type SweepPlace, sweep, type WantedThere } from '../sim/sweep/sweep.ts';
import type { JobRunner, JobSession } from './jobRunner.ts';
import type { Worked } from './progress.ts';
import { doneBefore, everyJob, inPlaces, inRounds, ofParts } from './rounds.ts';

/** The jobs of the runs that are wanted in one of those places. */
const making = (places: readonly SweepPlace[], parts?: number) => ({
  jobsOf: ({ place, piece }: WantedThere) =>
    partsOf(piece, parts).map(
      (sweep): SweepJob => ({ ...(places[place] as SweepPlace), sweep, maximumBytes: runsBytes }),
    ),
  together: piecesTogether,
});

/** Sweeps places on whoever makes runs. What comes out does not depend on who that is. */
export const sweepOn = (
  places: readonly SweepPlace[],
  demand: SweepDemand,
  session: JobSession,
): Promise<Worked<Sweep>> => session((run) => inRounds(sweep(places, demand), making(places), run));

/** Shares of a sweep have parts small enough that some dozens of them have as much to do. */
const partsForShards = 64;

const makingForShards = (places: readonly SweepPlace[]) => making(places, partsForShards);

/** The jobs of a sweep for shards: parts of its runs where those are known beforehand, else all runs of a place each. */
export function shardJobs(places: readonly SweepPlace[], demand: SweepDemand): ShardJob[] {
  if (isForeknown(demand)) return everyJob(sweep(places, demand), makingForShards(places)) as SweepJob[];
  return places.map(({ document, server, modes }) => ({ document, server, modes, demand, maximumBytes: runsBytes }));
}

/** Does such jobs. */
export const shardsOn = (session: JobSession, demand: SweepDemand): JobRunner =>
  isForeknown(demand)
    ? (jobs) => session((run) => run(jobs))
    : inPlaces(session, (job) => job as SweepPlaceJob, { rounds: (places) => sweep(places, demand), making });

/** The sweep that was made in parts. */
export async function sweepOfParts(
  places: readonly SweepPlace[],
  demand: SweepDemand,
  parts: JobRunner,
): Promise<Worked<Sweep>> {
  const ran = await parts(shardJobs(places, demand));
  if (isForeknown(demand)) return inRounds(sweep(places, demand), makingForShards(places), doneBefore(ran));
  return ofParts<SweptPiece, WantedThere, Sweep>(
    sweep(places, demand),
    ran,
    ({ piece }, swept) => swept.runs === piece.runs,
  );
}
