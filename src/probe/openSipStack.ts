import { malformedText } from '../sip/message/message.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import { TransactionLayer } from '../sip/transactions/transactionLayer.ts';
import { openTransports } from '../sip/transports/openTransports.ts';
import type { Address, Remote } from '../sip/transports/transport.ts';
import type { SipStack } from './sipStack.ts';

/** Opens an address from which SIP is spoken with that server, and with nobody else, whatever it says. */
export async function openSipStack(server: Remote, local: Pick<Address, 'host'>): Promise<SipStack> {
  let [nonsense, unsent]: (string | undefined)[] = [];
  const layer = new TransactionLayer({ clock: globalThis as never, identifiers: randomIdentifiers });
  const transports = await openTransports(
    { transports: [server.transport], host: local.host, allowed: [server.host] },
    {
      onMessage: (message, source) => {
        if (message.kind === 'malformed') nonsense = malformedText(message);
        layer.receive(message, source);
      },
      now: () => Date.now(),
    },
  );
  layer.use(transports);
  const { host, port } = transports[0]?.local ?? { ...local, port: 0 };
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
    send: (request, { cancelling, onProvisional } = {}) =>
      new Promise((resolve) => {
        const transaction = layer.request(request, server, (report) => {
          if (report.type === 'transportError') unsent = report.reason;
          if (report.type === 'provisional') onProvisional?.(report.response);
          else resolve(report.type === 'final' ? report.response : null);
        });
        if (cancelling?.aborted) transaction.cancel();
        cancelling?.addEventListener('abort', () => transaction.cancel(), { once: true });
      }),
    sendAcknowledgement: (request) => layer.acknowledge(request, server),
    listen: (listener) => layer.onRequest(listener),
    async close() {
      layer.close();
      await Promise.all(transports.map((transport) => transport.close()));
    },
  };
}
