import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { datagramLimits } from '../message/parse.ts';
import { Flow } from './flow.ts';
import type { Address, Remote, SendFailure, Source, TransportListener } from './transport.ts';

/** An open connection to a server. */
export interface Line {
  readonly source: Source;
  readonly isOpen: boolean;
  send(bytes: Uint8Array): Promise<SendFailure | undefined>;
  close(): void;
}

/** Opens a connection from an address; port 0 takes a free one. Rejects where it cannot. */
export type Dialler = (server: Remote, local: Address, listener: TransportListener) => Promise<Line>;

/** What a TLS client knows: PEM texts from files that the user names. */
export interface TlsClient {
  /** Who may have signed the server's certificate; the usual authorities where it is absent. */
  readonly authorities?: string;
  /** The client's own certificate, for servers that ask for one; with its key. */
  readonly certificate?: string;
  readonly key?: string;
  /** The name that the certificate must have, where it is another than the host (RFC 5922 4). */
  readonly serverName?: string;
  /** Takes any certificate. */
  readonly isInsecure?: boolean;
}

/** How long opening a connection may take, in milliseconds. */
export const connectTimeoutMs = 10_000;

/** The options of `tls.connect` for a client. */
export function tlsOptionsFor({ authorities, certificate, key, serverName, isInsecure }: TlsClient, host: string) {
  const name = serverName ?? host;
  return {
    ...(authorities !== undefined && { ca: authorities }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(key !== undefined && { key }),
    // RFC 6066 3: an IP address is no server name; the certificate is compared with it all the same.
    ...(isIP(name) === 0 && { servername: name }),
    rejectUnauthorized: isInsecure !== true,
  };
}

/** Where a connection begins and ends, as `net.connect` has it. */
export const endsOf = (server: Address, local: Address) => ({
  host: server.host,
  port: server.port,
  localAddress: local.host,
  ...(local.port !== 0 && { localPort: local.port }),
});

async function flowOver(socket: Socket, ready: string, server: Remote, listener: TransportListener): Promise<Line> {
  const tooLate = () => socket.destroy(new Error(`no connection within ${connectTimeoutMs} ms`));
  socket.setTimeout(connectTimeoutMs, tooLate);
  await once(socket, ready);
  socket.setTimeout(0);
  const { transport, host, port } = server;
  const identity = { id: 1, transport, openedBy: 'us', remote: { host, port } } as const;
  return new Flow(socket, identity, datagramLimits, listener);
}

export const tcpDialler: Dialler = (server, local, listener) =>
  flowOver(connectTcp({ ...endsOf(server, local), noDelay: true }), 'connect', server, listener);

export const tlsDialler =
  (client: TlsClient): Dialler =>
  (server, local, listener) => {
    const socket = connectTls({ ...endsOf(server, local), ...tlsOptionsFor(client, server.host) });
    socket.setNoDelay(true);
    return flowOver(socket, 'secureConnect', server, listener);
  };
