import {
  type Call,
  type CallTarget,
  type Contact,
  calls,
  type FailureCode,
  ownerOf,
  type PartyName,
} from '../../machines/messages.ts';
import { roleOf } from '../../machines/phones.ts';
import type { TraceBody, TraceRecord } from '../trace/trace.ts';
import { type CallFacts, factsOf } from './callFacts.ts';
import { partsOfCall } from './callParts.ts';

/** What became of one call, gathered from a trace. Times in milliseconds of the run; null where it did not happen. */
export interface CallStory {
  readonly call: Call;
  /** Whether other calls of the run have the same number: a day has more calls than numbers. */
  readonly isOneOfMany: boolean;
  readonly placedAtMs: number;
  readonly inviteAtServerMs: number | null;
  /** Who was registered when the INVITE reached the SIP server. */
  readonly bindings: readonly Contact[];
  /** The stretch around that moment in which nobody was registered; `untilMs` is null where it never ended. */
  readonly nobody: { readonly fromMs: number; readonly untilMs: number | null } | null;
  /** Whether the user has another device; and whether the server called that one only. */
  readonly otherDevice: 'none' | 'present' | 'calledAlone';
  readonly pushSentMs: number | null;
  readonly pushArrivedMs: number | null;
  readonly pushLost: boolean;
  readonly alertedMs: number | null;
  readonly answeredMs: number | null;
  /** When another device of the user answered it. */
  readonly takenMs: number | null;
  readonly end: CallEnd | null;
  readonly facts: CallFacts;
}

export type CallEnd =
  | { readonly how: 'abandoned'; readonly atMs: number }
  | { readonly how: 'connected'; readonly atMs: number; readonly contact: CallTarget }
  | { readonly how: 'failed'; readonly atMs: number; readonly code: FailureCode };

const isOfHandOver = (contact: Contact) => ownerOf(contact) !== 'otherDevice';

const bindingChanges = ({ records }: TraceBody) =>
  records.flatMap(({ step, atMs, observations }) =>
    observations.flatMap((one) =>
      one.type === 'bindings' ? [{ step, atMs, contacts: one.contacts.filter(isOfHandOver) }] : [],
    ),
  );

/** Who was registered at a step, and how long nobody was. By steps, not dates: much can happen in one millisecond. */
function registeredAt(trace: TraceBody, step: number): Pick<CallStory, 'bindings' | 'nobody'> {
  const changes = bindingChanges(trace);
  const before = changes.filter((change) => change.step < step);
  const bindings = before.at(-1)?.contacts ?? [];
  if (bindings.length > 0) return { bindings, nobody: null };
  const lastBound = before.findLastIndex(({ contacts }) => contacts.length > 0);
  const until = changes.find((change) => change.step > step && change.contacts.length > 0);
  return { bindings, nobody: { fromMs: before[lastBound + 1]?.atMs ?? 0, untilMs: until?.atMs ?? null } };
}

/** A server that calls one contact only calls the first one. */
function otherDeviceIn({ scenario, records }: TraceBody, step: number): CallStory['otherDevice'] {
  if ((scenario.otherDevice ?? null) === null) return 'none';
  const bound = records
    .slice(0, step)
    .flatMap(({ observations }) => observations.filter((one) => one.type === 'bindings'))
    .at(-1);
  const first = bound === undefined ? 'otherDevice' : bound.contacts[0];
  return scenario.server.fork === 'first' && first === 'otherDevice' ? 'calledAlone' : 'present';
}

const firstAt = (records: readonly TraceRecord[], which: (record: TraceRecord) => boolean): number | null =>
  records.find(which)?.atMs ?? null;

function endOf(records: readonly TraceRecord[], call: Call): CallEnd | null {
  for (const { atMs, observations } of records) {
    for (const one of observations) {
      if (!('call' in one) || one.call !== call) continue;
      if (one.type === 'call.failed') return { how: 'failed', atMs, code: one.code };
      if (one.type === 'call.connected') return { how: 'connected', atMs, contact: one.contact };
      if (one.type === 'call.abandoned') return { how: 'abandoned', atMs };
    }
  }
  return null;
}

function storyOf(trace: TraceBody, call: Call, own: TraceBody): CallStory {
  const { records } = own;
  const concerns = (record: TraceRecord) => 'call' in record.event && record.event.call === call;
  const sees = (type: string) => (record: TraceRecord) =>
    record.observations.some((one) => one.type === type && 'call' in one && one.call === call);
  const reaches = (type: string, target: string) => (record: TraceRecord) =>
    concerns(record) &&
    record.event.type === type &&
    roleOf(record.targetRef as PartyName) === target &&
    record.fate !== 'lose';
  const invite = records.find(reaches('INVITE', 'sipServer'));
  const isNotification = (record: TraceRecord) => concerns(record) && record.event.type === 'notification';
  return {
    call,
    isOneOfMany: own !== trace,
    placedAtMs: firstAt(records, sees('call.placed')) ?? 0,
    inviteAtServerMs: invite?.atMs ?? null,
    ...(invite === undefined ? { bindings: [], nobody: null } : registeredAt(trace, invite.step)),
    otherDevice: otherDeviceIn(trace, invite?.step ?? 0),
    pushSentMs: firstAt(records, reaches('push', 'notificationService')),
    pushArrivedMs: firstAt(records, reaches('notification', 'app')),
    pushLost: records.some((record) => isNotification(record) && record.fate === 'lose'),
    alertedMs: firstAt(records, sees('ringing.alerting')),
    answeredMs: firstAt(records, sees('ringing.answered')),
    takenMs: firstAt(records, sees('call.takenElsewhere')),
    end: endOf(records, call),
    facts: factsOf(own, call),
  };
}

/** Whether a call ended before it had alerted anybody: a phone may ring for it afterwards. */
export const isLost = ({ alertedMs, takenMs, end }: CallStory): boolean =>
  end !== null &&
  (alertedMs ?? Number.POSITIVE_INFINITY) > end.atMs &&
  (takenMs ?? Number.POSITIVE_INFINITY) > end.atMs;

const known = new WeakMap<TraceBody, readonly CallStory[]>();

/** The stories of the calls that were placed, number by number: worked out once for a trace, of which several sentences are told. */
export function callStories(trace: TraceBody): readonly CallStory[] {
  const stories =
    known.get(trace) ?? calls.flatMap((call) => partsOfCall(trace, call).map((own) => storyOf(trace, call, own)));
  known.set(trace, stories);
  return stories;
}
