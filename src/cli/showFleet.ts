import type { ModeName } from '../machines/modeVariants.ts';
import type { FleetDay, FleetPlan } from '../sim/fleet/fleetDay.ts';
import {
  aftermathOf,
  confidence,
  type Estimate,
  fleetSummary,
  isDoubtful,
  isOverloaded,
  refusedBefore,
} from '../sim/fleet/fleetSummary.ts';
import { requests } from '../sim/fleet/surroundings.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import { enough } from '../sim/statistics/mean.ts';
import { extremesOf, isApartBelow } from '../sim/summary/extremes.ts';
import { dateText, type Restart } from './fleetOptions.ts';
import { colours } from './output.ts';

/** What became of one fleet. */
export interface ShownFleet {
  readonly mode: ModeName;
  readonly server: string;
  readonly plan: FleetPlan;
  readonly day: FleetDay;
}

/** What all of them have in common. */
export interface Whole {
  readonly users: number;
  readonly restart: Restart | null;
  readonly workload: string;
}

/** What a fleet is called. */
export const titleOf = ({ mode, server }: Pick<ShownFleet, 'mode' | 'server'>): string =>
  `${modeTitle(mode)} on ${server}`;

const number = (value: number): string =>
  value.toLocaleString('en-US', {
    maximumFractionDigits: value >= 100 || Number.isInteger(value) ? 0 : value >= 1 ? 1 : 2,
  });
const share = (value: number): string => `${Number((value * 100).toPrecision(3))} %`;
const seconds = (ms: number | null | undefined): string => (ms == null ? 'more' : `${number(ms / 1_000)} s`);
const within = ({ interval: [low, high] }: Estimate, show: (value: number) => string): string =>
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

