import { expect, test } from 'vitest';
import { realClock } from '../../src/live/clock.ts';
import { measureRoundTrip } from '../../src/live/roundTrip.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import { serialise } from '../../src/sip/message/serialise.ts';
import { randomIdentifiers } from '../../src/sip/randomIdentifiers.ts';
import { loopback, udpSocket } from '../support/programs/loopback.ts';

/** Measures towards a server that answers OPTIONS so, after that time; not at all where there is no status. */
async function towards(status: number | null, delayMs: number) {
  const socket = await udpSocket();
  socket.on('message', (bytes, { port, address }) => {
    const request = parseMessage(bytes);
    if (request.kind !== 'request' || request.method !== 'OPTIONS' || status === null) return;
    setTimeout(() => socket.send(serialise(responseTo(request, status, { toTag: 'there' })), port, address), delayMs);
  });
  const server = { host: loopback, port: socket.address().port, transport: 'UDP' } as const;
  const session = { server, local: loopback, allowed: [] };
  const trip = await measureRoundTrip(session, randomIdentifiers, realClock, new AbortController().signal);
  socket.close();
  return trip;
}

test('a round trip takes as long as the network does, whatever the server answers', async () => {
  for (const status of [200, 405]) {
    const trip = await towards(status, 40);
    expect(trip?.count).toBe(10);
    expect(trip?.lowMs).toBeGreaterThanOrEqual(39);
    expect(trip?.highMs).toBeGreaterThanOrEqual(trip?.lowMs ?? 0);
  }
});

test('of a server that answers no OPTIONS it is not known', async () => {
  expect(await towards(null, 0)).toBe(null);
});
