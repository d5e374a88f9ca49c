import { meanInterval, studentInterval } from '../statistics/mean.ts';
import { type Quantile, quantileOf } from '../statistics/quantile.ts';
import type { Interval } from '../statistics/share.ts';
import { refusedBefore } from './aftermath.ts';
import type { FleetDay } from './fleetDay.ts';
import { type FleetFigures, figuresTogether } from './fleetFigures.ts';
import { type LoadCurve, sumOf } from './loadCurve.ts';
import type { QueueLimits } from './sharedQueue.ts';
import type { SharedFigures } from './sharedServers.ts';
import { type Request, requests } from './surroundings.ts';

/** Of how many repetitions an interval covers the truth. */
export const confidence = 0.95;

/** A figure of the whole fleet, and where it lies for all its users. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
}

/** How much of something there is in a second: on average, and on the day on which it is most. */
export interface Rate {
  readonly mean: number;
  readonly busiestHour: { readonly hour: number; readonly perSecond: number };
  readonly busiestMinute: { readonly minute: number; readonly perSecond: number };
}

/** What a day comes to for all users of a fleet. */
export interface FleetSummary {
  readonly callsMade: number;
  readonly callsLost: Estimate;
  /** The share of calls that are lost. */
  readonly lostShare: Estimate;
  /** Calls of which the end of the day leaves open what becomes of them. */
  readonly callsUndecided: number;
  /** How long the caller waits until the phone alerts, in milliseconds: half of them, 95 and 99 of a hundred; null without calls. */
  readonly waitMs: readonly (Quantile | null)[];
  readonly perSecond: Readonly<Record<Request, Rate>>;
  readonly registersPerPhone: number;
  readonly pushesPerPhone: number;
}

/** Sums of so many neighbours each. */
const gathered = (counts: readonly number[], size: number): number[] =>
  Array.from({ length: Math.ceil(counts.length / size) }, (_, index) =>
    sumOf(counts.slice(index * size, (index + 1) * size)),
  );

const placeOfMost = (counts: readonly number[]): number =>
  counts.reduce((best, count, index) => (count > (counts[best] ?? 0) ? index : best), 0);

const minutesAnHour = 60;

function rateOf({ counts, stepMs }: LoadCurve, weight: number): Rate {
  const hours = gathered(counts, minutesAnHour);
  const [hour, minute] = [placeOfMost(hours), placeOfMost(counts)];
  const stepS = stepMs / 1_000;
  return {
    mean: (sumOf(counts) * weight) / (counts.length * stepS),
    busiestHour: { hour, perSecond: ((hours[hour] ?? 0) * weight) / (minutesAnHour * stepS) },
    busiestMinute: { minute, perSecond: ((counts[minute] ?? 0) * weight) / stepS },
  };
}

type Busy = Rate['busiestHour'] | Rate['busiestMinute'];
const busiest = <Time extends Busy>(times: readonly Time[]): Time =>
  times.reduce((most, one) => (one.perSecond > most.perSecond ? one : most));

/** The same of several days. A mean of days has lower peaks than any of them. */
function rateOn(days: readonly FleetDay[], users: number, request: Request): Rate {
  const rates = days.map(({ figures }) => rateOf(figures.load[request], users / figures.phones));
  return {
    mean: rates.reduce((sum, { mean }) => sum + mean, 0) / rates.length,
    busiestHour: busiest(rates.map((rate) => rate.busiestHour)),
    busiestMinute: busiest(rates.map((rate) => rate.busiestMinute)),
  };
}

const scaled = ({ value, interval: [low, high] }: Estimate, by: number): Estimate => ({
  value: value * by,
  interval: [low * by, high * by],
});

/** The figures of several days of the same fleet, as of one day of as many phones. */
export const figuresOf = (days: readonly FleetDay[]): FleetFigures =>
  days.map(({ figures }) => figures).reduce(figuresTogether);

/** Whether anything was refused that phones share: then what one phone loses says something of all others that day. */
export const isCoupled = ({ shared: { server, pushesRefused } }: FleetDay): boolean =>
  (server?.refused ?? 0) + (pushesRefused ?? 0) > 0;

/** Calls lost of a phone, by the scatter between phones that have nothing to do with each other. */
function betweenPhones({ phones, calls, losing, lostSquares, mostCalls }: FleetFigures): Interval {
  const most = Math.max(mostCalls, 1);
  // How many phones lose as many calls as any is not counted.
  const moments = { values: phones, positive: losing, full: 0, sum: calls.lost, squares: String(lostSquares) };
  const [low, high] = meanInterval(moments, most, confidence);
  return [low * most, high * most];
}

/**
 * The same by the scatter between days, of which each has its own storm: from none to all calls where there is one day alone. Phones by
 * themselves scatter as well: days on which as many calls were lost say no more than that.
 */
function betweenDays(days: readonly FleetDay[]): Interval {
  const figures = figuresOf(days);
  const [least, most] = betweenPhones(figures);
  const [low, high] = studentInterval(
    days.map((day) => day.figures.calls.lost / day.figures.phones),
    confidence,
  );
  return [Math.max(0, Math.min(least, low)), Math.min(figures.calls.made / figures.phones, Math.max(most, high))];
}

/** What the simulated phones say of a fleet of so many users: days of it, each with other phones. */
export function fleetSummary(days: readonly FleetDay[], users: number): FleetSummary {
  const figures = figuresOf(days);
  const { phones, calls, alertMs, load } = figures;
  const weight = users / phones;
  const interval = days.some(isCoupled) ? betweenDays(days) : betweenPhones(figures);
  const perPhone: Estimate = { value: calls.lost / phones, interval };
  return {
    callsMade: calls.made * weight,
    callsLost: scaled(perPhone, users),
    lostShare: calls.made === 0 ? { value: 0, interval: [0, 1] } : scaled(perPhone, phones / calls.made),
    callsUndecided: calls.undecided * weight,
    waitMs: [0.5, 0.95, 0.99].map((share) => quantileOf(alertMs, share, confidence)),
    perSecond: Object.fromEntries(requests.map((one) => [one, rateOn(days, users, one)])) as FleetSummary['perSecond'],
    registersPerPhone: sumOf(load.register.counts) / phones,
    pushesPerPhone: sumOf(load.push.counts) / phones,
  };
}

/** Whether the SIP server is asked for more in the last hour of the day than it can do: it does not catch up. */
export function isOverloaded({ load, phones }: FleetFigures, users: number, { perSecond }: QueueLimits): boolean {
  const lastHour = sumOf(load.register.counts.slice(-minutesAnHour)) + sumOf(load.invite.counts.slice(-minutesAnHour));
  return (lastHour * (users / phones)) / 3_600 >= perSecond;
}

/**
 * Whether the SIP server refused requests although nothing had happened to it, and phones stand for several users each. All of a phone's
 * users come at the same instant, so that bursts are larger than those of the fleet: over UDP one that lets requests wait longer
 * than T1 has them sent again (RFC 3261 17.1.2.2), and a server that kept up with all users may not recover. `restartMs`: from
 * midnight; null where nothing happens all day.
 */
export const isDoubtful = (shared: SharedFigures, weight: number, restartMs: number | null): boolean =>
  weight > 1 && refusedBefore(shared, restartMs) > 0;
