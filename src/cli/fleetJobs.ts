import { type FleetDay, isShared } from '../sim/fleet/fleetDay.ts';
import { figuresTogether } from '../sim/fleet/fleetFigures.ts';
import type { FleetJob } from '../sim/jobs/fleetJob.ts';
import type { JobRunner } from './jobRunner.ts';
import { type RoundProgress, wordsOf } from './onThreads.ts';
import { runsIn } from './rounds.ts';

/** Phones that share nothing are simulated in pieces of this many. */
const piece = 250;

/** Bytes that one phone may hold which lives beside others, and all else of a job. */
const [phoneBytes, otherBytes] = [60_000, 300e6];

/** A fleet in jobs that come to the same. */
export function fleetPieces(fleet: Omit<FleetJob, 'maximumBytes'>): FleetJob[] {
  const { firstSeed, phones, limits } = fleet.fleet;
  const size = isShared(limits) ? phones : piece;
  const maximumBytes = otherBytes + size * phoneBytes;
  return Array.from({ length: Math.ceil(phones / size) }, (_, index) => ({
    ...fleet,
    fleet: {
      ...fleet.fleet,
      firstSeed: firstSeed + index * size,
      phones: Math.min(size, phones - index * size),
    },
    maximumBytes,
  }));
}

/** How far the fleets are, for a terminal. */
export const fleetProgress: RoundProgress = (words, _, jobs) =>
  `${Math.floor(wordsOf(words, 0) / Math.max(1, jobs * 10))} %`;

/**
 * Simulates fleets, each given by its pieces; null for one that was not finished when the user stopped it. What comes out does not
 * depend on who does it.
 */
export async function simulateFleets(
  fleets: readonly (readonly FleetJob[])[],
  run: JobRunner,
): Promise<(FleetDay | null)[]> {
  const { outcomes } = await run(fleets.flat());
  let next = 0;
  return fleets.map((pieces) => {
    const days = pieces.flatMap(() => runsIn<FleetDay>(outcomes[next++] ?? { interruptedAfter: 0 }) ?? []);
    const [first] = days;
    if (first === undefined || days.length < pieces.length) return null;
    return { shared: first.shared, figures: days.map(({ figures }) => figures).reduce(figuresTogether) };
  });
}
