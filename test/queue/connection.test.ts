import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { connected } from '../../src/queue/connection.ts';
import { parseQueueAddress } from '../../src/queue/queueAddress.ts';
import { freePort } from '../support/programs/loopback.ts';
import { RedisServer, withRedis } from '../support/programs/redis.ts';

const open: { close: () => void }[] = [];
afterAll(() => {
  for (const one of open) one.close();
});

/** A server that says the same to whatever it is told; how often it was connected to. */
async function saying(answer: (text: string, socket: Socket) => void) {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on('error', () => {});
    socket.on('data', (text) => answer(text.toString(), socket));
  });
  open.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections };
}

/** Several may come in one piece. */
const commandsIn = (text: string): number => text.match(/^\*\d/gm)?.length ?? 0;

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;

describe('A queue that is of no use is refused in one sentence, after one attempt:', () => {
  test('nobody listens', async () => {
    const address = parseQueueAddress(`redis://127.0.0.1:${await freePort()}`);
    await expect(connected(address)).rejects.toThrow(/^redis:\S+: found nobody that listens there; expected a Redis/);
  });

  test('a server that is no Redis', async () => {
    const { url, connections } = await saying((_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(connected(parseQueueAddress(url))).rejects.toThrow(/found a server that is no Redis; expected/);
    expect(connections()).toBe(1);
  });

  test('a server that hangs up', async () => {
    const { url } = await saying((_, socket) => socket.destroy());
    await expect(connected(parseQueueAddress(url))).rejects.toThrow(/found a connection that was closed at once/);
  });

  test.each(['5.0.14', '6.0.16'])('Redis %s', async (version) => {
    const info = bulk(`# Server\r\nredis_version:${version}\r\n`);
    const { url } = await saying((text, socket) => socket.write(info.repeat(commandsIn(text))));
    await expect(connected(parseQueueAddress(url))).rejects.toThrow(
      `found Redis ${version}; expected a Redis of version 6.2 or newer`,
    );
  });

  withRedis('no password, or a wrong one', async () => {
    const server = await RedisServer.start('right');
    open.push(server);
    await expect(connected(parseQueueAddress(server.url))).rejects.toThrow(/found a server that asks for a password/);
    const wrong = connected(parseQueueAddress(server.url, 'wrong'));
    await expect(wrong).rejects.toThrow(/found a password, or a user, that it does not take; expected the right one/);
    await expect(wrong).rejects.not.toThrow(/wrong'/);
    const client = await connected(parseQueueAddress(server.url, 'right'));
    client.disconnect();
  });
});
