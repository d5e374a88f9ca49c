import type { SipRequest, SipResponse } from '../sip/message/message.ts';
import type { ServerTransaction } from '../sip/transactions/transactionLayer.ts';

/** An address from which SIP is spoken: what the probe needs of transport and transactions. */
export interface SipStack {
  readonly transport: 'UDP' | 'TCP' | 'TLS';
  /** Own address, as Via and Contact carry it; an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number;
  /**
   * Sends a request to the server. Resolves with the final answer; null where none came or nothing could be sent.
   * An INVITE is cancelled when the signal says so.
   */
  send(request: SipRequest, cancelling?: AbortSignal): Promise<SipResponse | null>;
  /** Sends a request that has no transaction: the ACK for a 2xx (RFC 3261 13.2.2.4). */
  sendAcknowledgement(request: SipRequest): void;
  /** Who is told of requests that come in. */
  listen(listener: RequestListener): void;
  /** What has last come from the server that is not SIP, for people. */
  readonly nonsense: string | undefined;
  close(): Promise<void>;
}

export type RequestListener = (transaction: ServerTransaction) => void;
