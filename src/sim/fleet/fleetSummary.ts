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
export const isDoubtful = (shared: SharedFigures, weight: number, restartMs: number | null): boolean =>
  weight > 1 && refusedBefore(shared, restartMs) > 0;

/** How many requests of simulated phones the SIP server refused before it, or the push server, was restarted. */
export function refusedBefore({ refused }: SharedFigures, restartMs: number | null): number {
  if (refused === null) return 0;
  const minutes = restartMs === null ? refused.counts.length : Math.floor(restartMs / refused.stepMs);
  return sumOf(refused.counts.slice(0, minutes));
}

/** What a restart comes to. */
export interface Aftermath {
  /** The most phones that nothing could reach at a time, of the whole fleet. */
  readonly worstUnreachable: number;
  /** After how long all but a hundredth of them could be reached again; null where that did not come that day. */
  readonly mostReachableAfterMs: number | null;
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

/** What a restart leaves unreachable is so within this time, unless a storm comes of it. */
const secondsToShow = 60;

/** The second in which a minute begins that the server refuses nobody in, the storm behind it. */
function calmSecond(refused: LoadCurve | null, from: number): number | null {
  const first = Math.floor(from / 60) + 1;
  const calm = refused === null ? 0 : refused.counts.slice(first).indexOf(0);
  if (calm < 0) return null;
  return refused === null || calm === 0 ? from : (first + calm) * 60;
}

/**
 * How many phones nothing could reach until a storm was over, beyond those before it: at most, and when most and all of them could be for
 * good. A push server that is up again has its bindings, and loses them later where its REGISTERs are refused until they expire.
 * `calm`: the second in which the server has refused nobody any more; null where that does not come.
 */
function darkness(changes: readonly number[], from: number, calm: number | null) {
  const least = (calm === null ? changes.length : Math.max(calm, from + secondsToShow)) - from;
  const beyond: number[] = [];
  let level = 0;
  for (const change of changes.slice(from)) {
    level += change;
    beyond.push(level);
    if (level <= 0 && beyond.length > least) break;
  }
  const worst = Math.max(0, ...beyond);
  const lightAfter = (most: number) => {
    const second = beyond.findLastIndex((one) => one > most) + 1;
    return second < beyond.length ? from + second : null;
  };
  return { worst, most: lightAfter(worst / 100), all: lightAfter(0) };
}

/** What came after a restart at that time, in milliseconds from midnight. `refused`: what the SIP server has refused, by minute. */
export function aftermathOf(figures: FleetFigures, users: number, atMs: number, refused: LoadCurve | null): Aftermath {
  const weight = users / figures.phones;
  const from = Math.floor(atMs / 1_000);
  const calm = calmSecond(refused, from);
  const { worst, most, all } = darkness(figures.unreachable.counts, from, calm);
  const over = all === null || calm === null ? null : Math.max(all, calm);
  const after = (second: number | null) => (second === null ? null : Math.max(0, second * 1_000 - atMs));
  const end = figures.unreachable.counts.length;
  const [first, last] = [Math.floor(from / 60), Math.floor((over ?? end) / 60) + 1];
  const until = (curve: LoadCurve) => curve.counts.slice(first, last);
  return {
    worstUnreachable: worst * weight,
    mostReachableAfterMs: after(most),
    reachableAfterMs: after(all),
    overAfterMs: after(over),
    callsLost: sumOf(until(figures.lost)) * weight,
    registersPerSecond: (Math.max(0, ...until(figures.load.register)) * weight) / 60,
  };
}
