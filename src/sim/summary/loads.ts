import type { Measured } from '../measure/measured.ts';
import type { LinkName } from '../scenario/scenario.ts';
import { grouped } from './figures.ts';

const dayMs = 24 * 3_600_000;

/** What one user needs in a day. Bytes are estimates. */
export interface Load {
  readonly registers: { readonly app: number; readonly pushServer: number };
  readonly pushes: number;
  readonly wakeUps: number;
  readonly connectionsOpened: number;
  /** How many connections with the phone the servers keep on average. */
  readonly connectionsKept: number;
  /** To and from the phone, over all its links. */
  readonly phoneBytes: number;
  /** To and from the SIP server. */
  readonly sipServerBytes: number;
}

const phoneLinks: readonly LinkName[] = ['appSip', 'control', 'notification'];
const sipLinks: readonly LinkName[] = ['callerSip', 'appSip', 'pushServerSip'];

/** How many times longer a day is than one of the runs. */
export const runsPerDay = ({ runs, observedMs }: Measured): number =>
  observedMs === 0 ? 0 : (runs * dayMs) / observedMs;

/** The load of a day, as if the day were made of such runs one after the other. */
export function loadOf(measured: Measured): Load {
  const { observedMs, registers, pushes, wakeUps, connections, traffic } = measured;
  const perDay = (count: number): number => (observedMs === 0 ? 0 : (count * dayMs) / observedMs);
  const bytes = (links: readonly LinkName[]): number => links.reduce((sum, link) => sum + traffic[link].bytes, 0);
  return {
    registers: { app: perDay(registers.app), pushServer: perDay(registers.pushServer) },
    pushes: perDay(pushes),
    wakeUps: perDay(wakeUps),
    connectionsOpened: perDay(connections.opened),
    connectionsKept: observedMs === 0 ? 0 : connections.keptMs / observedMs,
    phoneBytes: perDay(bytes(phoneLinks)),
    sipServerBytes: perDay(bytes(sipLinks)),
  };
}

/** What is told of a load, and how. */
export const loadColumns: readonly (readonly [title: string, of: (load: Load) => string])[] = [
  ['REGISTER app', ({ registers }) => count(registers.app)],
  ['by push server', ({ registers }) => count(registers.pushServer)],
  ['pushes', ({ pushes }) => count(pushes)],
  ['wake-ups', ({ wakeUps }) => count(wakeUps)],
  ['conn. opened', ({ connectionsOpened }) => count(connectionsOpened)],
  ['kept', ({ connectionsKept }) => connectionsKept.toFixed(2)],
  ['kB phone', ({ phoneBytes }) => count(phoneBytes / 1_000)],
  ['kB SIP server', ({ sipServerBytes }) => count(sipServerBytes / 1_000)],
];

const count = (value: number): string => (value < 10 && value > 0 ? value.toFixed(1) : grouped(Math.round(value)));

/** The load of a user and day in some cells, as lines. */
export function loadsTable(cells: readonly { readonly title: string; readonly measured: Measured }[]): string[] {
  const widthOf = (title: string) => title.length + 2;
  const nameWidth = Math.max(34, ...cells.map(({ title }) => title.length));
  return [
    (' '.repeat(nameWidth) + loadColumns.map(([title]) => title.padStart(widthOf(title))).join('')).trimEnd(),
    ...cells.map(({ title, measured }) => {
      const load = loadOf(measured);
      return title.padEnd(nameWidth) + loadColumns.map(([name, of]) => of(load).padStart(widthOf(name))).join('');
    }),
  ];
}
