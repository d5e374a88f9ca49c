import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressBytes, addressText } from '../../src/capture/endpoint.ts';
import { isCaptureStart, UnknownFormat } from '../../src/capture/packetReader.ts';
import type { WrittenPacket } from '../../src/capture/pcapngWriter.ts';
import { SipCapture } from '../../src/capture/sipCapture.ts';
import { captureOf, oneFile, pcapOf, type RawPacket, rawPackets, readAll } from '../support/captures.ts';

const text = (index: number, body = '') =>
  `OPTIONS sip:${index}@example.org SIP/2.0\r\nCall-ID: ${index}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const v4 = { source: { address: '192.0.2.1', port: 5060 }, destination: { address: '198.51.100.2', port: 5070 } };
const v6 = { source: { address: '2001:db8::1', port: 5060 }, destination: { address: '2001:db8:0:1::2', port: 5070 } };

const written = (content: string, more: Partial<WrittenPacket> = {}): WrittenPacket => ({
  atMs: 1_700_000_000_123.456,
  ...v4,
  transport: 'udp',
  payload: Buffer.from(content),
  ...more,
});

const someText = fc.tuple(fc.nat(999), fc.string({ unit: 'grapheme-ascii', maxLength: 3_000 }));
const someTexts = fc
  .array(someText, { minLength: 1, maxLength: 8 })
  .map((all) => all.map(([i, body]) => text(i, body)));

describe('what the writer writes, the reader reads', () => {
  test.each(['udp', 'tcp'] as const)('%s over IPv4 and IPv6, in pieces of any size', async (transport) => {
    await fc.assert(
      fc.asyncProperty(
        someTexts,
        fc.constantFrom(v4, v6),
        fc.integer({ min: 1, max: 4_000 }),
        async (all, ends, size) => {
          const file = captureOf(all.map((content) => written(content, { ...ends, transport })));
          const { messages, texts, reading } = await readAll(file, size);
          expect(texts).toEqual(all);
          expect(reading.damage).toBeNull();
          for (const one of messages) {
            expect(one).toMatchObject({ ...ends, transport });
            expect(one.atMs).toBeCloseTo(1_700_000_000_123.456, 2);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('the same packets give the same bytes', () => {
    const packets = [written(text(1), { comment: 'lost: ü' }), written(text(2), { transport: 'tcp' })];
    expect(captureOf(packets)).toEqual(captureOf(packets));
  });

  test('what cannot be a packet is refused', () => {
    expect(() => captureOf([written('x'.repeat(65_508))])).toThrow(RangeError);
    expect(() => captureOf([written('x', { destination: v6.destination })])).toThrow(RangeError);
    expect(() => captureOf([written('x', { source: { address: 'localhost', port: 1 } })])).toThrow(RangeError);
  });

  test('addresses survive their text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
        (bytes) => {
          expect(addressBytes(addressText(bytes))).toEqual(Uint8Array.from(bytes));
        },
      ),
    );
    expect(addressText(Uint8Array.from([0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1]))).toBe('2001:db8::1');
    expect(addressText(new Uint8Array(16))).toBe('::');
    expect(addressBytes('1::2::3')).toBeNull();
    expect(addressBytes('256.1.1.1')).toBeNull();
  });
});

describe('file formats', () => {
  const raw = rawPackets([written(text(1)), written(text(2), v6)]);
  const formats = fc.record({ littleEndian: fc.boolean(), nanoseconds: fc.boolean() });

  test('pcap of either byte order, in microseconds and nanoseconds', async () => {
    await fc.assert(
      fc.asyncProperty(formats, async (options) => {
        const { texts, messages } = await readAll(pcapOf(raw, options), 100);
        expect(texts).toEqual([text(1), text(2)]);
        expect(messages[0]?.atMs).toBeCloseTo(1_700_000_000_123.456, 2);
      }),
      { numRuns: 8 },
    );
  });

  test.each([true, false])('pcap of the patched libpcap of old Linux (little-endian: %s)', async (littleEndian) => {
    const file = pcapOf(raw, { littleEndian, patched: true });
    expect((await readAll(file, 100)).texts).toEqual([text(1), text(2)]);
    expect(isCaptureStart(file)).toBe(true);
  });

  const linkHeaders: readonly (readonly [name: string, linkType: number, header: string])[] = [
    ['Ethernet', 1, '000000000001000000000002 0800'],
    ['VLAN', 1, '000000000001000000000002 8100 0005 0800'],
    ['QinQ', 1, '000000000001000000000002 88a8 0005 8100 0007 0800'],
    ['Linux cooked', 113, '0000 0001 0006 0000000000010000 0800'],
    ['Linux cooked with a VLAN tag', 113, '0000 0001 0006 0000000000010000 8100 0005 0800'],
    ['Linux cooked 2', 276, '0800 0000 00000001 0001 00 06 0000000000010000'],
    ['BSD loopback', 0, '02000000'],
    ['OpenBSD loopback', 108, '00000002'],
    ['raw', 101, ''],
    ['raw as some systems number it', 12, ''],
    ['IPv4', 228, ''],
  ];
  test.each(linkHeaders)('%s (LINKTYPE %i)', async (_, linkType, header) => {
    const [first] = raw as [RawPacket];
    const data = Buffer.concat([Buffer.from(header.replaceAll(' ', ''), 'hex'), first.data]);
    const { texts } = await readAll(pcapOf([{ ...first, data }], { linkType }));
    expect(texts).toEqual([text(1)]);
  });

  test('a link type that is not read is counted', async () => {
    const { reading } = await readAll(pcapOf(raw, { linkType: 105 }));
    expect([...reading.unreadLinkTypes]).toEqual([[105, 2]]);
  });

  test('pcapng of sections of either byte order, with several interfaces and resolutions', async () => {
    const [packet] = raw as [RawPacket];
    const section = (littleEndian: boolean) => {
      const number = (length: number) => (value: number) => {
        const bytes = Buffer.alloc(length);
        if (littleEndian) bytes.writeUIntLE(value, 0, length);
        else bytes.writeUIntBE(value, 0, length);
        return bytes;
      };
      const [u16, u32] = [number(2), number(4)];
      const block = (type: number, ...parts: Buffer[]) => {
        const body = Buffer.concat(parts);
        const whole = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
        return Buffer.concat([u32(type), u32(whole.length + 12), whole, u32(whole.length + 12)]);
      };
      const time = (ticks: bigint) => [u32(Number(ticks >> 32n)), u32(Number(ticks & 0xffffffffn))];
      const data = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
      const framed = Buffer.concat([Buffer.from('0000000000010000000000020800', 'hex'), packet.data]);
      const lengths = (bytes: Buffer) => [u32(bytes.length), u32(bytes.length)];
      return Buffer.concat([
        block(0x0a0d0d0a, u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffffffff), u32(0xffffffff)),
        // Nanoseconds, offset by one second; the comment before it is of no concern.
        block(
          1,
          u16(101),
          u16(0),
          u32(0),
          u16(1),
          u16(3),
          data(Buffer.from('abc')),
          u16(9),
          u16(1),
          Buffer.from([9, 0, 0, 0]),
          u16(14),
          u16(8),
          ...(littleEndian ? [u32(1), u32(0)] : [u32(0), u32(1)]),
          u32(0),
        ),
        block(1, u16(1), u16(0), u32(65_535), u16(9), u16(1), Buffer.from([0x8a, 0, 0, 0])),
        block(5, u32(0), u32(0), u32(0)),
        block(
          6,
          u32(0),
          ...time(1_700_000_000_123_456_789n),
          ...lengths(packet.data),
          data(packet.data),
          u16(1),
          u16(2),
          Buffer.from('hi\0\0'),
          u32(0),
        ),
        block(6, u32(1), ...time(1_700_000_000n * 1024n + 512n), ...lengths(framed), data(framed)),
        block(2, u16(1), u16(0xffff), ...time(1_700_000_001n * 1024n), ...lengths(framed), data(framed)),
        block(3, u32(packet.data.length), data(packet.data)),
      ]);
    };
    const { messages, reading } = await readAll(Buffer.concat([section(true), section(false)]), 77);
    const times = [1_700_000_001_123.457, 1_700_000_000_500, 1_700_000_001_000, 1_700_000_001_123.457];
    expect(messages.map(({ atMs }) => Math.round(atMs * 1000) / 1000)).toEqual([...times, ...times]);
    expect(reading).toMatchObject({ packets: 8, messages: 8, untimedPackets: 2, damage: null });
  });
});

describe('the start line of a datagram', () => {
  const counted = async (content: string, cutBytes = 0) => {
    const [packet] = rawPackets([written(content)]);
    if (packet === undefined) throw new Error('one packet was written');
    const data = packet.data.subarray(0, packet.data.length - cutBytes);
    const { texts, reading } = await readAll(pcapOf([{ ...packet, data }]));
    return { texts, cut: reading.cutMessages };
  };

  test.each(['SIP/2.0 200 OK', 'SIP/2.0 200', 'ACK sip:bob@127.0.0.1 SIP/2.0'])('%s is all of it', async (line) => {
    expect(await counted(line)).toEqual({ texts: [line], cut: 0 });
  });

  test.each([
    'INVITE sip:+4930123456@example.org;user=phone SIP/2.0',
    'SIP/2.0 480 Temporarily Unavailable',
    'MESSAGE tel:+4930123456 SIP/2.0',
  ])('%s is named where the snap length has cut it', async (line) => {
    expect(await counted(`${line}\r\n\r\n`, 20)).toMatchObject({ texts: [expect.anything()], cut: 1 });
    expect(await counted(`INVITED ${line}`, 20)).toEqual({ texts: [], cut: 0 });
  });
});

/** One IPv4 packet as fragments with these boundaries of their payload, in units of 8 bytes. */
function fragmented({ atMs, data }: RawPacket, cuts: readonly number[]): RawPacket[] {
  const payload = data.subarray(20);
  const bounds = [0, ...cuts.map((cut) => cut * 8).filter((cut) => cut < payload.length), payload.length];
  return [...new Set(bounds)]
    .sort((one, other) => one - other)
    .slice(0, -1)
    .map((from, index, all) => {
      const until = all[index + 1] ?? payload.length;
      const header = Buffer.from(data.subarray(0, 20));
      header.writeUInt16BE(20 + until - from, 2);
      header.writeUInt16BE((until < payload.length ? 0x2000 : 0) | (from / 8), 6);
      return { atMs, data: Buffer.concat([header, payload.subarray(from, until)]) };
    });
}

/** The packets in the order of keys. */
const shuffled = <Item>(items: readonly Item[], keys: readonly number[]): Item[] =>
  items
    .map((item, index) => ({ item, key: keys[index % keys.length] ?? 0 }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item);

const someKeys = fc.array(fc.nat(1_000), { minLength: 3, maxLength: 50 });

describe('reassembly', () => {
  test('fragments in any order, some of them twice, give the same messages', async () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 380 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(someTexts, cuts, someKeys, fc.boolean(), async (all, some, keys, twice) => {
        const pieces = rawPackets(all.map((content) => written(content))).flatMap((packet) => fragmented(packet, some));
        const sent = shuffled(twice ? pieces.flatMap((one) => [one, one]) : pieces, keys);
        const { texts, reading } = await readAll(pcapOf(sent));
        expect(new Set(texts)).toEqual(new Set(all));
        if (!twice) expect(texts.toSorted()).toEqual(all.toSorted());
        expect(reading.incompletePackets).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('a packet of which a fragment is missing is counted, and no other suffers', async () => {
    const [one, other] = rawPackets([written(text(1, 'x'.repeat(500))), written(text(2))]) as [RawPacket, RawPacket];
    const { texts, reading } = await readAll(pcapOf([...fragmented(one, [3, 9]).slice(1), other]));
    expect(texts).toEqual([text(2)]);
    expect(reading.incompletePackets).toBe(1);
  });

  test('of a packet that is there twice the copy may lack fragments, of another one with its number none', async () => {
    const [one] = rawPackets([written(text(1, 'x'.repeat(500)))]) as [RawPacket];
    const [first, ...others] = fragmented(one, [3, 9]) as [RawPacket, ...RawPacket[]];
    const later = { ...first, atMs: first.atMs + 1_001 };
    const counted = async (...packets: RawPacket[]) => (await readAll(pcapOf(packets))).reading.incompletePackets;
    expect(await counted(first, ...others, first)).toBe(0);
    expect(await counted(first, ...others, later)).toBe(1);
    expect(await counted(first, ...others, first, { ...later, atMs: first.atMs + 61_000 })).toBe(1);
  });

  test('IPv6 with extension headers and fragments', async () => {
    const [{ atMs, data }] = rawPackets([written(text(1, 'x'.repeat(100)), v6)]) as [RawPacket];
    const payload = data.subarray(40);
    const packet = (next: number, headers: Buffer, part: Buffer): RawPacket => {
      const header = Buffer.from(data.subarray(0, 40));
      header.writeUInt16BE(headers.length + part.length, 4);
      header[6] = next;
      return { atMs, data: Buffer.concat([header, headers, part]) };
    };
    // Hop-by-hop options, then destination options, then UDP.
    const options = packet(0, Buffer.from([60, 0, 1, 4, 0, 0, 0, 0, 17, 0, 1, 4, 0, 0, 0, 0]), payload);
    const fragment = (offset: number, more: number) =>
      Buffer.from([17, 0, offset >> 8, (offset & 0xf8) | more, 0, 0, 0, 7]);
    const pieces = [
      packet(44, fragment(48, 0), payload.subarray(48)),
      packet(44, fragment(0, 1), payload.subarray(0, 48)),
    ];
    const { texts } = await readAll(pcapOf([options, ...pieces]));
    expect(texts).toEqual([text(1, 'x'.repeat(100)), text(1, 'x'.repeat(100))]);
  });

  /** Segments of one stream, cut anywhere; the handshake stays in front. */
  const stream = (all: readonly string[], cuts: readonly number[]): RawPacket[] => {
    const whole = all.join('');
    const bounds = [...new Set([0, ...cuts.map((cut) => cut % whole.length), whole.length])].sort((a, b) => a - b);
    const parts = bounds.slice(0, -1).map((from, index) => whole.slice(from, bounds[index + 1]));
    return rawPackets(parts.map((part) => written(part, { transport: 'tcp' })));
  };

  test('segments in any order, repeated and overlapping, give the same messages', async () => {
    const cuts = fc.array(fc.nat(30_000), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(someTexts, cuts, cuts, someKeys, async (all, some, others, keys) => {
        const [syn, synAck, ack, ...first] = stream(all, some);
        const again = stream(all, others).slice(3);
        const handshake = [syn, synAck, ack].filter((one) => one !== undefined);
        const { texts, reading } = await readAll(pcapOf([...handshake, ...shuffled([...first, ...again], keys)]));
        expect(texts).toEqual(all);
        expect(reading.incompleteStreams).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test('a stream that began before the capture is read from its next message on', async () => {
    const segments = stream([text(1, 'Via: x\r\n\r\ny'), text(2), text(3)], [40]).slice(4);
    const { texts } = await readAll(pcapOf(segments));
    expect(texts).toEqual([text(2), text(3)]);
  });

  test('bytes that the capture missed cost their messages only, and are counted', async () => {
    const all = Array.from({ length: 40 }, (_, index) => text(index, 'x'.repeat(1_000)));
    const [a, b, c, ...segments] = rawPackets(all.map((content) => written(content, { transport: 'tcp' })));
    const kept = segments.filter((_, index) => index !== 7);
    const { texts, reading } = await readAll(pcapOf([a, b, c, ...kept].filter((one) => one !== undefined)));
    expect(texts).toEqual(all.filter((_, index) => index !== 7));
    expect(reading.incompleteStreams).toBe(1);
  });

  test('sequence numbers go round', async () => {
    const packets = rawPackets([text(1), text(2), text(3)].map((content) => written(content, { transport: 'tcp' })));
    const shift = 0xffff_ffff - 50;
    for (const { data } of packets) data.writeUInt32BE((data.readUInt32BE(24) + shift) >>> 0, 24);
    const { texts } = await readAll(pcapOf(packets));
    expect(texts).toEqual([text(1), text(2), text(3)]);
  });

  test('TLS on its SIP port is told as such', async () => {
    const payload = Buffer.from('16030100050100000100', 'hex');
    const hello = written('', { transport: 'tcp', payload, destination: { address: '198.51.100.2', port: 5061 } });
    expect((await readAll(captureOf([hello]))).reading.unread).toMatchObject([{ what: 'TLS', flows: 1, bytes: 10 }]);
  });
});

test('a HEPv3 mirror is read as what it mirrors', async () => {
  const chunk = (type: number, value: Buffer) => {
    const head = Buffer.alloc(6);
    head.writeUInt16BE(type, 2);
    head.writeUInt16BE(6 + value.length, 4);
    return Buffer.concat([head, value]);
  };
  const word = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const chunks = Buffer.concat([
    chunk(1, Buffer.from([2])),
    chunk(2, Buffer.from([17])),
    chunk(3, Buffer.from([10, 0, 0, 1])),
    chunk(4, Buffer.from([10, 0, 0, 2])),
    chunk(7, word(5060).subarray(2)),
    chunk(8, word(5070).subarray(2)),
    chunk(9, word(1_700_000_000)),
    chunk(10, word(250_000)),
    chunk(11, Buffer.from([1])),
    chunk(15, Buffer.from(text(1))),
  ]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(6 + chunks.length);
  const payload = Buffer.concat([Buffer.from('HEP3'), length, chunks]);
  const { messages } = await readAll(captureOf([written('', { payload })]));
  expect(messages).toEqual([
    {
      atMs: 1_700_000_000_250,
      source: { address: '10.0.0.1', port: 5060 },
      destination: { address: '10.0.0.2', port: 5070 },
      transport: 'udp',
      bytes: Buffer.from(text(1)),
      file: 0,
      frame: 1,
      isFramed: false,
    },
  ]);
});

describe('files that are not as they should be', () => {
  const file = captureOf([written(text(1)), written(text(2), { transport: 'tcp' }), written(text(3))]);

  test('one that ends too early is read as far as it goes, and says where that is', async () => {
    const { texts, reading } = await readAll(file.subarray(0, file.length - 5));
    expect(texts).toEqual([text(1), text(2)]);
    expect(reading.damage).toMatchObject({ found: expect.stringMatching(/^the end of the file after \d+ bytes/) });
  });

  test('what is no capture is refused, with what it looks like', async () => {
    const kindOf = (bytes: string) =>
      readAll(Buffer.from(bytes, 'hex')).then(
        () => null,
        (error) => error,
      );
    expect(await kindOf('1f8b0800aaaaaaaa')).toMatchObject({ found: 'a gzip file', hint: 'gunzip it first' });
    expect(await kindOf('')).toMatchObject({ found: 'an empty file' });
    expect(await kindOf('0a0d')).toMatchObject({ found: 'a file of 2 bytes' });
    expect(await kindOf('52494646aaaaaaaa')).toBeInstanceOf(UnknownFormat);
  });

  test('whatever is changed in a file, reading ends by itself and never invents packets', async () => {
    const change = fc.record({ at: fc.nat(file.length - 1), byte: fc.nat(255) });
    const some = fc.tuple(fc.array(change, { maxLength: 12 }), fc.nat(file.length), fc.boolean());
    await fc.assert(
      fc.asyncProperty(
        some,
        fc.constantFrom(file, pcapOf(rawPackets([written(text(1)), written(text(2))]))),
        async ([changes, end, isCut], of) => {
          const broken = Buffer.from(of.subarray(0, isCut ? end : of.length));
          for (const { at, byte } of changes) if (at < broken.length) broken[at] = byte;
          const capture = new SipCapture(oneFile(broken, 50));
          try {
            for await (const { bytes } of capture.messages()) expect(bytes.length).toBeLessThanOrEqual(broken.length);
          } catch (error) {
            expect(error).toBeInstanceOf(UnknownFormat);
          }
          expect(capture.reading.messages).toBeLessThanOrEqual(3);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
