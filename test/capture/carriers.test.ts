import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { auditCapture } from '../../src/audit/auditCapture.ts';
import type { WrittenPacket } from '../../src/capture/pcapngWriter.ts';
import { captureOf, oneFile, readAll } from '../support/captures.ts';
import { dissect, tshark, withTshark } from '../support/programs/tshark.ts';

const ends = { source: { address: '10.9.0.1', port: 40_000 }, destination: { address: '10.9.0.2', port: 9_060 } };
const mirrored = {
  source: { address: '192.0.2.1', port: 5_062 },
  destination: { address: '198.51.100.2', port: 5_060 },
};

const options = (number: number) =>
  [
    'OPTIONS sip:bob@example.org SIP/2.0',
    `Via: SIP/2.0/WS h.invalid;branch=z9hG4bK${number}`,
    'Max-Forwards: 70',
    'From: <sip:alice@example.org>;tag=1',
    'To: <sip:bob@example.org>',
    `Call-ID: ${number}`,
    `CSeq: ${number} OPTIONS`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

const packet = (payload: Buffer | string, more: Partial<WrittenPacket> = {}): WrittenPacket => ({
  atMs: 1_700_000_000_000,
  ...ends,
  transport: 'tcp',
  payload: Buffer.from(payload as string),
  ...more,
});

const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const u32 = (value: number) => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);

const chunk = (type: number, value: Buffer) => Buffer.concat([u16(0), u16(type), u16(6 + value.length), value]);

/** @param payload its own chunk, where that is not the plain text */
function hep3(text: string, payload = chunk(15, Buffer.from(text))): Buffer {
  const chunks = Buffer.concat([
    chunk(1, Buffer.from([2])),
    chunk(2, Buffer.from([17])),
    chunk(3, Buffer.from([192, 0, 2, 1])),
    chunk(4, Buffer.from([198, 51, 100, 2])),
    chunk(7, u16(5_062)),
    chunk(8, u16(5_060)),
    chunk(9, u32(1_700_000_000)),
    chunk(10, u32(250_000)),
    chunk(11, Buffer.from([1])),
    payload,
  ]);
  return Buffer.concat([Buffer.from('HEP3'), u16(6 + chunks.length), chunks]);
}

/** hep_hdr, hep_iphdr and hep_timehdr of Kamailio's siptrace, whose numbers are in the byte order of its machine. */
function oldHep(version: 1 | 2, text: string, protocol = 17): Buffer {
  const head = [
    Buffer.from([version, 16, 2, protocol]),
    u16(5_062),
    u16(5_060),
    Buffer.from([192, 0, 2, 1, 198, 51, 100, 2]),
  ];
  const time = Buffer.alloc(12);
  time.writeUInt32LE(1_700_000_000, 0);
  time.writeUInt32LE(250_000, 4);
  return Buffer.concat([...head, ...(version === 2 ? [time] : []), Buffer.from(text)]);
}

describe('packets that a capture agent mirrors', () => {
  test.each([1, 2] as const)('HEPv%i', async (version) => {
    const file = captureOf([packet(oldHep(version, options(7)), { transport: 'udp' })]);
    const { messages, texts } = await readAll(file);
    expect(texts).toEqual([options(7)]);
    expect(messages[0]).toMatchObject({ ...mirrored, atMs: version === 2 ? 1_700_000_000_250 : 1_700_000_000_000 });
  });

  test.each([6, 22, 50, 132])(
    'HEPv2 of protocol %i, with which servers mean TCP, TLS, WebSocket and SCTP',
    async (protocol) => {
      const file = captureOf([packet(oldHep(2, options(7), protocol), { transport: 'udp' })]);
      const { messages, texts } = await readAll(file);
      expect(texts).toEqual([options(7)]);
      expect(messages[0]).toMatchObject({ ...mirrored, transport: 'tcp' });
    },
  );

  test.each([
    ['zlib', deflateSync],
    ['gzip', gzipSync],
  ] as const)('HEPv3 compressed with %s, and broken', async (_, compress) => {
    const packed = compress(options(7));
    const files = [packed, packed.subarray(0, 30)].map((bytes) =>
      packet(hep3('', chunk(16, bytes)), { transport: 'udp' }),
    );
    const { texts } = await readAll(captureOf(files));
    expect(texts).toEqual([options(7), packed.subarray(0, 30).toString()]);
    const { report, unreadable } = await auditCapture(oneFile(captureOf(files), 1_000), {});
    expect({ verdict: report.verdict, unreadable }).toEqual({ verdict: 'cannotTell', unreadable: 1 });
  });

  test('HEPv3 over a connection, in pieces, with bytes in between that are none', async () => {
    const sent = Buffer.concat([
      hep3(options(1)),
      Buffer.from('junk'),
      hep3(options(2)),
      hep3('RTCP'),
      hep3(options(3)),
    ]);
    const pieces = Array.from({ length: 20 }, (_, index) => sent.subarray(index * 100, (index + 1) * 100));
    const { messages, texts, reading } = await readAll(captureOf(pieces.map((piece) => packet(piece))));
    expect(texts).toEqual([options(1), options(2), options(3)]);
    expect(messages[2]).toMatchObject({ ...mirrored, transport: 'udp', atMs: 1_700_000_000_250 });
    expect(reading.incompleteStreams).toBe(0);
  });
});

