import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditCapture } from '../../src/audit/auditCapture.ts';
import type { WrittenPacket } from '../../src/capture/pcapngWriter.ts';
import { captureOf, oneFile, readAll } from '../support/captures.ts';

const ends = {
  source: { address: '203.0.113.5', port: 49_152 },
  destination: { address: '198.51.100.2', port: 5_060 },
};
const back = { source: ends.destination, destination: ends.source };

const sdp = 'v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

interface Given {
  readonly lengths: readonly string[];
  readonly type?: string;
  readonly body?: string;
}

const headers = (number: number, method: string, { lengths, type }: Given) =>
  [
    `Via: SIP/2.0/TCP 203.0.113.5:49152;branch=z9hG4bK${number}`,
    'From: <sip:alice@example.org>;tag=a',
    'To: <sip:alice@example.org>',
    'Call-ID: r',
    `CSeq: ${number} ${method}`,
    'Max-Forwards: 70',
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    ...lengths.map((length) => `Content-Length: ${length}`),
    '\r\n',
  ].join('\r\n');

const request = (number: number, given: Given) =>
  `OPTIONS sip:alice@example.org SIP/2.0\r\n${headers(number, 'OPTIONS', given)}${given.body ?? ''}`;
const answer = (number: number) => `SIP/2.0 200 OK\r\n${headers(number, 'OPTIONS', { lengths: ['0'] })}`;

const segment = (atMs: number, text: string, more: Partial<WrittenPacket> = {}): WrittenPacket => ({
  atMs: 1_767_225_600_000 + atMs,
  ...ends,
  transport: 'tcp',
  payload: Buffer.from(text),
  ...more,
});

/** Texts as they were read, with what is listed as malformed. */
async function read(packets: readonly WrittenPacket[]) {
  const file = captureOf(packets);
  const { messages, texts, reading } = await readAll(file);
  const audit = await auditCapture(oneFile(file, 65_536), {});
  const malformed = audit.malformedMessages.map(({ frame, reason }) => ({ frame, reason }));
  return { messages, texts, reading, malformed };
}

const right = request(2, { lengths: [String(sdp.length)], type: 'application/sdp', body: sdp });
const last = request(3, { lengths: ['0'] });

const withSdp = { type: 'application/sdp', body: sdp };
const wrong: readonly (readonly [what: string, given: Given, reason: RegExp])[] = [
  ['too long, without a body', { lengths: ['20'] }, /line 8: found Content-Length 20; expected at most 0/],
  ['longer than the next message', { lengths: ['9000'] }, /Content-Length 9000; expected at most 0/],
  ['just as long as the next message', { lengths: [String(right.length)] }, /expected at most 0/],
  ['too long for its body', { lengths: [String(sdp.length + 2)], ...withSdp }, /expected at most 91/],
  ['too short by half', { lengths: ['50'], ...withSdp }, /found Content-Length 50; expected Content-Length 91/],
  ['too short by a line', { lengths: [String(sdp.length - 24)], ...withSdp }, /expected Content-Length 91/],
  ['0 with a body', { lengths: ['0'], ...withSdp }, /found Content-Length 0; expected Content-Length 91/],
  ['missing', { lengths: [] }, /line 1: found no Content-Length; expected Content-Length 0/],
  ['missing with a body', { lengths: [], ...withSdp }, /found no Content-Length; expected Content-Length 91/],
  ['there twice, and different', { lengths: ['91', '20'], ...withSdp }, /Content-Length/],
  ['there twice, the first one wrong', { lengths: ['20', '91'], ...withSdp }, /Content-Length/],
  ['there twice, and equal', { lengths: ['91', '91'], ...withSdp }, /Content-Length/],
  ['no number', { lengths: ['many'] }, /found .*many.*; expected a number of bytes/],
  ['no number, with a body', { lengths: ['0x5b'], ...withSdp }, /expected a number of bytes/],
  ['negative', { lengths: ['-1'] }, /expected a number of bytes/],
  ['more than any message has', { lengths: ['99999999'] }, /found Content-Length 99999999/],
];

