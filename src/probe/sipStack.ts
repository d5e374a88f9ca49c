import type { SipRequest, SipResponse } from '../sip/message/message.ts';
import type { ServerTransaction } from '../sip/transactions/transactionLayer.ts';
import type { TransportName } from '../sip/transports/transport.ts';

/** What the sender of a request sees before the final answer, and has a say in. */
export interface SendWatch {
  /** Cancels an INVITE. */
  readonly cancelling?: AbortSignal;
  readonly onProvisional?: (response: SipResponse) => void;
  /** The request leaves now; until then it has waited for its turn. */
  readonly onSent?: () => void;
}

/** An address from which SIP is spoken: what the probe needs of transport and transactions. */
export interface SipStack {
  readonly transport: TransportName;
  /** Own address, as Via and Contact carry it; an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number;
  /**
   * Sends a request to the server. Resolves with the final answer; null where none came or nothing could be sent.
   */
  send(request: SipRequest, watch?: SendWatch): Promise<SipResponse | null>;
  /** Sends a request that has no transaction: the ACK for a 2xx (RFC 3261 13.2.2.4). */
  sendAcknowledgement(request: SipRequest): void;
  /** Who is told of requests that come in. */
  listen(listener: RequestListener): void;
  /** What has last come from the server that is not SIP, for people. */
  readonly nonsense: string | undefined;
  /** Why the last request that could not be sent was not, for people. */
  readonly unsent: string | undefined;
  /** That the server has closed a connection, for people. */
  readonly closed: string | undefined;
  close(): Promise<void>;
}

export type RequestListener = (transaction: ServerTransaction) => void;
