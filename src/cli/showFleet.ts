import { refusedBefore } from '../sim/fleet/aftermath.ts';
import { isShared } from '../sim/fleet/fleetDay.ts';
import { confidence, fleetSummary, isCoupled } from '../sim/fleet/fleetSummary.ts';
import { requests } from '../sim/fleet/surroundings.ts';
import { enough } from '../sim/statistics/mean.ts';
import { extremesOf, isApartBelow } from '../sim/summary/extremes.ts';
import { dateText, type Restart } from './fleetOptions.ts';
import { fromTo, headings, number, restartRows, rowOf, seconds, share, sharedOf, within } from './fleetTables.ts';
import { colours } from './output.ts';
import { aftermathsOf, doubtful, isDrowned, isUndecided, type ShownFleet, titleOf, type Whole } from './shownFleet.ts';

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

const calls = (count: string): string => `${count} call${count === '1' ? '' : 's'}`;

/** Which fleet loses the fewest calls, and which the most. */
export function bestAndWorst(shown: readonly ShownFleet[], users: number): string[] {
  const each = shown.map((one) => ({ one, ...fleetSummary(one.days, users) }));
  const told = extremesOf(each, {
    figureOf: ({ callsLost }) => callsLost.value,
    isSurelyBelow: (one, other) => isApartBelow(one.callsLost.interval, other.callsLost.interval),
    textOf: ({ one, callsLost, lostShare }) =>
      `${titleOf(one)} loses ${calls(number(callsLost.value))} ${within(callsLost, number)}, ${share(lostShare.value)}`,
    words: ['fewest', 'most'],
    asked: 'who loses',
  });
  if (told === null) return [];
  return [`Of ${number(Math.round(each[0]?.callsMade ?? 0))} calls a day ${told.text}.`, told.doubt].filter(isSaid);
}

const isSaid = (text: string): boolean => text !== '';

/** What the servers of a fleet had to do, and what a restart of one came to. */
function notesOf(one: ShownFleet, { users, restart }: Whole): string[] {
  const { plan, days } = one;
  const { limits, weight } = plan;
  const notes: string[] = [];
  const { refused, longestWaitMs, pushesRefused } = sharedOf(days);
  const aDay = days.length > 1 ? ' a day' : '';
  if (limits.server !== null) {
    const grainMs = Math.round((weight / limits.server.perSecond) * 1_000);
    const grain = weight > 1 ? `, of which ${grainMs} ms may be the grain of the sample` : '';
    const drowned = isDrowned(one, users) ? '; it never catches up' : '';
    const answers = refused === 0 ? 'refuses nothing' : `answers ${number(refused)} requests${aDay} 503`;
    notes.push(
      `the SIP server at ${number(limits.server.perSecond)}/s ${answers}, and lets one wait ${seconds(longestWaitMs)} at most${grain}${drowned}`,
    );
  }
  if (limits.pushesPerMinute !== null)
    notes.push(
      `the push service ${pushesRefused === 0 ? 'refuses nothing' : `refuses ${number(pushesRefused)} pushes${aDay}, which are lost`}`,
    );
  return [
    ...notes.map((note) => `${titleOf(one)}: ${note}`),
    ...(restart === null ? [] : [...earlierNotes([one], restart), restartNote(one, users, restart)]),
  ];
}

/** What was refused before a restart, of each fleet of which anything was. */
export const earlierNotes = (shown: readonly ShownFleet[], { atMinute }: Restart): string[] =>
  shown.flatMap((one) => {
    const before = one.days.map(({ shared }) => refusedBefore(shared, atMinute * 60_000) * one.plan.weight);
    if (before.every((refused) => refused === 0)) return [];
    const each = before.length > 1 ? ' on each day' : '';
    return [
      `${titleOf(one)}: ${fromTo(before)} requests${each} were refused before the restart: what follows is not all of its making`,
    ];
  });

function restartNote(one: ShownFleet, users: number, restart: Restart): string {
  const [[, unreachable, most, all, over, lost, registers] = []] = restartRows([one], users, restart);
  const reached =
    unreachable === '0'
      ? 'no phone loses its binding'
      : `${unreachable} phones unreachable, 99 % reachable for good ${when(most)}, all ${when(all)}`;
  return [
    `${titleOf(one)}: restart of the ${restart.what} at ${dateText(restart.atMinute)}: ${reached}`,
    `over ${over === '0 s' ? 'with the restart' : when(over)}, ${calls(lost ?? '')} lost in whole minutes until then, of whatever cause`,
    `${registers} REGISTER/s in the busiest minute`,
  ].join('; ');
}

