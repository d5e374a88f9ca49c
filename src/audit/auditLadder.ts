import { type Endpoint, endpointText } from '../capture/endpoint.ts';
import { withFolds, withRepeats } from '../sim/report/folds.ts';
import { LadderDrawing, type LadderPalette, type LaneTitles } from '../sim/report/ladderDrawing.ts';
import { clipped } from '../sim/report/ladderLine.ts';
import type { Registered, Standing } from '../sim/report/lanes.ts';
import type { MessageRow, Row } from '../sim/report/rows.ts';
import { hostOf } from './addresses.ts';
import { printable } from './auditFacts.ts';
import type { AddressReport, LossReport, SideReport } from './auditReport.ts';
import type { LadderEntry } from './call.ts';

/** More lanes than that have no room: what passes there is left out, and counted. */
const mostLanes = 6;

interface LadderFrame {
  readonly width: number;
  readonly palette: LadderPalette;
  /** Dates are drawn from here on, in milliseconds since 1970. */
  readonly startMs: number;
}

/** Which lane an endpoint is: caller, SIP server, app, push server, or one of its own. */
export function laneOf(endpoint: Endpoint, { ladder }: LossReport, sides: readonly SideReport[]): string {
  const text = endpointText(endpoint);
  const host = hostOf(endpoint);
  const isAt = (place: string) => place === text || place.startsWith(`${host}:`) || place === host;
  if (ladder !== null && isAt(ladder.server)) return 'sipServer';
  const side = sides.find((one) => one.endpoints.includes(text)) ?? sides.find(({ endpoints }) => endpoints.some(isAt));
  if (ladder !== null && isAt(ladder.caller) && side === undefined) return 'caller';
  return side === undefined ? host : (side.role ?? side.name);
}

export function titlesOf(lanes: ReadonlySet<string>, { sides }: AddressReport): LaneTitles<string> {
  const titles: Record<string, string> = {
    caller: 'Caller',
    sipServer: 'SIP server',
    pushServer: 'Push server',
    app: 'App',
  };
  const own = sides.map(({ role, name }) => role ?? name).filter((lane) => !(lane in titles));
  const known = ['caller', 'sipServer', ...new Set(own), 'pushServer', 'app'].filter((lane) => lanes.has(lane));
  const others = [...lanes].filter((lane) => !known.includes(lane));
  return [...known, ...others].slice(0, mostLanes).map((lane) => [lane, clipped(titles[lane] ?? lane, 21)]);
}

/** Without names for them, the first that registered and the second. */
export function registeredAs(bound: readonly number[] | null, sides: readonly SideReport[]): Registered {
  if (bound === null) return 'unknown';
  const isApp = (id: number) => {
    const side = sides.find((one) => one.id === id);
    return side?.role === null ? id === 0 : side?.role === 'app';
  };
  const [apps, others] = [bound.some(isApp), bound.some((id) => !isApp(id))];
  if (apps && others) return 'both';
  return apps ? 'app' : others ? 'pushServer' : 'nobody';
}

function rowsOf(
  loss: LossReport,
  { sides }: AddressReport,
  lanes: ReadonlySet<string>,
  startMs: number,
): Row<string>[] {
  let before: Standing | null = null;
  const standings = new Map<Registered, Standing>();
  const rows: Row<string>[] = [];
  for (const entry of loss.ladder?.entries ?? []) {
    const registered = registeredAs(entry.bound, sides);
    // One object per standing: folds compare them.
    const after = standings.get(registered) ?? { registered, lifecycle: 'background' as const };
    standings.set(registered, after);
    const row = messageRow(entry, loss, sides, startMs, { before: before ?? after, after });
    if (lanes.has(row.from) && lanes.has(row.to) && row.from !== row.to) rows.push(row);
    before = after;
    const isEnd = entry.atMs === loss.endedAtMs && laneOf(entry.destination, loss, sides) === 'caller';
    if (isEnd && loss.outcome === 'lost') {
      rows.push({
        kind: 'violation',
        atMs: row.atMs,
        step: null,
        before: after,
        after,
        property: 'lost',
        what: loss.why,
      });
    }
  }
  return rows;
}

function messageRow(
  entry: LadderEntry,
  loss: LossReport,
  sides: readonly SideReport[],
  startMs: number,
  standing: { readonly before: Standing; readonly after: Standing },
): MessageRow<string> {
  const atMs = entry.atMs - startMs;
  return {
    kind: 'message',
    atMs,
    step: null,
    ...standing,
    serial: entry.ordinal,
    sentAtMs: atMs,
    from: laneOf(entry.source, loss, sides),
    to: laneOf(entry.destination, loss, sides),
    label: printable(entry.label),
    remarks: entry.isRetransmission ? ['again'] : [],
    isRetransmission: entry.isRetransmission,
    style: 'sip',
    arrival: 'heard',
  };
}

/** What the two are called that are drawn at the SIP server where they are registered. */
export function registeredNames({ sides }: AddressReport): readonly [first: string, second: string] {
  if (sides.every(({ role }) => role !== null)) return ['app', 'push server'];
  return [sides[0]?.name ?? 'one', sides.length > 2 ? 'others' : (sides[1]?.name ?? 'other')];
}

/** What is drawn at the SIP server, in words. */
function legend(address: AddressReport): string {
  const [first, second] = registeredNames(address);
  return `registered: █ ${first}  ▓ ${second}  ▚ both  ╳ nobody  │ not known`;
}

/** The messages around a lost call as a ladder; empty where none were kept. */
export function lossLadder(
  loss: LossReport,
  address: AddressReport,
  { width, palette, startMs }: LadderFrame,
): string[] {
  const entries = loss.ladder?.entries ?? [];
  if (entries.length === 0) return [];
  const seen = new Set(
    entries.flatMap(({ source, destination }) => [source, destination].map((end) => laneOf(end, loss, address.sides))),
  );
  const titles = titlesOf(seen, address);
  if (titles.length < 2) return [];
  const drawing = new LadderDrawing(width, palette, titles);
  const drawn = new Set(titles.map(([lane]) => lane));
  const rows = withFolds(withRepeats(rowsOf(loss, address, drawn, startMs)), []);
  return [drawing.heading(), ...rows.flatMap((row) => drawing.lines(row)), '', palette.dim(legend(address))];
}
