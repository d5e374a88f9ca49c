import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

export const loopback = '127.0.0.1';

/** A UDP socket on a free loopback port. */
export async function udpSocket(port = 0, host = loopback): Promise<Socket> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const isBound = once(socket, 'listening');
  socket.bind(port, host);
  await isBound;
  return socket;
}

/**
 * Each worker of a test run has ports of its own, below those that the kernel gives to whoever asks for any (32768 and up):
 * otherwise another test takes a free port before the program that it was meant for has bound it.
 */
const portsPerWorker = 1_000;
const firstPort = 12_000 + (Number(process.env.VITEST_POOL_ID ?? 0) % 20) * portsPerWorker;
/** SIPp binds a few ports after its media port too. */
const portsApart = 10;
let asked = process.pid;

/** A loopback port of this worker that is free, for UDP as well as TCP. */
export async function freePort(): Promise<number> {
  const port = firstPort + ((asked++ * portsApart) % portsPerWorker);
  const server = createServer();
  try {
    const listening = once(server, 'listening');
    server.listen(port, loopback);
    await listening;
    (await udpSocket(port)).close();
    return port;
  } catch {
    return freePort();
  } finally {
    server.close();
  }
}

/** Sends a text over UDP and resolves with the first datagram that comes back, or undefined after `withinMs`. */
export async function askOnce(port: number, text: (ownPort: number) => string, withinMs = 100, host = loopback) {
  const socket = await udpSocket(0, host);
  try {
    return await new Promise<string | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), withinMs);
      socket.once('message', (answer) => {
        clearTimeout(timer);
        resolve(answer.toString());
      });
      // Nobody listens there yet.
      socket.on('error', () => {});
      socket.send(text(socket.address().port), port, host);
    });
  } finally {
    socket.close();
  }
}

/** An OPTIONS request (RFC 3261 11) to the server itself. */
export const optionsText =
  (host: string, port: number) =>
  (ownPort: number): string =>
    [
      `OPTIONS sip:${host}:${port} SIP/2.0`,
      `Via: SIP/2.0/UDP ${loopback}:${ownPort};branch=z9hG4bK${ownPort};rport`,
      'Max-Forwards: 70',
      `From: <sip:ready@${host}>;tag=${ownPort}`,
      `To: <sip:${host}:${port}>`,
      `Call-ID: ready-${ownPort}`,
      'CSeq: 1 OPTIONS',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n');