test.each(wrong)(
  'a Content-Length that is %s swallows nothing and is listed, in one segment',
  async (_, given, reason) => {
    const bad = request(1, given);
    const { texts, malformed, reading } = await read([segment(0, `${bad}${right}${last}`)]);
    expect(texts).toEqual([bad, right, last]);
    // The handshake that the writer puts in front has three packets.
    expect(malformed).toEqual([{ frame: 4, reason: expect.stringMatching(reason) }]);
    expect(reading.incompleteStreams).toBe(0);
  },
);

test.each(wrong)('a Content-Length that is %s: each message in a segment of its own', async (_, given, reason) => {
  const bad = request(1, given);
  const { texts, messages, malformed } = await read([segment(0, bad), segment(5_000, right), segment(6_000, last)]);
  expect(texts).toEqual([bad, right, last]);
  expect(messages.map(({ frame }) => frame)).toEqual([4, 5, 6]);
  expect(messages.map(({ atMs }) => Math.round(atMs - 1_767_225_600_000))).toEqual([0, 5_000, 6_000]);
  expect(malformed).toEqual([{ frame: 4, reason: expect.stringMatching(reason) }]);
});

test('at the end of the capture a message that a body seemed to hold comes out, and only a body cut short waits', async () => {
  const bad = request(1, { lengths: ['9000'], type: 'multipart/mixed' });
  const swallowed = await read([segment(0, `${bad}${last}`)]);
  expect(swallowed.texts).toEqual([bad, last]);
  expect(swallowed.reading.incompleteStreams).toBe(0);
  expect(swallowed.malformed).toHaveLength(1);
  const cut = await read([segment(0, last), segment(1, right.slice(0, -20))]);
  expect(cut.texts).toEqual([last]);
  expect(cut.reading.incompleteStreams).toBe(1);
});

test('a request that is answered although its body never came stands before its answer, with its own time', async () => {
  const bad = request(1, { lengths: ['20'] });
  const { messages, texts } = await read([segment(0, bad), segment(10, answer(1), back), segment(5_000, last)]);
  expect(texts).toEqual([bad, answer(1), last]);
  expect(messages.map(({ frame }) => frame)).toEqual([4, 5, 6]);
});

test('an answer to something else does not end the wait for a body', async () => {
  const whole = request(1, { lengths: ['91'], ...withSdp });
  const [head, rest] = [whole.slice(0, -60), whole.slice(-60)];
  const { texts, malformed } = await read([segment(0, head), segment(10, answer(7), back), segment(20, rest)]);
  expect(texts).toEqual([answer(7), whole]);
  expect(malformed).toEqual([]);
});

test('a body that is a part of a message, or the log of one, stays one, in any segments', async () => {
  const log = `${answer(9)}${request(8, { lengths: ['0'] })}`;
  const types = ['message/sipfrag', 'text/plain'];
  const all = types.map((type, index) => request(index, { lengths: [String(log.length)], type, body: log }));
  const stream = `${all.join('')}${last}`;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(stream.length), { maxLength: 6 }), async (cuts) => {
      const bounds = [0, ...cuts.toSorted((one, other) => one - other), stream.length];
      const parts = bounds.slice(1).map((end, index) => stream.slice(bounds[index], end));
      const packets = parts.filter((part) => part !== '').map((part, index) => segment(index, part));
      const { texts, malformed } = await read(packets);
      expect(texts).toEqual([...all, last]);
      expect(malformed).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test('what comes where a message had to begin, and is none, keeps the capture from being complete', async () => {
  const bad = request(1, { lengths: ['0'], type: 'application/sdp' });
  const { texts, reading } = await read([segment(0, bad), segment(1, sdp), segment(2, last)]);
  expect(texts).toEqual([bad, last]);
  expect(reading.incompleteStreams).toBe(1);
});
