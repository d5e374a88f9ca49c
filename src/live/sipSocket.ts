import { type CallTarget, type Contact, contacts } from '../machines/messages.ts';
import type { Account } from '../sip/account.ts';
import { hostPortText, type SipUri } from '../sip/message/uri.ts';
import type { SendFailure } from '../sip/transports/transport.ts';

/** One of the contacts that can be bound. Throws for a hop that has none. */
export function ownContact(contact: CallTarget): Contact {
  const own = contacts.find((one) => one === contact);
  if (own === undefined) throw new Error(`a live run speaks for no ${contact}`);
  return own;
}

/** The sockets of one run: one for each contact that can be bound, the caller's, and that of the phone which the user calls. */
export type SocketName = Contact | 'caller' | 'callee';

/** How SIP is carried. */
export type SipTransport = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** One socket of a run, connected to the SIP server. */
export interface SipSocket {
  readonly name: SocketName;
  readonly transport: SipTransport;
  /** What its Via and Contact say; where it can be reached, unless it looks as if behind a NAT. */
  readonly host: string;
  readonly port: number;
  /** Where its packets come from, where that is another address: a server may list that one (RFC 3581 4). */
  readonly seenAt?: { readonly host: string; readonly port: number } | undefined;
  /** The URI that it is registered under, where somebody else's software has chosen it. */
  readonly uri?: string;
  /** Takes the address of a contact that belongs to nobody of this run for its own; absent where it has one. */
  takes?(uri: SipUri): void;
  /** Puts a message on the wire, to the SIP server. What cannot be sent has a reason. */
  send(bytes: Uint8Array): Promise<SendFailure | undefined>;
  /** Ends its connection, if it has one, as the OS does with that of a process that ends. */
  drop(): void;
}

/** A URI names both kinds of WebSocket `ws` (RFC 7118 5.2), and a Via each by its own name. */
const parameterOf = {
  udp: '',
  tcp: ';transport=tcp',
  tls: ';transport=tls',
  ws: ';transport=ws',
  wss: ';transport=ws',
};

/** The URI under which a socket is registered (RFC 3261 20.10). */
export const contactUri = ({ user }: Account, { host, port, transport, uri }: SipSocket): string =>
  uri ?? `sip:${user}@${hostPortText({ host, port })}${parameterOf[transport]}`;

/** The value of a new Via of a socket (RFC 3261 18.1.1, RFC 3581 3). */
export const viaOf = ({ host, port, transport }: SipSocket, branch: string): string =>
  `SIP/2.0/${transport.toUpperCase()} ${hostPortText({ host, port })};branch=${branch};rport`;
