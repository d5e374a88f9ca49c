import { connect as connectTcp, createServer as createTcpServer, isIP } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { datagramLimits, type MessageLimits } from '../message/parse.ts';
import type { AllowedHosts } from './allowedHosts.ts';
import { openStream, type StreamKind } from './streamTransport.ts';
import type { Address, Transport, TransportListener, TransportName } from './transport.ts';
import { openUdp } from './udpTransport.ts';

/** PEM texts for TLS; they come from files that the user names. */
export interface TlsIdentity {
  readonly key: string;
  readonly certificate: string;
  /** Who may have signed the certificates of others; the usual authorities where it is absent. */
  readonly authorities?: string;
  /** False accepts any certificate; only for a server of one's own that has none that anybody signed. */
  readonly rejectUnauthorized?: boolean;
}

/** What is opened, and within which limits. */
export interface TransportOptions {
  readonly transports: readonly TransportName[];
  /** 127.0.0.1 where absent. */
  readonly host?: string;
  /** 0, a free port for each, where absent. */
  readonly port?: number;
  /** Hosts other than loopback to which something may be sent. */
  readonly allowed?: AllowedHosts;
  /** Needed for TLS. */
  readonly tls?: TlsIdentity;
  /** Of messages on streams. */
  readonly limits?: MessageLimits;
  readonly maxConnections?: number;
  readonly connectTimeoutMs?: number;
}

const tcp = (): StreamKind => ({
  name: 'TCP',
  server: createTcpServer({ noDelay: true }),
  onConnection: 'connection',
  connect: (host, port) => ({ socket: connectTcp({ host, port, noDelay: true }), ready: 'connect' }),
});

function tls({ key, certificate, authorities, rejectUnauthorized = true }: TlsIdentity): StreamKind {
  const identity = { key, cert: certificate, ...(authorities !== undefined && { ca: authorities }) };
  return {
    name: 'TLS',
    server: createTlsServer({ ...identity, handshakeTimeout: 10_000 }),
    onConnection: 'secureConnection',
    connect: (host, port, name) => {
      // RFC 6066 3: an IP address is no server name; the certificate is compared with it all the same.
      const servername = isIP(name) === 0 ? { servername: name } : {};
      return {
        socket: connectTls({ host, port, ...identity, ...servername, rejectUnauthorized }),
        ready: 'secureConnect',
      };
    },
  };
}

function open(name: TransportName, options: TransportOptions, listener: TransportListener): Promise<Transport> {
  const { host = '127.0.0.1', port = 0, allowed = [], limits = datagramLimits } = options;
  const { maxConnections = 256, connectTimeoutMs = 10_000 } = options;
  const local: Address = { host, port };
  if (name === 'UDP') return openUdp(local, allowed, listener);
  if (name === 'WS' || name === 'WSS')
    return Promise.reject(new Error(`found ${name}; expected UDP, TCP or TLS, on which one can listen`));
  if (name === 'TLS' && options.tls === undefined)
    return Promise.reject(new Error('found TLS; expected a key and a certificate for it'));
  const kind = name === 'TLS' && options.tls !== undefined ? tls(options.tls) : tcp();
  return openStream(kind, local, { allowed, limits, maxConnections, connectTimeoutMs }, listener);
}

/**
 * Opens the transports. Binds to 127.0.0.1 unless told otherwise, and sends to loopback and to the allowed hosts only.
 * Rejects where one cannot be opened; those that were opened are closed again.
 */
export async function openTransports(options: TransportOptions, listener: TransportListener): Promise<Transport[]> {
  const results = await Promise.allSettled(options.transports.map((name) => open(name, options, listener)));
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return opened;
  await Promise.all(opened.map((transport) => transport.close()));
  throw failed.reason;
}
