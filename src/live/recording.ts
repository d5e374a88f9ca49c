import type { WrittenPacket } from '../capture/pcapngWriter.ts';
import type { Tap } from '../sip/transports/transport.ts';

/** A name as the address that it stands for on this machine; capture files know addresses only. */
const addressOf = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host.replace(/^\[|\]$/g, ''));

/** A tap that hands on every datagram as a packet for a capture file. What TLS carries is written as TCP, decrypted. */
export const recordingTap =
  (write: (packet: WrittenPacket) => void): Tap =>
  (direction, bytes, local, remote, atMs) => {
    const own = { address: addressOf(local.host), port: local.port };
    const other = { address: addressOf(remote.host), port: remote.port };
    const [source, destination] = direction === 'sent' ? [own, other] : [other, own];
    write({ atMs, source, destination, transport: remote.transport === 'UDP' ? 'udp' : 'tcp', payload: bytes });
  };
