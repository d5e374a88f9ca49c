import type { Call } from '../../src/machines/messages.ts';
import type { Trace, TraceRecord } from '../../src/sim/trace/trace.ts';

/** RFC 3261 64*T1, in milliseconds: the time within which an answered call is to be connected. */
const limitMs = 32_000;

/** So long after the answer, in milliseconds, the caller's end may have crossed it. */
const crossingMs = 5_000;

/**
 * The answered calls of a run that were neither connected nor called off, counted from who got which message and from the
 * user's own doings. Shares nothing with the property `answeredConnects` but its sentence.
 */
export function answeredInVain({ records, endMs }: Trace): Call[] {
  return ([1, 2] as const).filter((call) => {
    const answered = records.find(({ observations }) =>
      observations.some((one) => one.type === 'ringing.answered' && one.call === call),
    );
    if (answered === undefined || answered.atMs + limitMs >= endMs) return false;
    const gone = records.find((record) => isOverForCaller(record, call));
    if (gone !== undefined && gone.step < answered.step) return false;
    const after = records.filter(({ step }) => step > answered.step);
    const connected = after.find((record) => isConnecting(record, call));
    const told = after.find((record) => isTelling(record, call));
    const isConnected = connected !== undefined && connected.atMs <= answered.atMs + limitMs;
    const isExcused = told !== undefined && told.atMs <= answered.atMs + crossingMs;
    return !isConnected && !isExcused;
  });
}

const reaches = ({ targetRef, undelivered, fate }: TraceRecord, party: string): boolean =>
  targetRef === party && undelivered === undefined && fate !== 'lose';

const isOf = ({ event }: TraceRecord, type: string, call: Call): boolean =>
  event.type === type && 'call' in event && event.call === call;

/** The caller's own hanging up, a failure that he gets, or the end of his patience or of Timer B. */
function isOverForCaller(record: TraceRecord, call: Call): boolean {
  // Who hangs up before he has dialled does nothing.
  if (record.targetRef !== 'caller' || record.ignored) return false;
  if (isOf(record, 'INVITE.failed', call) || isOf(record, 'call.hangUp', call)) return reaches(record, 'caller');
  return record.sent.some(({ event }) => isOfCall(event, 'CANCEL', call)) || endsByTimer(record, call);
}

const isOfCall = (event: object, type: string, call: Call): boolean =>
  'type' in event && event.type === type && 'call' in event && event.call === call;

const endsByTimer = ({ event, kind }: TraceRecord, call: Call): boolean =>
  kind === 'timer' && new RegExp(`after\\.(patience|64T1)\\.caller\\.call${call}\\.dialling`).test(event.type);

/** The caller gets a 200 of the phone, and acknowledges it without a BYE. */
function isConnecting(record: TraceRecord, call: Call): boolean {
  if (!isOf(record, 'INVITE.200', call) || !reaches(record, 'caller')) return false;
  const { contact } = record.event as { contact: string };
  const says = (type: string) => record.sent.some(({ event }) => isOfCall(event, type, call));
  return (contact.startsWith('app@') || contact === 'pushServer') && says('ACK') && !says('BYE');
}

/** The phone is told that there is no call any more. */
function isTelling(record: TraceRecord, call: Call): boolean {
  const tells = ['BYE', 'control.noCall', 'notification.end'].some((type) => isOf(record, type, call));
  return tells && reaches(record, 'app') && isInCall(record, call);
}

/** Whether the message ends something on the phone: it shows that the call is over. */
const isInCall = ({ observations }: TraceRecord, call: Call): boolean =>
  observations.some((one) => one.type === 'phone.ended' && one.call === call);
