import { isIPv6 } from 'node:net';
import { DialledTransport } from '../sip/transports/dialledTransport.ts';
import type { Address, Remote, SendFailure, Transport } from '../sip/transports/transport.ts';
import type { SipSocket, SipTransport, SocketName } from './sipSocket.ts';

/** RFC 1918: what the push server's Via and Contact say as if from behind a NAT; its `rport` brings the answers all the same. */
const behindNat = '10.255.255.254';

/** An address as it stands in Via and Contact: IPv6 in brackets (RFC 3261 25.1, RFC 5118 4.1). */
export const written = ({ host, port }: Address): Address => ({ host: isIPv6(host) ? `[${host}]` : host, port });

/**
 * A socket of a run over a transport. Addresses are asked for when they are needed: a connection that had to be opened anew
 * may have another port. It is a class since there are thousands: V8 makes a hidden class for each object that has getters of its own.
 */
export class OpenSocket implements SipSocket {
  readonly name: SocketName;
  readonly #transport: Transport;
  readonly #server: Remote;
  readonly #hidesBehindNat: boolean;

  /** `hidesBehindNat`: it looks as if it were behind a NAT (`NATEmulation`). */
  constructor(name: SocketName, transport: Transport, server: Remote, hidesBehindNat: boolean) {
    this.name = name;
    this.#transport = transport;
    this.#server = server;
    this.#hidesBehindNat = hidesBehindNat;
  }

  get transport(): SipTransport {
    return this.#transport.name.toLowerCase() as SipTransport;
  }

  get host(): string {
    return this.#hidesBehindNat ? behindNat : written(this.#transport.local).host;
  }

  get port(): number {
    return this.#transport.local.port;
  }

  get seenAt(): Address | undefined {
    return this.#hidesBehindNat ? written(this.#transport.local) : undefined;
  }

  send(bytes: Uint8Array): Promise<SendFailure | undefined> {
    return this.#transport.send(bytes, this.#server);
  }

  drop(): void {
    if (this.#transport instanceof DialledTransport) this.#transport.drop();
  }
}
