import { noBody, type SipRequest } from '../sip/message/message.ts';
import { hostPortText } from '../sip/message/uri.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import { TransactionLayer } from '../sip/transactions/transactionLayer.ts';
import type { Clock } from './clock.ts';
import { written } from './openSocket.ts';
import { openEndpoint, type SessionSetup } from './session.ts';

/** The shortest and the longest of some round trips to the server, in milliseconds. */
export interface RoundTrip {
  readonly lowMs: number;
  readonly highMs: number;
  readonly count: number;
}

/** So many questions are asked, one after the other, and so long each waits. */
const questions = 10;
const answerWithinMs = 2_000;

/**
 * Measures how long the network takes, by OPTIONS to the server itself (RFC 3261 11): whatever it answers is an answer. Null
 * where it gives none.
 */
export async function measureRoundTrip(
  session: SessionSetup,
  identifiers: Identifiers,
  clock: Clock,
  signal: AbortSignal,
): Promise<RoundTrip | null> {
  const layer = new TransactionLayer({ clock: globalThis as never, identifiers });
  const endpoint = await openEndpoint(session, { onMessage: (message, source) => layer.receive(message, source) });
  layer.use([endpoint]);
  const trips: number[] = [];
  try {
    // The first one opens what has to be opened.
    for (let count = 0; count <= questions && !signal.aborted; count++) {
      const tripMs = await oneTrip(layer, session, identifiers, clock);
      if (tripMs === null) break;
      if (count > 0) trips.push(tripMs);
    }
  } finally {
    layer.close();
    await endpoint.close();
  }
  if (trips.length === 0) return null;
  return { lowMs: Math.min(...trips), highMs: Math.max(...trips), count: trips.length };
}

function oneTrip(
  layer: TransactionLayer,
  { server }: SessionSetup,
  identifiers: Identifiers,
  clock: Clock,
): Promise<number | null> {
  const startedMs = clock.nowMs();
  return new Promise((resolve) => {
    const cancel = clock.after(answerWithinMs, () => resolve(null));
    layer.request(optionsTo(hostPortText(written(server)), identifiers), server, (report) => {
      if (report.type === 'provisional') return;
      cancel();
      resolve(report.type === 'final' ? clock.nowMs() - startedMs : null);
    });
  });
}

const optionsTo = (server: string, identifiers: Identifiers): SipRequest => ({
  kind: 'request',
  method: 'OPTIONS',
  uri: `sip:${server}`,
  headers: [
    { name: 'Max-Forwards', value: '70' },
    { name: 'From', value: `<sip:ringproof@${server}>;tag=${identifiers.tag()}` },
    { name: 'To', value: `<sip:${server}>` },
    { name: 'Call-ID', value: identifiers.callId() },
    { name: 'CSeq', value: '1 OPTIONS' },
    { name: 'User-Agent', value: 'ringproof' },
  ],
  body: noBody,
});