const when = (lasted = ''): string => (/^\d/.test(lasted) ? `after ${lasted}` : lasted);

/** With fewer phones that lose a call an interval begins at nothing: see `meanInterval`. */
const wideText = `an interval is wide where fewer than ${enough} of the simulated phones lost a call: a larger --sample narrows it`;

/** Phones that share a server that refuses some are no witnesses of what another day comes to. */
const aloneText =
  'where phones are refused they lose their calls together, and one day does not tell what another one comes to: --days 5 does';

const isWide = ({ figures, days }: ShownFleet): boolean =>
  !days.some(isCoupled) && figures.losing > 0 && figures.losing < enough;

/** What keeps a reader from taking figures for more than they are. */
export function doubtsOf(shown: readonly ShownFleet[], whole: Whole): string[] {
  const sample = doubtful(shown, whole).map(
    (one) =>
      `${titleOf(one)} is not decided: the SIP server refused requests ${whole.restart === null ? 'without a cause' : 'before the restart'}, maybe since the requests of ${number(one.plan.weight)} users come at once in this sample; a larger --sample tells, ${number(whole.users)} for all`,
  );
  const isAlone = shown.some(({ days }) => days.length === 1 && days.some(isCoupled));
  return [...sample, ...(shown.some(isWide) ? [wideText] : []), ...(isAlone ? [aloneText] : [])];
}

/** What the figures of fleets rest on. */
export function foundationsOf({ plan, days }: ShownFleet, { users, workload }: Whole): string[] {
  const { phones, weight, limits } = plan;
  const drawn = days.length === 1 ? '' : `, on each of ${days.length} days`;
  return [
    `${number(users)} users, a day of ${workload}: ${number(phones)} phones simulated${phones === users ? ', all of them' : `, each for ${number(weight)} users`}${drawn}`,
    `intervals: ${confidence * 100} %, by the scatter between phones, or between days where any was refused; ${isShared(limits) ? 'phones wait for each other at what they share' : 'servers as fast as anybody likes (see --server-rate, --push-quota)'}; delays without a law are even in their windows`,
  ];
}

/** The fleets as an operator reads them. */
export function fleetText(shown: readonly ShownFleet[], whole: Whole): string {
  const { users } = whole;
  const [first] = shown;
  if (first === undefined) return '';
  const rows = table([headings, ...shown.map((one) => rowOf(one, users))]);
  return [
    ...foundationsOf(first, whole),
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
  const cells = shown.map((one) => {
    const { mode, server, plan, days, figures } = one;
    const weight = users / figures.phones;
    const curve = (counts: readonly number[], by: number) => counts.map((count) => rounded(count * by));
    const aftermaths = restart && aftermathsOf(days, users, restart);
    return {
      mode,
      server,
      simulated: plan.phones,
      ...fleetSummary(days, users),
      limits: plan.limits,
      ...(plan.limits.server && { recovers: !isDrowned(one, users), isDecided: !isUndecided(one, restart) }),
      days: days.map(({ figures: own, shared }, index) => ({
        firstSeed: plan.firstSeed + index * plan.phones,
        callsLost: own.calls.lost * plan.weight,
        shared,
        ...(aftermaths && { aftermath: aftermaths[index] }),
      })),
      byMinute: {
        ...Object.fromEntries(
          requests.map((kind) => [`${kind}PerSecond`, curve(figures.load[kind].counts, weight / 60)]),
        ),
        callsLost: curve(figures.lost.counts, weight),
      },
    };
  });
  return JSON.stringify({ version: 1, users, workload, confidence, restart, cells }, null, 1);
}

/** The curves, a line for each minute of each fleet. */
export function fleetCsv(shown: readonly ShownFleet[], users: number): string {
  const lines = shown.flatMap(({ mode, server, figures }) => {
    const weight = users / figures.phones;
    const { register, invite, push } = figures.load;
    return register.counts.map((registers, minute) => {
      const rates = [registers, invite.counts[minute] ?? 0, push.counts[minute] ?? 0].map((count) =>
        rounded((count * weight) / 60),
      );
      return [mode, server, dateText(minute), ...rates, rounded((figures.lost.counts[minute] ?? 0) * weight)].join(',');
    });
  });
  return ['mode,server,minute,registersPerSecond,invitesPerSecond,pushesPerSecond,callsLost', ...lines].join('\n');
}
