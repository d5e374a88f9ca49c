import type { PartyName } from '../../machines/messages.ts';
import { ownToken, phoneOf, roleOf } from '../../machines/phones.ts';
import { kindOfLink } from '../scenario/scenario.ts';
import type { SentMessage, TraceBody, TraceRecord } from '../trace/trace.ts';
import { messageLabel, type TracedEvent } from './messageLabel.ts';
import type { MessageRow } from './rows.ts';
import { isRetransmission } from './timerLabel.ts';
import { spokenDuration } from './wording.ts';

/** What a message row must know of the run as a whole. */
export interface RunFacts {
  /** The record that sent each message. */
  readonly senders: ReadonlyMap<number, TraceRecord>;
  /** Whether the run has more than one call, contact of the app, or push token, so that messages must name theirs. */
  readonly namesCalls: boolean;
  readonly namesContacts: boolean;
  readonly namesTokens: boolean;
}

/** Gathers the facts of a run. */
export function factsOf({ records }: TraceBody): RunFacts {
  const events = records.map(({ event }) => event);
  const several = (values: readonly unknown[]) => new Set(values).size > 1;
  return {
    senders: new Map(records.flatMap((record) => record.sent.map(({ serial }) => [serial, record] as const))),
    namesCalls: several(events.flatMap((event) => ('call' in event ? [event.call] : []))),
    namesContacts: several(
      events.flatMap((event) => ('contact' in event && isOfApp(event.contact) ? [event.contact] : [])),
    ),
    namesTokens: several(events.flatMap((event) => ('token' in event ? [ownToken(event.token)] : []))),
  };
}

const isOfApp = (contact: string): boolean => phoneOf(contact) !== null && contact.includes('@');

/** A message that takes longer than this says so. */
const longFlightMs = 500;

/** Which call, contact and token a message is about, where its label does not say so and the run has several. */
function particulars(event: TracedEvent, { namesCalls, namesContacts, namesTokens }: RunFacts): string[] {
  const label = messageLabel(event);
  const isToApp = 'contact' in event && isOfApp(event.contact) && /^(REGISTER|INVITE|CANCEL)$/.test(event.type);
  return [
    ...(namesCalls && 'call' in event && !label.endsWith(` ${event.call}`) ? [`call ${event.call}`] : []),
    ...(namesContacts && isToApp ? [event.contact] : []),
    ...(event.type === 'REGISTER' && event.swap ? [`removes ${event.swap.removes.join(' and ')}`] : []),
    ...(namesTokens && 'token' in event ? [`${ownToken(event.token)} token`] : []),
    ...('contact' in event && event.contact === 'otherDevice' ? ['other device'] : []),
    ...('reason' in event && event.reason !== undefined ? ['Reason: completed elsewhere'] : []),
  ];
}

/** Why a message that came to a host got no further, or why the party could not hear it; null if it could. */
function deafness({ ignored, snapshot, targetRef, undelivered }: TraceRecord): string | null {
  if (undelivered === 'addressLeft') return 'address is gone';
  if (undelivered === 'banned') return 'dropped: its address is banned';
  if (undelivered === 'waits') return 'waits: app is suspended';
  if (!ignored || snapshot === null) return null;
  const { value } = snapshot;
  if (value === 'down') return 'server is down';
  if (value === 'unavailable') return 'no such service';
  const isApp = roleOf(targetRef as PartyName) === 'app';
  if (isApp && value === 'suspended') return 'app is suspended';
  if (isApp && typeof value === 'string') return 'app is not running';
  if (isApp && !('running' in (value as object))) return 'app is starting';
  return undelivered === 'nobodyThere' ? 'no such connection' : null;
}

const styleOf = (link: TraceRecord['link'], { type }: TracedEvent): MessageRow['style'] => {
  const kind = link === null ? null : kindOfLink(link);
  if (kind === 'notification') return 'push';
  return kind === 'pushRequest' || type.startsWith('control.') ? 'http' : 'sip';
};

/** A message repeats another one where a retransmission timer sent it, or the network made two of one. */
function repetition(sender: TraceRecord | undefined): { remark: string[]; isRetransmission: boolean } {
  if (sender?.fate === 'duplicate') return { remark: ['second copy'], isRetransmission: false };
  const again = sender?.kind === 'timer' && isRetransmission(sender.event);
  return { remark: again ? ['retransmission'] : [], isRetransmission: again };
}

type MessageFacts = Omit<MessageRow, 'before' | 'after' | 'kind'>;

/** The row of a message that arrived, or whose loss was recorded. */
export function arrivalOf(record: TraceRecord, facts: RunFacts): MessageFacts {
  const { step, atMs, sentAtMs, serial, event, link, fate, sourceRef, targetRef } = record;
  const deaf = deafness(record);
  const { remark, isRetransmission } = repetition(facts.senders.get(serial));
  const flightMs = atMs - sentAtMs;
  return {
    step,
    atMs,
    sentAtMs,
    serial,
    from: sourceRef as PartyName,
    to: targetRef as PartyName,
    label: messageLabel(event),
    remarks: [
      ...(fate === 'lose' ? ['lost'] : deaf === null ? [] : [deaf]),
      ...(fate === 'duplicate' ? ['duplicated'] : []),
      ...remark,
      ...particulars(event, facts),
      ...(flightMs >= longFlightMs && fate !== 'lose' ? [`took ${spokenDuration(flightMs)}`] : []),
    ],
    isRetransmission,
    style: styleOf(link, event),
    arrival: fate === 'lose' ? 'lost' : deaf === null ? 'heard' : 'unheard',
  };
}

/** The row of a message that has no record of its own: it was made unreachable, or the run ended before it came. */
export function missingOf(
  { serial, to, event, link }: SentMessage,
  arrival: 'lost' | 'underWay',
  atMs: number,
  facts: RunFacts,
): MessageFacts {
  const sender = facts.senders.get(serial);
  const { remark, isRetransmission } = repetition(sender);
  return {
    step: null,
    atMs,
    sentAtMs: sender?.atMs ?? atMs,
    serial,
    from: (sender?.fate === 'duplicate' ? sender.sourceRef : sender?.targetRef) as PartyName,
    to,
    label: messageLabel(event),
    remarks: [arrival === 'lost' ? 'address is gone' : 'still under way', ...remark, ...particulars(event, facts)],
    isRetransmission,
    style: styleOf(link, event),
    arrival,
  };
}
