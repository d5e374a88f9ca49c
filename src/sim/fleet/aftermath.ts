import type { FleetFigures } from './fleetFigures.ts';
import { type LoadCurve, sumOf } from './loadCurve.ts';
import type { SharedFigures } from './sharedServers.ts';

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
   * After how long it was over: no more phones unreachable than before, and from then on an hour in which the SIP server refused
   * nothing; null where that did not come that day.
   */
  readonly overAfterMs: number | null;
  /** Calls that were lost until it was over, in whole minutes. */
  readonly callsLost: number;
  /** REGISTER a second in the busiest minute until then. */
  readonly registersPerSecond: number;
}

/** What a restart leaves unreachable is so within this time, unless a storm comes of it. */
const secondsToShow = 60;

/**
 * What registered in a storm refreshes together: it may come again as long as a binding lives, and is over where nothing is refused for so
 * many minutes.
 */
const calmMinutes = 60;

/** The second after which the server refuses nobody for an hour, the storm behind it; null where that does not come. */
function calmSecond(refused: LoadCurve | null, from: number): number | null {
  const after = refused?.counts.slice(Math.floor(from / 60)) ?? [];
  let calm = 0;
  for (const [minute, count] of after.entries()) {
    if (minute - calm >= calmMinutes) break;
    if (count > 0) calm = minute + 1;
  }
  if (calm > 0 && after.length - calm < calmMinutes) return null;
  return calm === 0 ? from : (Math.floor(from / 60) + calm) * 60;
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
