import type { Curves, Figure, Mark, ReportPage, Table } from '../figures/figure.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { isShared } from '../sim/fleet/fleetDay.ts';
import { type Estimate, fleetSummary } from '../sim/fleet/fleetSummary.ts';
import type { LoadCurve } from '../sim/fleet/loadCurve.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import { cumulative } from '../sim/statistics/cumulative.ts';
import { dateText, type Restart } from './fleetOptions.ts';
import { headings, restartRows, rowOf, sharedRows } from './fleetTables.ts';
import { bestAndWorst, doubtsOf, earlierNotes, foundationsOf } from './showFleet.ts';
import { aftermathsOf, type ShownFleet, type Whole } from './shownFleet.ts';

const serverTitles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(everyServerProfile).map(({ name, title }) => [name, `${title} (${name})`]),
);

/** A day is drawn in steps of five minutes: a curve of single minutes is mostly noise. */
const stepMinutes = 5;
const mostPoints = 200;

const asSentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

const servers = (shown: readonly ShownFleet[]): string[] => [...new Set(shown.map(({ server }) => server))];

const estimateOf = ({ value, interval: [low, high] }: Estimate) => ({ value, low, high });

/** A report of a day of fleets, by server. `further`: what else the figures rest on. */
export function fleetReport(shown: readonly ShownFleet[], whole: Whole, further: readonly string[]): ReportPage {
  const { users, workload, restart } = whole;
  const [first] = shown;
  const isLimited = shown.some(({ plan: { limits } }) => isShared(limits));
  return {
    title: `A day of ${workload}, ${users.toLocaleString('en-US')} users`,
    lead: [...bestAndWorst(shown, users), ...doubtsOf(shown, whole).map(asSentence)],
    sections: [
      {
        heading: 'Calls',
        text: [],
        figures: [lostFigure(shown, users), ...waitFigures(shown), dayTable(shown, users)],
      },
      ...(isLimited ? [{ heading: 'What they share', text: [], figures: [sharedTable(shown, users)] }] : []),
      ...servers(shown).map((server) => ({
        heading: `Load of ${serverTitles[server] ?? server}`,
        text: [],
        figures: loadFigures(
          shown.filter((one) => one.server === server),
          users,
          restart === null ? [] : [{ x: restart.atMinute * 60_000, label: `restart of the ${restart.what}` }],
        ),
      })),
      ...(restart === null
        ? []
        : [
            {
              heading: 'The restart',
              text: earlierNotes(shown, restart).map((note) => `${note}.`),
              figures: [restartTable(shown, restart, users), ...stormFigures(shown, restart, users)],
            },
          ]),
    ],
    foundations: [...(first === undefined ? [] : foundationsOf(first, whole)), ...further],
  };
}

const lostFigure = (shown: readonly ShownFleet[], users: number): Figure => ({
  is: 'estimates',
  title: 'Calls lost a day',
  caption: 'Calls of all users that ended for their caller before the phone alerted. Lines are the intervals.',
  axis: 'calls lost a day',
  unit: 'number',
  groups: servers(shown).map((server) => ({
    name: serverTitles[server] ?? server,
    rows: shown
      .filter((one) => one.server === server)
      .map(({ mode, days, figures }) => ({
        name: modeTitle(mode),
        estimate: figures.calls.made === 0 ? null : estimateOf(fleetSummary(days, users).callsLost),
      })),
  })),
});

const dayTable = (shown: readonly ShownFleet[], users: number): Table => ({
  is: 'table',
  title: 'The day',
  caption:
    'Calls lost with their interval, the wait of the caller, and requests a second: on average, and in their busiest hour.',
  columns: headings,
  rows: shown.map((one) => rowOf(one, users)),
});

const sharedTable = (shown: readonly ShownFleet[], users: number): Table => ({
  is: 'table',
  title: 'Servers that are limited',
  caption:
    'What the SIP server refuses with 503, how long a request waits there, whether it catches up, and what the push service refuses.',
  columns: ['', 'answered 503', 'longest wait', 'catches up', 'pushes refused'],
  rows: sharedRows(shown, users),
});

