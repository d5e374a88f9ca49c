import type { FleetDay } from '../sim/fleet/fleetDay.ts';
import { type Estimate, fleetSummary } from '../sim/fleet/fleetSummary.ts';
import { sumOf } from '../sim/fleet/loadCurve.ts';
import { dateText, type Restart } from './fleetOptions.ts';
import { aftermathsOf, isDrowned, type ShownFleet, titleOf } from './shownFleet.ts';

export const number = (value: number): string =>
  value.toLocaleString('en-US', {
    maximumFractionDigits: value >= 100 || Number.isInteger(value) ? 0 : value >= 1 ? 1 : 2,
  });
export const share = (value: number): string => `${Number((value * 100).toPrecision(3))} %`;
export const seconds = (ms: number | null | undefined): string => (ms == null ? 'more' : `${number(ms / 1_000)} s`);
export const within = ({ interval: [low, high] }: Estimate, show: (value: number) => string): string =>
  `[${show(low)}, ${show(high)}]`;

export const headings = [
  '',
  'calls lost a day',
  '95 %',
  'of calls',
  'wait p50, p95',
  'REGISTER/s',
  'peak',
  'INVITE/s peak',
  'push/s peak',
];

export function rowOf({ mode, server, days }: ShownFleet, users: number): string[] {
  const { callsLost, lostShare, waitMs, perSecond } = fleetSummary(days, users);
  const [half, most] = waitMs;
  const { register, invite, push } = perSecond;
  return [
    titleOf({ mode, server }),
    number(callsLost.value),
    within(callsLost, number),
    share(lostShare.value),
    `${seconds(half?.value)}, ${seconds(most?.value)}`,
    number(register.mean),
    `${number(register.busiestHour.perSecond)} at ${dateText(register.busiestHour.hour * 60)}`,
    number(invite.busiestHour.perSecond),
    number(push.busiestHour.perSecond),
  ];
}

/** A figure that each day has, from the least to the most. */
export function fromTo(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map(number);
  return least === most ? `${most}` : `${least} to ${most}`;
}

/** How long something took on each day, in milliseconds; null for a day that had no end of it. */
function lasted(values: readonly (number | null)[]): string {
  const known = values.filter((one) => one !== null).map((ms) => ms / 1_000);
  return [
    ...(known.length === 0 ? [] : [`${fromTo(known)} s`]),
    ...(known.length < values.length ? ['not that day'] : []),
  ].join(', or ');
}

/** What a restart came to, of each fleet: of several days the least and the most. */
export function restartRows(shown: readonly ShownFleet[], users: number, restart: Restart): string[][] {
  return shown.map((one) => {
    const after = aftermathsOf(one.days, users, restart);
    return [
      titleOf(one),
      fromTo(after.map(({ worstUnreachable }) => worstUnreachable)),
      lasted(after.map(({ mostReachableAfterMs }) => mostReachableAfterMs)),
      lasted(after.map(({ reachableAfterMs }) => reachableAfterMs)),
      lasted(after.map(({ overAfterMs }) => overAfterMs)),
      fromTo(after.map(({ callsLost }) => callsLost)),
      fromTo(after.map(({ registersPerSecond }) => registersPerSecond)),
    ];
  });
}

const meanOf = (values: readonly number[]): number => sumOf(values) / values.length;

/** What the servers that are limited had to do on a day; the longest wait is that of all days. */
export function sharedOf(days: readonly FleetDay[]) {
  const [servers, pushes] = [days.map(({ shared }) => shared.server), days.map(({ shared }) => shared.pushesRefused)];
  return {
    refused: meanOf(servers.map((one) => one?.refused ?? 0)),
    longestWaitMs: Math.max(...servers.map((one) => one?.longestWaitMs ?? 0)),
    pushesRefused: meanOf(pushes.map((one) => one ?? 0)),
  };
}

/** What the servers that are limited had to do, of each fleet. */
export function sharedRows(shown: readonly ShownFleet[], users: number): string[][] {
  return shown.map((one) => {
    const { limits } = one.plan;
    const { refused, longestWaitMs, pushesRefused } = sharedOf(one.days);
    return [
      titleOf(one),
      limits.server === null ? '-' : number(refused),
      limits.server === null ? '-' : seconds(longestWaitMs),
      isDrowned(one, users) ? 'never' : 'yes',
      limits.pushesPerMinute === null ? '-' : number(pushesRefused),
    ];
  });
}
