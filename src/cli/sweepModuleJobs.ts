import { resolve } from 'node:path';
import type { ShardJob } from '../sim/jobs/sentJob.ts';
import { type OwnPlaceJob, type OwnRunsJob, runsBytes } from '../sim/jobs/sweepJob.ts';
import { fingerprintOf } from '../sim/own/fingerprint.ts';
import { isKnown, type Swept, sweepLooks, sweptOf } from '../sim/own/ownSweep.ts';
import type { Own } from '../sim/own/subject.ts';
import { isForeknown, type SweepDemand } from '../sim/sweep/plan.ts';
import { type Tally, together } from '../sim/sweep/tally.ts';
import type { Job, JobRunner, JobSession } from './jobRunner.ts';
import { type Place, placeOf, runsOfModule } from './ownModule.ts';
import type { Worked } from './progress.ts';
import { doneBefore, everyJob, inPlaces, inRounds, ofParts } from './rounds.ts';

/** A module in a place, with what whoever makes its runs needs. */
export interface OwnPlace {
  readonly isOfDays: boolean;
  readonly job: Omit<OwnRunsJob, 'firstSeed' | 'ownRuns'>;
}

/** Makes a module ready to be swept in a place. */
export function ownPlace(own: Own, file: string, place: Place): OwnPlace {
  const { common, isOfDays } = runsOfModule(own, file, place);
  const { mode, server } = own.is === 'system' ? { mode: null, server: null } : placeOf(own, place);
  const fingerprint = fingerprintOf(common);
  return { isOfDays, job: { module: resolve(file), file, mode, server, fingerprint, maximumBytes: runsBytes } };
}

type Known = Omit<Swept, 'isComplete'> | null;

/** Seeds that one job takes at a time. */
const seedsPerJob = 200;

/** The seeds from those that were made up to so many, in the pieces of one job each. */
const pieces = (made: number, size: number) =>
  Array.from({ length: Math.ceil((size - made) / seedsPerJob) }, (_, piece) => {
    const first = made + piece * seedsPerJob;
    return { firstSeed: 1 + first, ownRuns: Math.min(seedsPerJob, size - first) };
  });

/** Runs up to so many that are wanted in a place. */
interface Wanted {
  readonly place: number;
  readonly from: number;
  readonly upTo: number;
  readonly take: (tally: Tally) => void;
}

/** Yields rounds of runs that are wanted, of each place until it is known precisely; gives what is known in the end. */
function* rounds(places: readonly OwnPlace[], demand: SweepDemand): Generator<readonly Wanted[], Known[], boolean> {
  const { looks, confidence } = sweepLooks(demand);
  const tallies: (Tally | null)[] = places.map(() => null);
  const known = (): Known[] =>
    places.map(({ isOfDays }, place) => {
      const tally = tallies[place];
      return tally ? sweptOf(tally, isOfDays, confidence) : null;
    });
  let from = 0;
  for (const upTo of looks) {
    const wanted = known().flatMap((one, place): Wanted[] => {
      if (one !== null && isKnown(one, demand.precision)) return [];
      const take = (tally: Tally) => {
        const before = tallies[place] ?? null;
        tallies[place] = before === null ? tally : together(before, tally);
      };
      return [{ place, from, upTo, take }];
    });
    if (wanted.length === 0 || (yield wanted)) break;
    from = upTo;
  }
  return known();
}

/** The jobs of the runs that are wanted in one of those places. */
const making = (places: readonly OwnPlace[]) => ({
  jobsOf: ({ place, from, upTo }: Wanted) =>
    pieces(from, upTo).map((seeds): OwnRunsJob => ({ ...(places[place] as OwnPlace).job, ...seeds })),
  together,
});

/** Sweeps a module in places on whoever makes runs; null for one of which nothing is known yet. */
export const sweepOwnOn = (
  places: readonly OwnPlace[],
  demand: SweepDemand,
  session: JobSession,
): Promise<Worked<Known[]>> => session((run) => inRounds(rounds(places, demand), making(places), run));

/** The jobs of such a sweep for shards: parts of its runs where those are known beforehand, else all runs of a place each. */
export const ownShardJobs = (places: readonly OwnPlace[], demand: SweepDemand): ShardJob[] =>
  isForeknown(demand)
    ? (everyJob(rounds(places, demand), making(places)) as OwnRunsJob[])
    : places.map(({ job, isOfDays }): OwnPlaceJob => ({ ...job, isOfDays, demand }));

/** Does such jobs. */
export const ownShardsOn = (session: JobSession, demand: SweepDemand): JobRunner =>
  isForeknown(demand)
    ? (jobs) => session((run) => run(jobs))
    : inPlaces(session, placeOfJob, { rounds: (places) => rounds(places, demand), making });

function placeOfJob(given: Job): OwnPlace {
  const { demand: _, isOfDays, ...job } = given as OwnPlaceJob;
  return { job, isOfDays };
}

/** The sweep of a module that was made in parts. */
export async function sweepOwnOfParts(
  places: readonly OwnPlace[],
  demand: SweepDemand,
  parts: JobRunner,
): Promise<Worked<Known[]>> {
  const ran = await parts(ownShardJobs(places, demand));
  if (isForeknown(demand)) return inRounds(rounds(places, demand), making(places), doneBefore(ran));
  return ofParts<Tally, Wanted, Known[]>(
    rounds(places, demand),
    ran,
    ({ from, upTo }, tally) => tally.runs === upTo - from,
  );
}
