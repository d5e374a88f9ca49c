import fc from 'fast-check';
import { expect } from 'vitest';
import type { WrittenPacket } from '../../src/capture/pcapngWriter.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { captureOf, pcapOf, rawPackets, readAll } from '../support/captures.ts';
import { dissect, withTshark } from '../support/programs/tshark.ts';

const pairs = [
  { source: { address: '192.0.2.1', port: 5070 }, destination: { address: '198.51.100.2', port: 5071 } },
  { source: { address: '2001:db8::1', port: 5070 }, destination: { address: '2001:db8::2', port: 5071 } },
];

const request = (method: string, number: number, bodyLength: number) =>
  [
    `${method} sip:bob@example.org SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK${number}`,
    'Max-Forwards: 70',
    'From: <sip:alice@example.org>;tag=1',
    'To: <sip:bob@example.org>',
    `Call-ID: ${number}@192.0.2.1`,
    `CSeq: ${number} ${method}`,
    `Content-Length: ${bodyLength}`,
    '',
    'x'.repeat(bodyLength),
  ].join('\r\n');

const some = fc.array(
  fc.record({
    method: fc.constantFrom('INVITE', 'REGISTER', 'OPTIONS', 'MESSAGE'),
    body: fc.nat(5_000),
    ends: fc.constantFrom(...pairs),
    transport: fc.constantFrom('udp' as const, 'tcp' as const),
    comment: fc.option(fc.constantFrom('lost', 'zwölf'), { nil: undefined }),
  }),
  { minLength: 60, maxLength: 60 },
);

type Some = typeof some extends fc.Arbitrary<infer One> ? One : never;

const written = (all: Some): WrittenPacket[] =>
  all.map(({ method, body, comment, ends, transport }, index) => ({
    ...ends,
    transport,
    atMs: 1_700_000_000_000 + index,
    payload: Buffer.from(request(method, index + 1, body)),
    ...(comment !== undefined && { comment }),
  }));

const asSip = { ports: ['udp.port==5071', 'tcp.port==5071'] };

withTshark('tshark finds nothing wrong with what is written: checksums, messages, comments', () => {
  fc.assert(
    fc.property(some, (all) => {
      const file = captureOf(written(all));
      const fields = [
        'ip.checksum.status',
        'udp.checksum.status',
        'tcp.checksum.status',
        'sip.Method',
        'frame.comment',
      ];
      const rows = dissect(file, fields, asSip);
      // Status 1 is good; IPv6 has none of its own.
      expect(new Set(rows.map(([ip, udp, tcp]) => `${ip || '1'}${udp}${tcp}`))).toEqual(new Set(['11']));
      const methods = rows.flatMap(([, , , method = '']) => (method === '' ? [] : method.split(',')));
      expect(methods).toEqual(all.map(({ method }) => method));
      const comments = rows.flatMap(([, , , , comment = '']) => (comment === '' ? [] : [comment]));
      expect(comments).toEqual(all.flatMap(({ comment }) => comment ?? []));
    }),
    { numRuns: 2 },
  );
});

withTshark('tshark and the reader find the same messages', async () => {
  await fc.assert(
    fc.asyncProperty(some, fc.boolean(), async (all, isPcap) => {
      const file = isPcap ? pcapOf(rawPackets(written(all))) : captureOf(written(all));
      const theirs = dissect(file, ['sip.Method', 'sip.CSeq.seq'], { ...asSip, filter: 'sip.Method' }).flatMap(
        ([methods = '', numbers = '']) => {
          const all = numbers.split(',');
          return methods.split(',').map((method, index) => `${all[index]} ${method}`);
        },
      );
      const { messages } = await readAll(file);
      const ours = messages.map(({ bytes }) => {
        const message = parseMessage(bytes);
        return message.kind === 'malformed'
          ? message.found
          : message.headers.find(({ name }) => name === 'CSeq')?.value;
      });
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 2 },
  );
});
