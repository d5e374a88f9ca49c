import { getHeapStatistics } from 'node:v8';
import { fleetBytes } from '../sim/fleet/fleetBytes.ts';
import { type FleetDay, isShared } from '../sim/fleet/fleetDay.ts';
import { figuresTogether } from '../sim/fleet/fleetFigures.ts';
import { type FleetJob, fleetPlanOf } from '../sim/jobs/fleetJob.ts';
import { refuse } from './files.ts';
import type { JobRunner } from './jobRunner.ts';
import { type RoundProgress, wordsOf } from './onThreads.ts';
import { runsIn } from './rounds.ts';

/** Phones that share nothing are simulated in pieces of this many. */
const piece = 250;

/** A fleet in jobs that come to the same. Refuses one whose phones live side by side and are more than a thread has room for. */
export function fleetPieces(fleet: Omit<FleetJob, 'maximumBytes'>): FleetJob[] {
  const { firstSeed, phones, limits } = fleet.fleet;
  const isSideBySide = isShared(limits);
  const size = isSideBySide ? phones : piece;
  const { scenario } = fleetPlanOf(fleet);
  const bytesOf = (count: number) => Math.ceil(fleetBytes(scenario, count, isSideBySide));
  const maximumBytes = bytesOf(size);
  const { heap_size_limit: room } = getHeapStatistics();
  if (maximumBytes > room) {
    const fitting = Math.floor((size * (room - bytesOf(0))) / (maximumBytes - bytesOf(0)));
    refuse(
      '--sample',
      `${phones} phones side by side, which take some ${(maximumBytes / 1e9).toFixed(1)} GB`,
      `at most ${fitting}, or more room for a thread: NODE_OPTIONS=--max-old-space-size`,
    );
  }
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
