import type { OfWorkload } from '../workload/drawnDay.ts';

/** Bytes that a thread takes whatever the number of phones: code, tables of machines, and what is gone soon. Measured: some 140 MB. */
const ofThread = 200e6;

/**
 * Bytes of a phone that lives beside others, and of each step of its day. Measured with 1,500 to 3,000 phones of the presets, of 15 to 142
 * steps, on Node 20: 20 to 52 kB each, which are some 13 kB and 0.28 kB a step; the rest is for what differs.
 */
const [ofPhone, ofStep] = [18_000, 400];

/** Bytes that are kept of a phone whose day is over. */
const ofCounts = 4_000;

/** How many steps a day has on average: a look at the app has two, and a call five, as four parties clear its slot. */
function stepsADay({ workload, steps }: OfWorkload): number {
  const perDay = ({ perHour }: OfWorkload['workload']['opens']) => perHour.reduce((sum, one) => sum + one, 0);
  const { opens, calls, networkChanges, kills } = workload;
  return steps.length + 2 * perDay(opens) + 5 * perDay(calls) + perDay(networkChanges) + perDay(kills);
}

/** Bytes that so many phones take in a thread, whether they live side by side or one after the other. */
export const fleetBytes = (scenario: OfWorkload, phones: number, isSideBySide: boolean): number =>
  ofThread + phones * (isSideBySide ? ofPhone + ofStep * stepsADay(scenario) : ofCounts);
