import type { SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import type { TransactionTiming } from './timing.ts';

/** How a transaction begins. */
export interface TransactionInput {
  readonly request: SipRequest;
  /** Whether the transport retransmits by itself: TCP and TLS do. */
  readonly isReliable: boolean;
  readonly timing: TransactionTiming;
}

type WithResponse<Type extends string> = { readonly type: Type; readonly response: SipResponse };

/** The transport could not send; the reason is for people. */
type TransportFailed = { readonly type: 'transport.failed'; readonly reason: string };

/** What a client transaction hears: from the network, and from its own retransmission timer. */
export type ClientEvent =
  | WithResponse<'response.provisional'>
  | WithResponse<'response.success'>
  | WithResponse<'response.failure'>
  | TransportFailed
  | { readonly type: 'retransmission' }
  /** Its CANCEL was sent. */
  | { readonly type: 'cancelled' }
  | { readonly type: 'cancellation.unanswered' };

/** What a server transaction hears: from the network, from the transaction user (`respond`), and from its own timer. */
export type ServerEvent =
  | { readonly type: 'request.repeated' }
  | { readonly type: 'acknowledged'; readonly request: SipRequest }
  | WithResponse<'respond.provisional'>
  | WithResponse<'respond.success'>
  | WithResponse<'respond.failure'>
  | TransportFailed
  | { readonly type: 'retransmission' };

/** What a transaction tells its user. */
export type Report =
  | WithResponse<'provisional'>
  | WithResponse<'final'>
  | { readonly type: 'timeout' }
  | { readonly type: 'transportError'; readonly reason: string }
  | { readonly type: 'acknowledged'; readonly request: SipRequest };

/** A machine computes and never acts: what is to be sent, and what its user is told, leave as emitted events. */
export type TransactionEmitted =
  | { readonly type: 'send'; readonly message: SipMessage }
  | { readonly type: 'tell'; readonly report: Report };

/** Message to be sent, as the event that a machine emits. */
export const sending = (message: SipMessage): TransactionEmitted => ({ type: 'send', message });

/** Report to the transaction user, as the event that a machine emits. */
export const telling = (report: Report): TransactionEmitted => ({ type: 'tell', report });

/** The response that an event carries. Throws if the event has none: an action was attached to the wrong event. */
export function responseOf(event: ClientEvent | ServerEvent): SipResponse {
  if (!('response' in event)) throw new Error(`the action expects a response, but the event is ${event.type}`);
  return event.response;
}

/** The report of a transport that failed, or of a timer that ended the transaction. */
export const failureReport = (event: ClientEvent | ServerEvent): Report =>
  event.type === 'transport.failed' ? { type: 'transportError', reason: event.reason } : { type: 'timeout' };

/** How a response counts (RFC 3261 7.2): 1xx, 2xx, 300 to 699. */
export const responseClass = ({ status }: SipResponse): 'provisional' | 'success' | 'failure' =>
  status < 200 ? 'provisional' : status < 300 ? 'success' : 'failure';
