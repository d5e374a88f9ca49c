import type { PartyName } from '../../machines/messages.ts';
import type { TraceBody, TraceRecord } from '../../sim/trace/trace.ts';
import type { EventName } from './alteration.ts';
import type { PendingView } from './options.ts';

type Kind = Omit<EventName, 'nth'>;

const senderOf = (name: PartyName | 'environment'): PartyName | null => (name === 'environment' ? null : name);

const isOfLink = ({ type }: TraceRecord['event']): boolean => type === 'link.cut' || type === 'link.repair';

const kindOfRecord = ({ kind, event, sourceRef, targetRef }: TraceRecord): Kind => {
  const from = kind === 'message' ? senderOf(sourceRef) : null;
  return isOfLink(event)
    ? { kind, type: 'link', from, to: null }
    : { kind, type: event.type, from, to: targetRef as PartyName };
};

const kindOfPending = ({ kind, event, from, to }: PendingView): Kind => ({
  kind,
  type: event?.type ?? 'link',
  from: kind === 'message' ? from : null,
  to,
});

const isAlike = (one: Kind, other: Kind): boolean =>
  one.kind === other.kind && one.type === other.type && one.from === other.from && one.to === other.to;

/** What a step of a run is called. */
export function nameOfStep({ records }: TraceBody, record: TraceRecord): EventName {
  const own = kindOfRecord(record);
  const alike = records.filter((one) => one.step <= record.step && isAlike(kindOfRecord(one), own));
  return { ...own, nth: alike.length };
}

/** The step of a run that has a name. */
export const stepNamed = ({ records }: TraceBody, name: EventName): TraceRecord | undefined =>
  records.filter((one) => isAlike(kindOfRecord(one), name))[name.nth - 1];

/** What one of the pending events is called among them. */
export function nameOfPending(pending: readonly PendingView[], serial: number): EventName | null {
  const own = pending.find((one) => one.serial === serial);
  if (own === undefined) return null;
  const alike = pending.filter((one) => isAlike(kindOfPending(one), kindOfPending(own)));
  return { ...kindOfPending(own), nth: alike.indexOf(own) + 1 };
}

/** The pending event that has a name. */
export const pendingNamed = (pending: readonly PendingView[], name: EventName): PendingView | undefined =>
  pending.filter((one) => isAlike(kindOfPending(one), name))[name.nth - 1];
