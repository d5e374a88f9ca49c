import type { Endpoint } from '../capture/endpoint.ts';
import type { SipMessage } from '../sip/message/message.ts';

/** A SIP message as it passed the place where the capture was made. */
export interface ObservedMessage {
  /** Milliseconds since 1970, perhaps with a fraction: what is judged may last less than one. */
  readonly atMs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly message: SipMessage;
  /** Index of its file, and the number of its packet there, from 1. */
  readonly file: number;
  readonly frame: number;
}
