import { type FleetDay, type FleetPlan, fleetDay } from '../sim/fleet/fleetDay.ts';

/** Phones to be simulated, with the memory through which a worker reports and can be told to stop. */
export interface FleetTask {
  readonly plan: FleetPlan;
  readonly words: Int32Array;
}

/** The words of that memory: how much is done, in thousandths of a job, and whether the user wants to stop. */
export const [doneWord, stopWord] = [0, 1];

/** Simulates the phones of one job, in a worker. Null where it was stopped: part of a day is no day. */
export default function run({ plan, words }: FleetTask): FleetDay | null {
  const steps = fleetDay(plan);
  let told = 0;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    const done = Math.floor(step.value * 1_000);
    Atomics.add(words, doneWord, done - told);
    told = done;
    if (Atomics.load(words, stopWord) === 1) return null;
  }
}
