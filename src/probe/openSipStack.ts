import { malformedText } from '../sip/message/message.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import { TransactionLayer } from '../sip/transactions/transactionLayer.ts';
import { DialledTransport } from '../sip/transports/dialledTransport.ts';
import type { TlsClient } from '../sip/transports/diallers.ts';
import { openTransports } from '../sip/transports/openTransports.ts';
import type { Address, Remote, Transport, TransportListener } from '../sip/transports/transport.ts';
import { ProbeFailure } from './probeFailure.ts';
import type { SipStack } from './sipStack.ts';

/** Where a stack is opened, and what is known for TLS. */
export interface StackOptions extends Pick<Address, 'host'> {
  readonly tls?: TlsClient;
}

/** What is said where nothing leaves; certificates are the usual reason over TLS. */
export function unsentText({ transport }: Pick<Remote, 'transport'>, reason: string): string {
  const isVerified =
    (transport === 'TLS' || transport === 'WSS') && !/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/.test(reason);
  const trusted = isVerified
    ? '; its certificate must be for its name and signed by --tls-ca or the usual authorities'
    : '';
  return `nothing can be sent to the server over ${transport}: ${reason}${trusted}`;
}

/** UDP and TCP can be called at their port; TLS and WebSocket are one connection, both ways (RFC 5626 4.2, RFC 7118 5). */
async function openTransport(
  server: Remote,
  { host, tls }: StackOptions,
  listener: TransportListener,
): Promise<readonly Transport[]> {
  const allowed = [server.host];
  if (server.transport === 'UDP' || server.transport === 'TCP')
    return openTransports({ transports: [server.transport], host, allowed }, listener);
  try {
    return [await DialledTransport.open({ server, host, allowed, ...(tls && { tls }) }, listener)];
  } catch (error) {
    throw new ProbeFailure('unreachable', unsentText(server, (error as Error).message));
  }
}

/**
 * Opens an address from which SIP is spoken with that server, and with nobody else, whatever it says. Throws a
 * ProbeFailure where there is no connection to it.
 */
export async function openSipStack(server: Remote, options: StackOptions): Promise<SipStack> {
  let [nonsense, unsent, closed]: (string | undefined)[] = [];
  const layer = new TransactionLayer({ clock: globalThis as never, identifiers: randomIdentifiers });
  const transports = await openTransport(server, options, {
    onMessage: (message, source) => {
      if (message.kind === 'malformed') nonsense = malformedText(message);
      layer.receive(message, source);
    },
    onClosed: (_, reason) => {
      closed = `the server closed the connection${reason ? `: ${reason}` : ''}`;
    },
    now: () => Date.now(),
  });
  layer.use(transports);
  const { host, port } = transports[0]?.local ?? { ...options, port: 0 };
  return {
    transport: server.transport,
    host: host.includes(':') ? `[${host}]` : host,
    port,
    get nonsense() {
      return nonsense;
    },
    get unsent() {
      return unsent;
    },
    get closed() {
      return closed;
    },
    send: (request, { cancelling, onProvisional } = {}) =>
      new Promise((resolve) => {
        const transaction = layer.request(request, server, (report) => {
          if (report.type === 'transportError') unsent = report.reason;
          if (report.type === 'provisional') onProvisional?.(report.response);
          else resolve(report.type === 'final' ? report.response : null);
        });
        const cancel = () => {
          transaction.cancel();
          transaction.stopRepeating();
        };
        if (cancelling?.aborted) cancel();
        cancelling?.addEventListener('abort', cancel, { once: true });
      }),
    sendAcknowledgement: (request) => layer.acknowledge(request, server),
    listen: (listener) => layer.onRequest(listener),
    async close() {
      layer.close();
      await Promise.all(transports.map((transport) => transport.close()));
    },
  };
}
