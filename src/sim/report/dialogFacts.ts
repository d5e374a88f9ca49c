import type { Call, PartyName } from '../../machines/messages.ts';
import type { PhoneEnd } from '../../machines/observations.ts';
import { roleOf } from '../../machines/phones.ts';
import type { TraceBody, TraceRecord } from '../trace/trace.ts';

/** How one end left an established call; `told` is by a BYE of the other. */
export interface DialogEnd {
  readonly who: 'caller' | 'phone';
  readonly why: PhoneEnd;
  readonly atMs: number;
}

/** Named facts about an answered call: how far the phone's 200 came, and how each end left. */
export interface DialogFacts {
  readonly okSentMs: number | null;
  readonly okAtServerMs: number | null;
  readonly okAtCallerMs: number | null;
  readonly ends: readonly DialogEnd[];
}

function endsIn({ event, atMs, observations }: TraceRecord, call: Call): DialogEnd[] {
  return observations.flatMap((one): DialogEnd[] => {
    if (!('call' in one) || one.call !== call) return [];
    if (one.type === 'phone.ended') return [{ who: 'phone', why: one.cause, atMs }];
    if (one.type === 'call.hungUp') return [{ who: 'caller', why: 'hungUp', atMs }];
    if (one.type === 'call.expired') return [{ who: 'caller', why: 'expired', atMs }];
    return one.type === 'call.ended' && event.type === 'BYE' ? [{ who: 'caller', why: 'told', atMs }] : [];
  });
}

/** The facts about the dialog of one call. */
export function dialogFactsOf({ records }: TraceBody, call: Call): DialogFacts {
  const isOk = (event: TraceRecord['event']) =>
    event.type === 'INVITE.200' && event.call === call && !['voicemail', 'otherDevice'].includes(event.contact);
  const arrivedAt = (party: string) =>
    records.find(
      ({ event, targetRef, fate, undelivered }) =>
        targetRef === party && isOk(event) && fate !== 'lose' && undelivered === undefined,
    )?.atMs ?? null;
  const sent = records.find(({ targetRef, sent: messages }) => {
    return roleOf(targetRef as PartyName) === 'app' && messages.some(({ event }) => isOk(event));
  });
  return {
    okSentMs: sent?.atMs ?? null,
    okAtServerMs: arrivedAt('sipServer'),
    okAtCallerMs: arrivedAt('caller'),
    ends: records.flatMap((record) => endsIn(record, call)),
  };
}
