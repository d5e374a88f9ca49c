import { randomIdentifiers } from '../../../src/sip/randomIdentifiers.ts';
import { TransactionLayer } from '../../../src/sip/transactions/transactionLayer.ts';
import { openTransports, type TransportOptions } from '../../../src/sip/transports/openTransports.ts';
import type { Remote, Tap, TransportName } from '../../../src/sip/transports/transport.ts';

const systemClock = {
  setTimeout: (act: () => void, ms: number) => setTimeout(act, ms),
  clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
};

/** A layer with real sockets on loopback. */
export interface LiveLayer {
  readonly layer: TransactionLayer;
  /** Where it is reached. */
  at(transport: TransportName): Remote;
  close(): Promise<void>;
}

/** Opens one. */
export async function openLayer(options: TransportOptions, onDatagram?: Tap): Promise<LiveLayer> {
  const layer = new TransactionLayer({ clock: systemClock, identifiers: randomIdentifiers });
  const transports = await openTransports(options, {
    onMessage: (message, source) => layer.receive(message, source),
    ...(onDatagram && { onDatagram }),
    now: Date.now,
  });
  layer.use(transports);
  return {
    layer,
    at: (transport) => {
      const local = transports.find(({ name }) => name === transport)?.local;
      if (local === undefined) throw new Error(`no ${transport} was opened`);
      return { transport, ...local };
    },
    close: async () => {
      layer.close();
      await Promise.all(transports.map((one) => one.close()));
    },
  };
}
