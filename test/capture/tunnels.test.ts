import { describe, expect, test } from 'vitest';
import type { WrittenPacket } from '../../src/capture/pcapngWriter.ts';
import { captureOf, pcapOf, type RawPacket, rawPackets, readAll } from '../support/captures.ts';
import { encapsulations, inIp } from '../support/encapsulations.ts';
import { dissect, withTshark } from '../support/programs/tshark.ts';

const options = (number: number, body = '') =>
  [
    'OPTIONS sip:bob@example.org SIP/2.0',
    `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK${number}`,
    'Max-Forwards: 70',
    'From: <sip:alice@example.org>;tag=1',
    'To: <sip:bob@example.org>',
    `Call-ID: ${number}@192.0.2.1`,
    `CSeq: ${number} OPTIONS`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

const written = (transport: 'udp' | 'tcp', number: number): WrittenPacket => ({
  atMs: 1_700_000_000_000,
  source: { address: '192.0.2.1', port: 5060 },
  destination: { address: '198.51.100.2', port: 5060 },
  transport,
  payload: Buffer.from(options(number)),
});

/** A datagram, and a connection of several segments. */
const packets = rawPackets([written('udp', 1), written('tcp', 2), written('tcp', 3)]);

describe.each(Object.entries(encapsulations))('%s', (_, encapsulate) => {
  const frames = packets.map(({ atMs, data }) => ({ atMs, ...encapsulate(data) }));
  const file = pcapOf(frames, { linkType: frames[0]?.linkType ?? 1 });

  test('is read through, down to who sent it to whom', async () => {
    const { texts, messages, reading } = await readAll(file, 100);
    expect(texts).toEqual([options(1), options(2), options(3)]);
    expect(messages[0]).toMatchObject({ source: { address: '192.0.2.1', port: 5060 }, frame: 1 });
    expect(reading.unread).toEqual([]);
  });

  withTshark('is read so by tshark', () => {
    const rows = dissect(file, ['sip.CSeq.seq'], { filter: 'sip' });
    expect(rows.map(([number]) => number)).toEqual(['1', '2', '3']);
  });
});

test('IPv6 in IPv4 is read, and so is Teredo', async () => {
  const ends = { source: { address: '2001:db8::1', port: 5060 }, destination: { address: '2001:db8::2', port: 5060 } };
  const [inner] = rawPackets([{ ...written('udp', 1), ...ends }]);
  if (inner === undefined) throw new Error('nothing was written');
  const teredo = { ...written('udp', 2), destination: { address: '198.51.100.9', port: 3544 }, payload: inner.data };
  const { messages } = await readAll(pcapOf([{ atMs: 0, data: inIp(41, inner.data).data }, ...rawPackets([teredo])]));
  expect(messages.map(({ source }) => source.address)).toEqual(['2001:db8::1', '2001:db8::1']);
});

test('an outer packet in fragments is put together first', async () => {
  const [inner] = rawPackets([{ ...written('udp', 1), payload: Buffer.from(options(1, 'x'.repeat(900))) }]);
  const whole = inIp(4, inner?.data ?? Buffer.alloc(0)).data;
  const part = (from: number, until: number, more: number) => {
    const header = Buffer.from(whole.subarray(0, 20));
    header.writeUInt16BE(20 + until - from, 2);
    header.writeUInt16BE((more << 13) | (from / 8), 6);
    return { atMs: 0, data: Buffer.concat([header, whole.subarray(20 + from, 20 + until)]) };
  };
  const file = pcapOf([part(480, whole.length - 20, 0), part(0, 480, 1)]);
  expect((await readAll(file)).texts).toEqual([options(1, 'x'.repeat(900))]);
});

describe('what cannot be read', () => {
  test.each([
    ['IPsec ESP', 50],
    ['SCTP', 132],
    ['L2TPv3', 115],
    ['IPComp', 108],
  ])('%s is named, with its hosts and bytes', async (what, protocol) => {
    const { reading } = await readAll(pcapOf([{ atMs: 0, data: inIp(protocol, Buffer.alloc(80, 1)).data }]));
    expect(reading.unread).toEqual([{ what, between: '10.9.0.1 and 10.9.0.2', packets: 1, bytes: 80, flows: 1 }]);
  });

  test('so are ESP in UDP, WireGuard and DTLS on a port of SIP', async () => {
    const on = (port: number, hex: string) => ({
      ...written('udp', 1),
      destination: { address: '198.51.100.2', port },
      payload: Buffer.from(hex.padEnd(100, '5'), 'hex'),
    });
    const file = captureOf([on(4500, '00000001'), on(51_820, '04000000'), on(5061, '17fefd')]);
    expect((await readAll(file)).reading.unread.map(({ what }) => what)).toEqual(['IPsec ESP', 'WireGuard', 'DTLS']);
  });

  const inner = packets[0]?.data ?? Buffer.alloc(0);
  const datagram = (port: number, ...payload: readonly (Buffer | string)[]): RawPacket[] =>
    rawPackets([
      {
        ...written('udp', 1),
        source: { address: '192.0.2.1', port: 40_000 },
        destination: { address: '198.51.100.2', port },
        payload: Buffer.concat(payload.map((part) => Buffer.from(part as string))),
      },
    ]);
  const frame = (hex: string): RawPacket[] => [{ atMs: 0, data: Buffer.concat([Buffer.from(hex, 'hex'), inner]) }];
  const unknown = Buffer.alloc(40, 'ab');

  test.each<[string, string, RawPacket[], number?]>([
    ['a VN-Tag', 'SIP in frames of another protocol', frame(`${'02'.repeat(12)}8926000100020800`), 1],
    ['no packet of IP', 'SIP in frames of another protocol', [{ atMs: 0, data: Buffer.from(`?${options(1)}`) }]],
    ['UDP-Lite', 'SIP in another protocol of IP', [{ atMs: 0, data: inIp(136, inner.subarray(20)).data }]],
    [
      'a ChannelData of TURN',
      'SIP in datagrams of another protocol',
      datagram(3478, '@\u0001\u0000\u0000', options(1)),
    ],
    ['VXLAN on another port', 'SIP in datagrams of another protocol', datagram(14_789, '\b\0\0\0\0\0\0\0', inner)],
    ['SigComp', 'datagrams on a port of SIP without any SIP', datagram(5060, Buffer.from('f8', 'hex'), unknown)],
    ['OpenVPN', 'OpenVPN', datagram(1194, '\u0030', unknown)],
    ['HEPv3 that is cut off', 'HEPv3, cut off or broken', datagram(9060, 'HEP3\u0001\u0000', options(1))],
  ])('%s is named', async (_, what, frames, linkType = 101) => {
    const { messages, reading } = await readAll(pcapOf(frames, { linkType }));
    expect(messages).toEqual([]);
    expect(reading.unread).toMatchObject([{ what, packets: 1, flows: 1 }]);
  });

  test('what keeps a NAT open is no message, nor is what ICMP quotes', async () => {
    const stun = Buffer.from('000100202112a442'.padEnd(104, '7'), 'hex');
    const quoted = { atMs: 0, data: inIp(1, Buffer.alloc(8, 3), inner).data };
    const file = pcapOf([quoted, ...datagram(5060, stun), ...datagram(5060, 'keep-alive of some maker')]);
    expect((await readAll(file)).reading.unread).toEqual([]);
  });

  test('a tunnel in a tunnel without end is given up', async () => {
    let { data } = inIp(4, Buffer.alloc(0));
    for (let depth = 0; depth < 500; depth++) ({ data } = inIp(4, data));
    expect((await readAll(pcapOf([{ atMs: 0, data }]))).texts).toEqual([]);
  });

  test('a connection on a port of SIP without any SIP is told, keep-alives are not', async () => {
    const tcp = (text: string, port: number) => ({
      ...written('tcp', 1),
      source: { address: '192.0.2.1', port },
      payload: Buffer.from(text),
    });
    const { reading } = await readAll(captureOf([tcp('\r\n\r\n', 40_000), tcp('\u0001\u0002 something else', 40_001)]));
    expect(reading.unread).toMatchObject([{ what: 'connections on a port of SIP without any SIP', packets: 1 }]);
  });
});
