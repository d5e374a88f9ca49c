import { meanInterval } from '../statistics/mean.ts';
import { type Quantile, quantileOf } from '../statistics/quantile.ts';
import type { Interval } from '../statistics/share.ts';
import type { FleetFigures } from './fleetFigures.ts';
import type { LoadCurve } from './loadCurve.ts';
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

/** How much of something there is in a second, over the day. */
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

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, one) => sum + one, 0);

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

const scaled = ({ value, interval: [low, high] }: Estimate, by: number): Estimate => ({
  value: value * by,
  interval: [low * by, high * by],
});

/** What the figures of simulated phones say of a fleet of so many users. */
export function fleetSummary(figures: FleetFigures, users: number): FleetSummary {
  const { phones, calls, losing, lostSquares, mostCalls, alertMs, load } = figures;
  const weight = users / phones;
  // How many phones lose as many calls as any is not counted.
  const moments = { values: phones, positive: losing, full: 0, sum: calls.lost, squares: String(lostSquares) };
  const [low, high] = meanInterval(moments, Math.max(mostCalls, 1), confidence);
  const perPhone: Estimate = {
    value: calls.lost / phones,
    interval: [low * Math.max(mostCalls, 1), high * Math.max(mostCalls, 1)],
  };
  return {
    callsMade: calls.made * weight,
    callsLost: scaled(perPhone, users),
    lostShare: calls.made === 0 ? { value: 0, interval: [0, 1] } : scaled(perPhone, phones / calls.made),
    callsUndecided: calls.undecided * weight,
    waitMs: [0.5, 0.95, 0.99].map((share) => quantileOf(alertMs, share, confidence)),
    perSecond: Object.fromEntries(requests.map((one) => [one, rateOf(load[one], weight)])) as FleetSummary['perSecond'],
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
export function isDoubtful({ refused }: SharedFigures, weight: number, restartMs: number | null): boolean {
  if (refused === null || weight <= 1) return false;
  const minutes = restartMs === null ? refused.counts.length : Math.floor(restartMs / refused.stepMs);
  return sumOf(refused.counts.slice(0, minutes)) > 0;
}

/** What a restart comes to. */
export interface Aftermath {
  /** The most phones that nothing could reach at a time, of the whole fleet. */
  readonly worstUnreachable: number;
  /** After how long no more of them were unreachable than before; null where that did not come that day. */
  readonly reachableAfterMs: number | null;
  /**
   * After how long it was over: no more phones unreachable than before, and a whole minute in which the SIP server refused nothing;
   * null where that did not come that day.
   */
  readonly overAfterMs: number | null;
  /** Calls that were lost until it was over, in whole minutes. */
  readonly callsLost: number;
  /** REGISTER a second in the busiest minute until then. */
  readonly registersPerSecond: number;
}

/** The second in which a minute begins that the server refuses nobody in, the storm behind it. */
function calmSecond(refused: LoadCurve | null, from: number): number | null {
  const first = Math.floor(from / 60) + 1;
  const calm = refused === null ? 0 : refused.counts.slice(first).indexOf(0);
  if (calm < 0) return null;
  return refused === null || calm === 0 ? from : (first + calm) * 60;
}

/** What came after a restart at that time, in milliseconds from midnight. `refused`: what the SIP server has refused, by minute. */
export function aftermathOf(figures: FleetFigures, users: number, atMs: number, refused: LoadCurve | null): Aftermath {
  const weight = users / figures.phones;
  const { counts } = figures.unreachable;
  const from = Math.floor(atMs / 1_000);
  const before = sumOf(counts.slice(0, from));
  let [level, worst] = [before, before];
  let reachable: number | null = null;
  for (let second = from; second < counts.length && reachable === null; second++) {
    level += counts[second] ?? 0;
    worst = Math.max(worst, level);
    if (worst > before && level <= before) reachable = second;
  }
  // Where nobody became unreachable, it was over at once.
  if (worst === before) reachable = from;
  const calm = calmSecond(refused, from);
  const over = reachable === null || calm === null ? null : Math.max(reachable, calm);
  const after = (second: number | null) => (second === null ? null : Math.max(0, second * 1_000 - atMs));
  const [first, last] = [Math.floor(from / 60), Math.floor((over ?? counts.length) / 60) + 1];
  const until = (curve: LoadCurve) => curve.counts.slice(first, last);
  return {
    worstUnreachable: (worst - before) * weight,
    reachableAfterMs: after(reachable),
    overAfterMs: after(over),
    callsLost: sumOf(until(figures.lost)) * weight,
    registersPerSecond: (Math.max(0, ...until(figures.load.register)) * weight) / 60,
  };
}
