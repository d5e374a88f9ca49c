import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { responseTo } from '../../../src/sip/message/response.ts';
import { udpSocket } from '../../support/programs/loopback.ts';
import { newRequest } from '../transactions/requests.ts';
import { selfSigned, withOpenssl } from './certificates.ts';
import { type LiveLayer, openLayer } from './liveLayer.ts';
import { finalOf } from './userAgent.ts';

const folder = 'node_modules/sip/test/messages';
const torture = readdirSync(folder)
  .filter((name) => name.endsWith('.dat'))
  .map((name) => readFileSync(`${folder}/${name}`));

const opened: LiveLayer[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

/** A layer that answers everything, and another one that asks whether it is still alive. */
async function victim(options: Partial<Parameters<typeof openLayer>[0]> = {}) {
  const layer = await openLayer({ transports: ['UDP', 'TCP'], ...options });
  const other = await openLayer({ transports: ['UDP', 'TCP'] });
  opened.push(layer, other);
  layer.layer.onRequest(({ request, respond }) => respond(responseTo(request, 200, { toTag: 'v' })));
  const isAlive = async (transport: 'UDP' | 'TCP') =>
    (await finalOf(other.layer, newRequest('OPTIONS'), layer.at(transport))).status === 200;
  return { ...layer, isAlive };
}

async function connection(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  // It may be reset at any time.
  socket.on('error', () => {});
  return socket;
}

/** The end of a connection, whether it is closed or reset. */
const closeOf = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

const seeded = fc.sample(
  fc.tuple(fc.constantFrom(...torture), fc.nat(), fc.uint8Array({ maxLength: 30 })).map(([message, at, patch]) => {
    const place = at % (message.length + 1);
    return Buffer.concat([message.subarray(0, place), patch, message.subarray(place)]);
  }),
  { numRuns: 500, seed: 2026 },
);

describe('a running layer lives through', () => {
  it('hostile datagrams', async () => {
    const { at, isAlive } = await victim();
    const attacker = await udpSocket();
    for (const datagram of [
      ...torture,
      ...seeded,
      Buffer.alloc(0),
      Buffer.alloc(65_507, 'a'),
      Buffer.from('\r\n\r\n'),
    ]) {
      await new Promise((resolve) => attacker.send(datagram, at('UDP').port, '127.0.0.1', resolve));
    }
    attacker.close();
    expect(await isAlive('UDP')).toBe(true);
  });

  it('hostile streams, which it closes where they are no SIP', async () => {
    const { at, isAlive } = await victim();
    for (const bytes of [...torture, ...seeded.slice(0, 100)]) {
      const socket = await connection(at('TCP').port);
      socket.end(bytes);
    }
    const browser = await connection(at('TCP').port);
    browser.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    browser.resume();
    await closeOf(browser);
    const endless = await connection(at('TCP').port);
    endless.write(Buffer.alloc(70_000, 'a'));
    endless.resume();
    await closeOf(endless);
    expect(await isAlive('TCP')).toBe(true);
  });

  it('more connections than it takes: the latest are closed, those it has go on', async () => {
    const { at, isAlive } = await victim({ maxConnections: 3 });
    expect(await isAlive('TCP')).toBe(true);
    const [one, two, three] = [
      await connection(at('TCP').port),
      await connection(at('TCP').port),
      await connection(at('TCP').port),
    ];
    three.resume();
    await closeOf(three);
    expect([one.destroyed, two.destroyed]).toEqual([false, false]);
    expect(await isAlive('TCP')).toBe(true);
  });

  it('pings, each of which gets its pong', async () => {
    const { at } = await victim();
    const socket = await connection(at('TCP').port);
    socket.write('\r\n\r\n');
    const [pong] = await once(socket, 'data');
    expect(String(pong)).toBe('\r\n');
  });

  it('a request that is malformed on a stream, to which it answers over the same connection', async () => {
    const { at } = await victim();
    const socket = await connection(at('TCP').port);
    socket.write('OPTIONS sip:b SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1\r\nContent-Length: 0\r\n\r\n');
    const [response] = await once(socket, 'data');
    expect(String(response)).toMatch(/^SIP\/2\.0 400 Bad Request: found no From/);
  });

  it('a peer that never reads: what waits for it is bounded', async () => {
    const { at, layer, isAlive } = await victim();
    const body = Buffer.alloc(60_000, 'x');
    layer.onRequest(({ request, respond }) => respond(responseTo(request, 200, { toTag: 'v', body })));
    const socket = await connection(at('TCP').port);
    const closed = closeOf(socket);
    const { port } = socket.address() as { port: number };
    const via = (index: number) => `Via: SIP/2.0/TCP 127.0.0.1:${port};branch=z9hG4bK${index}`;
    for (let index = 0; index < 400 && !socket.destroyed; index++) {
      const rest = `From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: ${index}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`;
      await new Promise((resolve) => socket.write(`OPTIONS sip:b@h SIP/2.0\r\n${via(index)}\r\n${rest}`, resolve));
    }
    socket.resume();
    await closed;
    expect(await isAlive('UDP')).toBe(true);
  });

  withOpenssl('connections that shake no hands, when it is closed', async () => {
    const layer = await openLayer({ transports: ['TLS'], tls: selfSigned() });
    const socket = await connection(layer.at('TLS').port);
    socket.write('INVITE');
    socket.resume();
    const closed = closeOf(socket);
    await layer.close();
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});

describe('a layer is closed', () => {
  it('twice, and while a connection is being opened', async () => {
    const { layer, at, close } = await openLayer({ transports: ['UDP', 'TCP'] });
    layer.request(newRequest('OPTIONS'), at('TCP'), () => {});
    await Promise.all([close(), close()]);
    await close();
    await expect(finalOf((await victim()).layer, newRequest('OPTIONS'), at('TCP'))).rejects.toThrow('ECONNREFUSED');
  });
});
