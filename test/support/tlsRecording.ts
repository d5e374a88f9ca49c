import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import tls from 'node:tls';
import type { Endpoint } from '../../src/capture/endpoint.ts';
import type { WrittenPacket } from '../../src/capture/pcapngWriter.ts';
import type { TlsIdentity } from '../../src/sip/transports/openTransports.ts';

/** A connection of TLS on 127.0.0.1, recorded by somebody between its ends: packets with other ends, and the key log. */
export async function recordTls(
  { key, certificate }: TlsIdentity,
  messages: readonly WrittenPacket[],
  client: Endpoint,
  server: Endpoint,
): Promise<{ readonly packets: WrittenPacket[]; readonly keyLog: string }> {
  const packets: WrittenPacket[] = [];
  let atMs = messages[0]?.atMs ?? 0;
  let keyLog = '';
  const far = tls.createServer({ key, cert: certificate });
  const accepted = once(far, 'secureConnection') as Promise<[tls.TLSSocket]>;
  far.on('keylog', (line: Buffer) => {
    keyLog += line.toString();
  });
  await once(far.listen(0, '127.0.0.1'), 'listening');
  const relay = createServer((near: Socket) => {
    const onward = connect((far.address() as AddressInfo).port, '127.0.0.1');
    const carry = (from: Socket, to: Socket, source: Endpoint, destination: Endpoint) =>
      from.on('data', (payload: Buffer) => {
        packets.push({ atMs, source, destination, transport: 'tcp', payload });
        to.write(payload);
      });
    carry(near, onward, client, server);
    carry(onward, near, server, client);
    near.on('close', () => onward.destroy());
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  const near = tls.connect({ port: (relay.address() as AddressInfo).port, host: '127.0.0.1', ca: certificate });
  await once(near, 'secureConnect');
  const [peer] = await accepted;
  for (const message of messages) {
    atMs = message.atMs;
    const isFromClient = message.source.address === client.address;
    const [from, to] = isFromClient ? [near, peer] : [peer, near];
    const came = once(to, 'data');
    from.write(message.payload);
    await came;
  }
  for (const socket of [near, peer]) socket.destroy();
  for (const listener of [far, relay]) listener.close();
  return { packets, keyLog };
}
