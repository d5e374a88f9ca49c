import { runsBytes, type SweepJob, type SweepPlaceJob } from '../sim/jobs/sweepJob.ts';
import { partsOf, piecesTogether, type SweptPiece } from '../sim/sweep/piece.ts';
import type { SweepDemand } from '../sim/sweep/plan.ts';
import { type Sweep, type SweepPlace, sweep, type WantedThere } from '../sim/sweep/sweep.ts';
import type { JobRunner, JobSession } from './jobRunner.ts';
import type { Worked } from './progress.ts';
import { inPlaces, inRounds, ofParts } from './rounds.ts';

/** The jobs of the runs that are wanted in one of those places. */
const making = (places: readonly SweepPlace[]) => ({
  jobsOf: ({ place, piece }: WantedThere) =>
    partsOf(piece).map((sweep): SweepJob => ({ ...(places[place] as SweepPlace), sweep, maximumBytes: runsBytes })),
  together: piecesTogether,
});

/** Sweeps places on whoever makes runs. What comes out does not depend on who that is. */
export const sweepOn = (
  places: readonly SweepPlace[],
  demand: SweepDemand,
  session: JobSession,
): Promise<Worked<Sweep>> => session((run) => inRounds(sweep(places, demand), making(places), run));

/** The jobs of a sweep for shards: how many runs a place takes is known only to whoever makes all of them. */
export const placeJobs = (places: readonly SweepPlace[], demand: SweepDemand): SweepPlaceJob[] =>
  places.map(({ document, server, modes }) => ({ document, server, modes, demand, maximumBytes: runsBytes }));

/** Does such jobs. */
export const placesOn = (session: JobSession, demand: SweepDemand): JobRunner =>
  inPlaces(session, (job) => job as SweepPlaceJob, { rounds: (places) => sweep(places, demand), making });

/** The sweep whose places were swept in parts. */
export const sweepOfParts = async (
  places: readonly SweepPlace[],
  demand: SweepDemand,
  parts: JobRunner,
): Promise<Worked<Sweep>> =>
  ofParts<SweptPiece, WantedThere, Sweep>(
    sweep(places, demand),
    await parts(placeJobs(places, demand)),
    ({ piece }, swept) => swept.runs === piece.runs,
  );
