import { type Contact, ownerOf, type PartyName } from '../../machines/messages.ts';
import type { Trace, TraceRecord } from '../trace.ts';
import { messageLabel, timerLabel } from './messageLabel.ts';

/** Who is registered at the SIP server. */
export type Registered = 'nobody' | 'app' | 'pushServer' | 'both';

export type Lifecycle = 'foreground' | 'background' | 'suspended' | 'starting' | 'notRunning' | 'loggedOut';

/** The lanes from left to right: a call reads from the caller on, and only app to SIP server crosses others. */
export const lanes: readonly PartyName[] = ['caller', 'sipServer', 'pushServer', 'notificationService', 'app'];

interface Moment {
  readonly atMs: number;
  /** Who is registered, and what the app is, once this has happened. */
  readonly registered: Registered;
  readonly lifecycle: Lifecycle;
}

/** One row of a ladder. */
export type Row =
  | (Moment & {
      readonly kind: 'message';
      readonly sentAtMs: number;
      readonly from: PartyName;
      readonly to: PartyName;
      readonly label: string;
      readonly style: 'sip' | 'http' | 'push';
      readonly lost: boolean;
    })
  | (Moment & {
      readonly kind: 'note';
      readonly party: PartyName;
      readonly label: string;
      readonly by: 'environment' | 'timer';
    })
  | (Moment & { readonly kind: 'violation'; readonly label: string })
  | (Moment & { readonly kind: 'idle'; readonly forMs: number });

/** The rows of a run, and how many records they leave out. */
export interface LadderModel {
  readonly rows: readonly Row[];
  readonly hidden: number;
}

/** A gap longer than this is folded. */
const longGapMs = 5_000;

function registeredBy(contacts: readonly Contact[]): Registered {
  const owners = new Set(contacts.map(ownerOf));
  if (owners.size === 2) return 'both';
  return owners.has('app') ? 'app' : owners.has('pushServer') ? 'pushServer' : 'nobody';
}

function lifecycleOf(value: unknown): Lifecycle {
  if (typeof value === 'string') return value as 'suspended' | 'notRunning' | 'loggedOut';
  const state = value as { running?: { visibility: unknown } };
  if (state.running === undefined) return 'starting';
  return state.running.visibility === 'foreground' ? 'foreground' : 'background';
}

const styleOf = ({ link, event }: TraceRecord): 'sip' | 'http' | 'push' => {
  if (link === 'notification') return 'push';
  return link === 'pushRequest' || event.type.startsWith('control.') ? 'http' : 'sip';
};

/** A transaction timer that ends nothing but bookkeeping is no part of the story. */
function storyOfTimer({ event, sent, observations }: TraceRecord): string | null {
  const isHousekeeping =
    /^xstate\.after\.(64T1|branchTimeout)\./.test(event.type) && sent.length + observations.length === 0;
  return isHousekeeping ? null : timerLabel(event);
}

function rowOf(record: TraceRecord, moment: Moment): Row | null {
  const { kind, event, sourceRef, targetRef, fate, sentAtMs } = record;
  if (kind === 'message') {
    if (event.type === 'control.heartbeat') return null;
    const from = sourceRef as PartyName;
    const unheard = record.ignored && targetRef === 'app' && /^(INVITE|CANCEL|notification)$/.test(event.type);
    const remark = fate === 'duplicate' ? ' (twice)' : unheard ? ' (unheard)' : '';
    const label = messageLabel(event) + remark;
    const [to, style, lost] = [targetRef as PartyName, styleOf(record), fate === 'lose' || unheard];
    return { ...moment, kind: 'message', sentAtMs, from, to, label, style, lost };
  }
  if (kind === 'start') return null;
  const label = kind === 'timer' ? storyOfTimer(record) : messageLabel(event);
  if (label === null) return null;
  const party = lanes.find((lane) => lane === targetRef) ?? 'sipServer';
  const where = party === targetRef ? label : `${label}: ${targetRef}`;
  return { ...moment, kind: 'note', party, label: where, by: kind === 'timer' ? 'timer' : 'environment' };
}

/** Timers that changed nothing to be seen are hidden; `all` shows them under their own names. */
function hiddenRow({ kind, event, targetRef }: TraceRecord, moment: Moment): Row | null {
  if (kind === 'start') return null;
  const party = lanes.find((lane) => lane === targetRef) ?? 'sipServer';
  const label = event.type.replace(/^xstate\.after\./, 'timer ').replace(/\..*$/, '');
  return { ...moment, kind: 'note', party, label, by: 'timer' };
}

function withFolds(rows: readonly Row[]): Row[] {
  return rows.flatMap((row, index) => {
    const before = rows[index - 1];
    if (before === undefined || row.atMs - before.atMs <= longGapMs) return [row];
    const { atMs, registered, lifecycle } = before;
    return [{ kind: 'idle', atMs, registered, lifecycle, forMs: row.atMs - atMs }, row];
  });
}

/** Which part of the run is drawn, in milliseconds, and whether with everything in it. */
export interface LadderView {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly all?: boolean;
}

/** The rows that every ladder and diagram of this run draws. */
export function ladderModel(
  trace: Trace,
  { fromMs = 0, toMs = Number.POSITIVE_INFINITY, all = false }: LadderView = {},
): LadderModel {
  const rows: Row[] = [];
  let hidden = 0;
  let registered: Registered = 'nobody';
  let lifecycle: Lifecycle = 'notRunning';
  const wrong = trace.verdicts.filter(({ verdict }) => verdict === 'violated');
  for (const record of trace.records) {
    for (const one of record.observations) if (one.type === 'bindings') registered = registeredBy(one.contacts);
    if (record.targetRef === 'app' && record.snapshot) lifecycle = lifecycleOf(record.snapshot.value);
    const moment = { atMs: record.atMs, registered, lifecycle };
    const inView = record.atMs >= fromMs && record.atMs <= toMs;
    const row = inView ? (rowOf(record, moment) ?? (all ? hiddenRow(record, moment) : null)) : null;
    if (row) rows.push(row);
    else if (record.kind !== 'start') hidden++;
    if (!inView) continue;
    for (const { step, property, violation, atMs } of wrong) {
      if (step === record.step && violation && atMs === record.atMs) {
        rows.push({ ...moment, kind: 'violation', label: `${property}: ${violation.what}` });
      }
    }
  }
  const late = wrong.filter(({ step, atMs }) => trace.records[step ?? -1]?.atMs !== atMs);
  for (const { property, violation, atMs } of late) {
    const at = atMs ?? trace.endMs;
    if (at < fromMs || at > toMs) continue;
    const position = rows.findIndex((row) => row.atMs > at);
    const before = rows.at(position < 0 ? -1 : position - 1);
    const moment = {
      atMs: at,
      registered: before?.registered ?? 'nobody',
      lifecycle: before?.lifecycle ?? 'notRunning',
    };
    const row: Row = { ...moment, kind: 'violation', label: `${property}: ${violation?.what ?? ''}` };
    rows.splice(position < 0 ? rows.length : position, 0, row);
  }
  return { rows: withFolds(rows), hidden };
}
