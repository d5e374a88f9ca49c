import { modeTitle } from '../report/modeTitle.ts';
import type { Interval } from '../statistics/share.ts';
import type { SweepCell } from '../sweep/group.ts';
import { grouped } from './figures.ts';

/** What the calls of one user and day come to. */
export interface DayOfCalls {
  readonly calls: number;
  readonly lost: number;
  readonly interval: Interval;
}

/** Null where no run is a day, or no day has a call. */
export function dayOf({ isOfDays, measured, loss }: SweepCell): DayOfCalls | null {
  if (!isOfDays || loss === null) return null;
  const calls = measured.calls.made / measured.runs;
  const [low, high] = loss.interval;
  return { calls, lost: loss.share * calls, interval: [low * calls, high * calls] };
}

/** What a figure of one user is told of. */
const users = 1_000;

const ofUsers = (value: number): string =>
  (value * users).toLocaleString('en-US', { maximumFractionDigits: value * users < 10 ? 1 : 0 });

/** The calls that many users lose in a day, a line for each cell. */
export const dayLines = (cells: readonly SweepCell[]): string[] =>
  cells.flatMap((cell) => {
    const day = dayOf(cell);
    if (day === null) return [];
    const [low, high] = day.interval;
    return `${modeTitle(cell.mode)}, ${cell.server}: of the ${ofUsers(day.calls)} calls a day of ${grouped(users)} users ${ofUsers(day.lost)} are lost (${ofUsers(low)} to ${ofUsers(high)})`;
  });

/** Of what the load of a day is the mean. */
export const meanOfDays = ({ measured }: SweepCell): string => `the mean of ${grouped(measured.runs)} drawn days`;