const handshake = [
  'GET / HTTP/1.1',
  'Host: example.org',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: sip',
  'Sec-WebSocket-Version: 13',
  '',
  '',
].join('\r\n');
const accepted = [
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  'Sec-WebSocket-Protocol: sip',
  '',
  '',
].join('\r\n');

/** RFC 6455 5.2. */
function frame(
  opcode: number,
  text: string,
  { isLast = true, mask = null as Buffer | null, isCompressed = false } = {},
) {
  const payload = Buffer.from(text);
  const first = (isLast ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode;
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
  const masked = mask === null ? payload : payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  const [short = 0, ...rest] = length;
  return Buffer.concat([Buffer.from([first, short | (mask ? 0x80 : 0), ...rest]), mask ?? Buffer.alloc(0), masked]);
}

const port = { destination: { address: '10.9.0.2', port: 80 } };
const back = { source: port.destination, destination: ends.source };
const mask = Buffer.from([0x12, 0xfe, 0x37, 0x80]);

const webSocket = () => [
  packet(handshake, port),
  packet(accepted, back),
  packet(Buffer.concat([frame(1, options(1), { mask }), frame(9, 'ping', { mask })]), port),
  packet(
    Buffer.concat([
      frame(1, options(2).slice(0, 40), { isLast: false }),
      frame(10, 'ping'),
      frame(0, options(2).slice(40)),
    ]),
    back,
  ),
  packet(frame(2, options(3), { mask }), port),
];

describe('SIP over WebSocket', () => {
  test('is read out of its frames: masked, in several, beside pings', async () => {
    const { texts, messages } = await readAll(captureOf(webSocket()), 77);
    expect(texts).toEqual([options(1), options(2), options(3)]);
    expect(messages[1]).toMatchObject({ source: port.destination, destination: ends.source, transport: 'tcp' });
  });

  test('is found in the midst of a connection', async () => {
    const [, , ...frames] = webSocket();
    expect((await readAll(captureOf(frames))).texts).toEqual([options(1), options(2), options(3)]);
  });

  test('is said to be unreadable where it is compressed', async () => {
    const compressed = packet(frame(1, 'anything', { isCompressed: true, mask }), port);
    const register = {
      ...packet(options(1).replace(/OPTIONS/g, 'REGISTER'), { transport: 'udp' }),
      destination: port.destination,
    };
    const { reading } = await readAll(captureOf([packet(handshake, port), compressed, register]));
    expect(reading.unread).toMatchObject([{ what: 'compressed WebSocket', packets: 1 }]);
  });

  withTshark('tshark finds the same', () => {
    const rows = dissect(captureOf(webSocket()), ['sip.CSeq.seq'], { filter: 'sip' });
    expect(rows.flat()).toEqual(['1', '2', '3']);
  });
});

withTshark('what tshark exports of a capture is read, with the number of the original packet', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringproof-export-'));
  try {
    const [given, exported] = [join(folder, 'in.pcapng'), join(folder, 'out.pcapng')];
    writeFileSync(given, captureOf(webSocket()));
    spawnSync(tshark.binary, ['-r', given, '-U', 'OSI layer 7', '-w', exported]);
    const { texts, messages } = await readAll(readFileSync(exported));
    expect(texts).toEqual([options(1), options(2), options(3)]);
    expect(messages[0]).toMatchObject({ source: ends.source, destination: port.destination, frame: 6 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