export function rowOf({ mode, server, day }: ShownFleet, users: number): string[] {
  const { callsLost, lostShare, waitMs, perSecond } = fleetSummary(day.figures, users);
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

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** What a restart came to, of each fleet. */
export function restartRows(shown: readonly ShownFleet[], users: number, { atMinute }: Restart): string[][] {
  return shown.map(({ mode, server, day: { figures, shared } }) => {
    const after = aftermathOf(figures, users, atMinute * 60_000, shared.refused);
    const within = (ms: number | null) => (ms === null ? 'not that day' : seconds(ms));
    return [
      titleOf({ mode, server }),
      number(after.worstUnreachable),
      within(after.mostReachableAfterMs),
      within(after.reachableAfterMs),
      within(after.overAfterMs),
      number(after.callsLost),
      number(after.registersPerSecond),
    ];
  });
}

/** What the servers that are limited had to do, of each fleet. */
export function sharedRows(shown: readonly ShownFleet[], users: number): string[][] {
  return shown.map(({ mode, server, plan: { limits }, day: { figures, shared } }) => [
    titleOf({ mode, server }),
    shared.server === null ? '-' : number(shared.server.refused),
    shared.server === null ? '-' : seconds(shared.server.longestWaitMs),
    limits.server !== null && isOverloaded(figures, users, limits.server) ? 'never' : 'yes',
    shared.pushesRefused === null ? '-' : number(shared.pushesRefused),
  ]);
}

/** Which fleet loses the fewest calls, and which the most. */
export function bestAndWorst(shown: readonly ShownFleet[], users: number): string[] {
  const each = shown.map((one) => ({ one, ...fleetSummary(one.day.figures, users) }));
  const told = extremesOf(each, {
    figureOf: ({ callsLost }) => callsLost.value,
    isSurelyBelow: (one, other) => isApartBelow(one.callsLost.interval, other.callsLost.interval),
    textOf: ({ one, callsLost, lostShare }) =>
      `${titleOf(one)} loses ${number(callsLost.value)} calls ${within(callsLost, number)}, ${share(lostShare.value)}`,
    words: ['fewest', 'most'],
    asked: 'who loses',
  });
  if (told === null) return [];
  return [`Of ${number(Math.round(each[0]?.callsMade ?? 0))} calls a day ${told.text}.`, told.doubt].filter(isSaid);
}

const isSaid = (text: string): boolean => text !== '';

/** What the servers of a fleet had to do, and what a restart of one came to. */
function notesOf({ mode, server, plan, day }: ShownFleet, { users, restart }: Whole): string[] {
  const { limits, weight } = plan;
  const notes: string[] = [];
  if (day.shared.server !== null && limits.server !== null) {
    const { refused, longestWaitMs } = day.shared.server;
    const grainMs = Math.round((weight / limits.server.perSecond) * 1_000);
    const grain = weight > 1 ? `, of which ${grainMs} ms may be the grain of the sample` : '';
    const drowned = isOverloaded(day.figures, users, limits.server) ? '; it never catches up' : '';
    notes.push(
      `the SIP server at ${number(limits.server.perSecond)}/s answers ${number(refused)} requests 503, and lets one wait ${seconds(longestWaitMs)} at most${grain}${drowned}`,
    );
  }
  if (day.shared.pushesRefused !== null)
    notes.push(`the push service refuses ${number(day.shared.pushesRefused)} pushes, which are lost`);
  if (restart !== null) {
    const restartMs = restart.atMinute * 60_000;
    const { worstUnreachable, mostReachableAfterMs, reachableAfterMs, overAfterMs, callsLost, registersPerSecond } =
      aftermathOf(day.figures, users, restartMs, day.shared.refused);
    const before = refusedBefore(day.shared, restartMs) * weight;
    if (before > 0)
      notes.push(`${number(before)} of these were refused before the restart: what follows is not all of its making`);
    const most = mostReachableAfterMs === null ? '' : `99 % reachable again after ${seconds(mostReachableAfterMs)}, `;
    const reachable = `${most}${
      reachableAfterMs === null ? 'not all of them that day' : `all after ${seconds(reachableAfterMs)}`
    }`;
    const over = overAfterMs === null ? 'not over that day' : `over after ${seconds(overAfterMs)}`;
    notes.push(
      `restart of the ${restart.what} at ${dateText(restart.atMinute)}: ${number(worstUnreachable)} phones unreachable, ${reachable}; ${over}, ${number(callsLost)} calls lost until then; ${number(registersPerSecond)} REGISTER/s in the busiest minute`,
    );
  }
  return notes.map((note) => `${titleOf({ mode, server })}: ${note}`);
}

/** With fewer phones that lose a call an interval begins at nothing: see `meanInterval`. */
const wideText = `an interval is wide where fewer than ${enough} of the simulated phones lost a call: a larger --sample narrows it`;

const isWide = ({ day: { figures } }: ShownFleet): boolean => figures.losing > 0 && figures.losing < enough;

/** The fleets of which nothing is sure, since their sample may have brought down a server that would serve all users. */
export const doubtful = (shown: readonly ShownFleet[], { restart }: Whole): readonly ShownFleet[] =>
  shown.filter(({ plan, day }) => isDoubtful(day.shared, plan.weight, restart && restart.atMinute * 60_000));

/** What keeps a reader from taking figures for more than they are. */
export function doubtsOf(shown: readonly ShownFleet[], whole: Whole): string[] {
  const sample = doubtful(shown, whole).map(
    (one) =>
      `${titleOf(one)} is not decided: the SIP server refused requests ${whole.restart === null ? 'without a cause' : 'before the restart'}, maybe since the requests of ${number(one.plan.weight)} users come at once in this sample; a larger --sample tells, ${number(whole.users)} for all`,
  );
  return [...sample, ...(shown.some(isWide) ? [wideText] : [])];
}

/** What the figures of fleets rest on. */
export function foundationsOf({ phones, weight, limits }: FleetPlan, { users, workload }: Whole): string[] {
  const isCoupled = limits.server !== null || limits.pushesPerMinute !== null;
  return [
    `${number(users)} users, a day of ${workload}: ${number(phones)} phones simulated${phones === users ? ', all of them' : `, each for ${number(weight)} users`}`,
    `intervals: ${confidence * 100} %, of that many days drawn; ${isCoupled ? 'phones wait for each other at what they share' : 'servers as fast as anybody likes (see --server-rate, --push-quota)'}; delays without a law are even in their windows`,
  ];
}

/** The fleets as an operator reads them. */
export function fleetText(shown: readonly ShownFleet[], whole: Whole): string {
  const { users } = whole;
  const [first] = shown;
  if (first === undefined) return '';
  const rows = table([headings, ...shown.map((one) => rowOf(one, users))]);
  return [
    ...foundationsOf(first.plan, whole),
    ...doubtsOf(shown, whole),
    '',
    colours.bold(rows[0] ?? ''),
    ...rows.slice(1),
    ...shown.flatMap((one) => notesOf(one, whole)).flatMap((note, index) => (index === 0 ? ['', note] : [note])),
  ].join('\n');
}

const rounded = (value: number): number => Number(value.toPrecision(6));

/** The same with its curves, by minute. */
export function fleetJson(shown: readonly ShownFleet[], { users, restart, workload }: Whole): string {
  const cells = shown.map(({ mode, server, plan, day }) => {
    const { figures, shared } = day;
    const { weight } = plan;
    const curve = (counts: readonly number[], by: number) => counts.map((count) => rounded(count * by));
    return {
      mode,
      server,
      simulated: plan.phones,
      ...fleetSummary(figures, users),
      limits: plan.limits,
      shared,
      ...(plan.limits.server && {
        recovers: !isOverloaded(figures, users, plan.limits.server),
        isDecided: !isDoubtful(shared, weight, restart && restart.atMinute * 60_000),
      }),
      ...(restart && { aftermath: aftermathOf(figures, users, restart.atMinute * 60_000, shared.refused) }),
      byMinute: {
        ...Object.fromEntries(requests.map((one) => [`${one}PerSecond`, curve(figures.load[one].counts, weight / 60)])),
        callsLost: curve(figures.lost.counts, weight),
      },
    };
  });
  return JSON.stringify({ version: 1, users, workload, confidence, restart, cells }, null, 1);
}

/** The curves, a line for each minute of each fleet. */
export function fleetCsv(shown: readonly ShownFleet[]): string {
  const lines = shown.flatMap(({ mode, server, plan, day: { figures } }) => {
    const { register, invite, push } = figures.load;
    return register.counts.map((registers, minute) => {
      const rates = [registers, invite.counts[minute] ?? 0, push.counts[minute] ?? 0].map((count) =>
        rounded((count * plan.weight) / 60),
      );
      return [mode, server, dateText(minute), ...rates, rounded((figures.lost.counts[minute] ?? 0) * plan.weight)].join(
        ',',
      );
    });
  });
  return ['mode,server,minute,registersPerSecond,invitesPerSecond,pushesPerSecond,callsLost', ...lines].join('\n');
}
