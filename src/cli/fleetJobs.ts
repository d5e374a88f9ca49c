import { type FleetDay, type FleetPlan, isShared } from '../sim/fleet/fleetDay.ts';
import { figuresTogether } from '../sim/fleet/fleetFigures.ts';
import { doneWord, type FleetTask, stopWord } from './fleetWorker.ts';
import { onWorkers } from './onWorkers.ts';

/** Phones that share nothing are simulated in pieces of this many. */
const piece = 250;

/** A plan in pieces that come to the same. */
function piecesOf(plan: FleetPlan): FleetPlan[] {
  if (isShared(plan.limits)) return [plan];
  return Array.from({ length: Math.ceil(plan.phones / piece) }, (_, index) => ({
    ...plan,
    firstSeed: plan.firstSeed + index * piece,
    phones: Math.min(piece, plan.phones - index * piece),
  }));
}

/**
 * Simulates fleets on some workers; null for one that was not finished when the user stopped it. What comes out does not depend on the
 * number of workers.
 */
export async function simulateFleets(plans: readonly FleetPlan[], workers: number): Promise<(FleetDay | null)[]> {
  const jobs = plans.flatMap((plan, cell) => piecesOf(plan).map((one) => ({ plan: one, cell })));
  const words = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const threads = Math.min(workers, jobs.length);
  const pool = {
    worker: new URL('./fleetWorker.js', import.meta.url),
    threads,
    stop: () => Atomics.store(words, stopWord, 1),
    progress: () => `${Math.floor((words[doneWord] as number) / (jobs.length * 10))} %`,
  };
  const results: (FleetDay | null)[] = jobs.map(() => null);
  await onWorkers<FleetTask, FleetDay | null, unknown>(pool, (run) => {
    let next = 0;
    const work = async () => {
      while (next < jobs.length && Atomics.load(words, stopWord) === 0) {
        const index = next++;
        results[index] = await run({ plan: (jobs[index] as (typeof jobs)[number]).plan, words });
      }
    };
    return Promise.all(Array.from({ length: threads }, work));
  });
  return plans.map((_, cell) => {
    const parts = results.filter((_, index) => jobs[index]?.cell === cell);
    const [first] = parts;
    const days = parts.flatMap((part) => part ?? []);
    if (first == null || days.length < parts.length) return null;
    return { shared: first.shared, figures: days.map(({ figures }) => figures).reduce(figuresTogether) };
  });
}