const restartTable = (shown: readonly ShownFleet[], restart: Restart, users: number): Table => ({
  is: 'table',
  title: `The restart of the ${restart.what} at ${dateText(restart.atMinute)}`,
  caption:
    'Phones that nothing could reach at once, beyond those before it; after how long a hundredth of these were left, after how long none, and after how long the SIP server refused nothing either. Where few phones are unreachable, some of them may be so for other reasons. Calls are counted in whole minutes, by whatever they were lost.',
  columns: [
    '',
    'phones unreachable',
    '99 % reachable for good after',
    'all after',
    'over after',
    'calls lost until then',
    'REGISTER/s at most',
  ],
  rows: restartRows(shown, users, restart),
});

/** A picture for each server: more lines than colours could not be told apart. */
const waitFigures = (shown: readonly ShownFleet[]): Figure[] =>
  servers(shown).map((server, _, all) => ({
    is: 'steps',
    title: all.length === 1 ? 'Wait of the caller' : `Wait of the caller, ${serverTitles[server] ?? server}`,
    caption: 'Of the calls that alerted, the share whose phone alerted within so long after it was dialled.',
    x: { axis: 'time until the phone alerts', unit: 'ms' },
    y: { axis: 'share of calls', unit: 'share' },
    series: shown
      .filter((one) => one.server === server)
      .map(({ mode, figures }) => ({ name: modeTitle(mode), points: cumulative(figures.alertMs, mostPoints) })),
    marks: [],
  }));

const loads = [
  ['register', 'REGISTER', 'REGISTER requests a second that reach the SIP server'],
  ['invite', 'INVITE', 'INVITE requests a second that reach the SIP server'],
  ['push', 'Pushes', 'pushes a second that reach the push service'],
] as const;

const loadFigures = (shown: readonly ShownFleet[], users: number, marks: readonly Mark[]): Curves[] =>
  loads.map(([kind, title, what]) => ({
    is: 'curves',
    title,
    caption: `All ${what}, in means of ${stepMinutes} minutes.`,
    x: { axis: 'time of day', unit: 'timeOfDay' },
    y: { axis: title, unit: 'perSecond' },
    series: shown.map(({ mode, figures }) => ({
      name: modeTitle(mode),
      points: meansOf(figures.load[kind], users / figures.phones),
    })),
    marks,
  }));

/** How long before a restart, and at least after it, is shown. */
const [beforeMinutes, leastAfterMinutes] = [10, 60];

/** What the SIP server is asked for around a restart, minute by minute, until it is over. */
function stormFigures(shown: readonly ShownFleet[], restart: Restart, users: number): Curves[] {
  const { what, atMinute } = restart;
  const atMs = atMinute * 60_000;
  const after = shown
    .flatMap(({ days }) => aftermathsOf(days, users, restart))
    .map(({ overAfterMs }) => (overAfterMs === null ? Number.POSITIVE_INFINITY : overAfterMs / 60_000));
  const first = Math.max(0, atMinute - beforeMinutes);
  const last = atMinute + Math.max(leastAfterMinutes, ...after) + beforeMinutes;
  const several = servers(shown).length > 1;
  return [
    {
      is: 'curves',
      title: `REGISTERs after the restart of the ${what}`,
      caption: 'All REGISTER requests a second that reach the SIP server, minute by minute, until the storm is over.',
      x: { axis: 'time of day', unit: 'timeOfDay' },
      y: { axis: 'REGISTER', unit: 'perSecond' },
      series: shown.map(({ mode, server, figures }) => ({
        name: several ? `${modeTitle(mode)}, ${server}` : modeTitle(mode),
        points: figures.load.register.counts
          .map((count, minute): [number, number] => [minute * 60_000, (count * (users / figures.phones)) / 60])
          .slice(first, last),
      })),
      marks: [{ x: atMs, label: `restart of the ${what}` }],
    },
  ];
}

/** What there is in a second, at the beginning of each step. */
function meansOf({ counts, stepMs }: LoadCurve, weight: number): [number, number][] {
  const size = Math.max(1, Math.round((stepMinutes * 60_000) / stepMs));
  return Array.from({ length: Math.ceil(counts.length / size) }, (_, at): [number, number] => {
    const some = counts.slice(at * size, (at + 1) * size);
    const sum = some.reduce((total, count) => total + count, 0);
    return [at * size * stepMs, (sum * weight) / ((some.length * stepMs) / 1_000)];
  });
}
