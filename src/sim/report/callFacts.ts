import { type Call, type CallTarget, type FailureCode, type PartyName, partyNames } from '../../machines/messages.ts';
import { phoneOf, roleOf } from '../../machines/phones.ts';
import type { TraceBody, TraceRecord } from '../trace/trace.ts';
import { isRetransmission } from './timerLabel.ts';

/** Why an INVITE to a contact told the app nothing: what the transport says of it, or a loss on the way. */
export type Unheard = NonNullable<TraceRecord['undelivered']> | 'lost' | 'refused' | 'notSent';

/** A timer that has expired, by the name of its delay, and whose it was. */
export interface ExpiredTimer {
  readonly name: string;
  readonly party: PartyName;
}

/** Named facts about one call, each read from single records of a trace. */
export interface CallFacts {
  /** The contacts to which the SIP server sent or tried to send the INVITE, in their order. */
  readonly branches: readonly CallTarget[];
  /** What became of the last INVITE to each of the app's contacts that the app was not told. */
  readonly unheard: Readonly<Partial<Record<CallTarget, Unheard>>>;
  readonly inviteReachedAppMs: number | null;
  readonly inviteReachedPushServerMs: number | null;
  /** The failure with which the app answered while the caller still waited; 487 only confirms a CANCEL. */
  readonly refusal: { readonly atMs: number; readonly code: FailureCode } | null;
  /** The timer that ended the call for its caller; null where a message or a user did. */
  readonly endTimer: ExpiredTimer | null;
}

const isPhone = (contact: CallTarget): boolean => phoneOf(contact) !== null && contact.includes('@');
const isApp = (target: TraceRecord['targetRef']): boolean => roleOf(target as PartyName) === 'app';

/** The events that a machine raises for itself after a delay, by the name of the delay. */
const raisedAfter: Readonly<Record<string, string>> = {
  'branches.silent': 'branchTimeout',
  'answer.missing': 'noAnswer',
  'alert.missing': 'alertTimeout',
};

/** The name of the delay after which a timer's event comes; RFC 3261 calls the caller's 64*T1 Timer B. */
function delayOf({ event, targetRef }: TraceRecord): string | null {
  const raised = raisedAfter[event.type];
  if (raised !== undefined) return raised;
  const delay = /^xstate\.after\.([^.]+)\./.exec(event.type)?.[1] ?? null;
  return delay === '64T1' && targetRef === 'caller' ? 'Timer B' : delay;
}

const isParty = (name: string): name is PartyName =>
  phoneOf(name) !== null || (partyNames as readonly string[]).includes(name);

/** The timer behind a record: its own, or that of the party that first sent the failure which came. */
function timerBehind(trace: TraceBody, record: TraceRecord): ExpiredTimer | null {
  const { event, targetRef } = record;
  if (record.kind === 'timer') {
    const name = delayOf(record);
    return name === null || isRetransmission(event) || !isParty(targetRef) ? null : { name, party: targetRef };
  }
  if (event.type !== 'INVITE.failed') return null;
  const text = JSON.stringify([event.call, event.contact, event.code]);
  const source = trace.records.find(
    (one) =>
      one.targetRef === record.sourceRef &&
      one.sent.some(
        ({ to, event: sent }) =>
          to === targetRef &&
          sent.type === 'INVITE.failed' &&
          JSON.stringify([sent.call, sent.contact, sent.code]) === text,
      ),
  );
  return source === undefined || source.step >= record.step ? null : timerBehind(trace, source);
}

const isEnd = (type: string): boolean => /^call\.(failed|abandoned|connected)$/.test(type);

const isAnswerOfPhone = (type: string): boolean => /^INVITE\.(100|180|200|failed)$/.test(type);

/** An INVITE that waited in a socket's buffer is told together with the event that wakes the app: its answer shows it. */
const reachesApp = (record: TraceRecord, call: Call): boolean => {
  if (!isApp(record.targetRef)) return false;
  const isTold =
    record.event.type === 'INVITE' &&
    record.event.call === call &&
    record.fate !== 'lose' &&
    record.undelivered === undefined;
  return (
    isTold || record.sent.some(({ event }) => isAnswerOfPhone(event.type) && 'call' in event && event.call === call)
  );
};

/** The first failure that the app sends for a call in the records up to its end. */
function refusalIn(records: readonly TraceRecord[], call: Call): CallFacts['refusal'] {
  for (const { targetRef, atMs, sent } of records) {
    if (!isApp(targetRef)) continue;
    for (const { event } of sent) {
      if (event.type === 'INVITE.failed' && event.call === call && event.code !== 487)
        return { atMs, code: event.code };
    }
  }
  return null;
}

interface Sending {
  readonly contact: CallTarget;
  readonly unheard: Unheard | null;
}

/** The INVITEs of a call that the SIP server sent to phone and push server, and what became of each. */
function sendings({ records }: TraceBody, call: Call): Sending[] {
  const arrivals = new Map(records.map((record) => [record.serial, record]));
  return records
    .filter(({ targetRef }) => targetRef === 'sipServer')
    .flatMap((record): Sending[] => {
      const { event } = record;
      const refused: Sending[] =
        event.type === 'transport.failed' && event.message.type === 'INVITE' && event.message.call === call
          ? [{ contact: event.message.contact, unheard: 'refused' }]
          : [];
      const sent = record.sent.flatMap(({ event: message, serial }): Sending[] => {
        if (message.type !== 'INVITE' || message.call !== call) return [];
        const arrival = arrivals.get(serial);
        const unheard = arrival === undefined || arrival.fate === 'lose' ? 'lost' : (arrival.undelivered ?? null);
        return [{ contact: message.contact, unheard }];
      });
      return [...refused, ...sent];
    });
}

/** The facts about one call of a run. */
export function factsOf(trace: TraceBody, call: Call): CallFacts {
  const { records } = trace;
  const sent = sendings(trace, call);
  const isUnheard = (one: Sending): one is Sending & { unheard: Unheard } => one.unheard !== null;
  const end = records.find(({ observations }) =>
    observations.some((one) => isEnd(one.type) && 'call' in one && one.call === call),
  );
  const atPushServer = records.find(
    ({ event, targetRef, fate, undelivered }) =>
      roleOf(targetRef as PartyName) === 'pushServer' &&
      event.type === 'INVITE' &&
      event.call === call &&
      fate !== 'lose' &&
      undelivered === undefined,
  );
  return {
    branches: [...new Set(sent.map(({ contact }) => contact))],
    unheard: Object.fromEntries(
      sent
        .filter(({ contact }) => isPhone(contact))
        .filter(isUnheard)
        .map(({ contact, unheard }) => [contact, unheard]),
    ),
    inviteReachedAppMs: records.find((record) => reachesApp(record, call))?.atMs ?? null,
    inviteReachedPushServerMs: atPushServer?.atMs ?? null,
    refusal: refusalIn(end === undefined ? records : records.slice(0, records.indexOf(end)), call),
    endTimer: end === undefined ? null : timerBehind(trace, end),
  };
}
