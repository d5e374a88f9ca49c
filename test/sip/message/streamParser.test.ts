import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datagramLimits } from '../../../src/sip/message/parse.ts';
import { serialise } from '../../../src/sip/message/serialise.ts';
import { type StreamItem, type StreamOptions, streamParser } from '../../../src/sip/message/streamParser.ts';
import { drawnMessage, everything } from './drawnMessages.ts';

const fromPeer: StreamOptions = { ...datagramLimits, openedBy: 'peer' };
const fromUs: StreamOptions = { ...datagramLimits, openedBy: 'us' };

const head = (...lines: readonly string[]) =>
  [
    'BYE sip:b@h SIP/2.0',
    'Via: SIP/2.0/TCP h',
    'From: <sip:a@h>',
    'To: <sip:b@h>',
    'Call-ID: c',
    'CSeq: 1 BYE',
    ...lines,
    '',
    '',
  ].join('\r\n');

const bye = head('Content-Length: 0');

/** The items that come out when the bytes arrive in pieces cut at those places. */
function inPieces(bytes: Uint8Array, cuts: readonly number[], options: StreamOptions): StreamItem[] {
  const parser = streamParser(options);
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).flatMap((place, index) => parser.push(bytes.subarray(places[index], place)));
}

const kinds = (items: readonly StreamItem[]) => items.map(({ kind }) => kind);

describe('a stream', () => {
  const item = fc.oneof(
    drawnMessage(everything).map(({ message }) => serialise(message)),
    fc.constant(Buffer.from('\r\n\r\n')),
  );

  it('gives the same items however it is cut', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), fc.array(fc.nat()), (items, cuts) => {
        const bytes = Buffer.concat(items);
        const whole = inPieces(bytes, [], fromPeer);
        expect(inPieces(bytes, cuts, fromPeer)).toEqual(whole);
        expect(whole).toHaveLength(items.length);
      }),
    );
  });

  it('gives the same items byte by byte', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 3 }), (items) => {
        const bytes = Buffer.concat(items);
        const everywhere = [...bytes.keys()];
        expect(inPieces(bytes, everywhere, fromPeer)).toEqual(inPieces(bytes, [], fromPeer));
      }),
      { numRuns: 20 },
    );
  });

  it('has pings from who opened the connection', () => {
    const text = `\r\n\r\n${bye}\r\n\r\n\r\n\r\n`;
    expect(kinds(inPieces(Buffer.from(text), [], fromPeer))).toEqual(['ping', 'request', 'ping', 'ping']);
  });

  it('ignores one line break in front of a start line', () => {
    expect(kinds(inPieces(Buffer.from(`${bye}\r\n${bye}`), [], fromPeer))).toEqual(['request', 'request']);
  });

  it('has pongs for who opened it, each at once', () => {
    const parser = streamParser(fromUs);
    expect(kinds(parser.push(Buffer.from('\r\n')))).toEqual(['pong']);
    expect(kinds(parser.push(Buffer.from(`${bye}\r`)))).toEqual(['request']);
    expect(kinds(parser.push(Buffer.from('\n')))).toEqual(['pong']);
  });

  it('goes on after a malformed message whose length is known', () => {
    const bad = head('Max-Forwards: many', 'Content-Length: 2');
    const parser = streamParser(fromPeer);
    const items = parser.push(Buffer.from(`${bad}xx${bye}`));
    expect(kinds(items)).toEqual(['malformed', 'request']);
    expect(items[0]).toMatchObject({ line: 7, answerable: { status: 400 } });
    expect(parser.isLost).toBe(false);
  });

  it.each([
    ['without Content-Length', head(), 'no usable Content-Length'],
    ['with two different ones', head('Content-Length: 0', 'Content-Length: 9'), 'a second Content-Length'],
    ['with an unreadable one', head('Content-Length: -1'), 'Content-Length: "-1"'],
    ['with a body that is too long', head('Content-Length: 65535'), '65535 bytes of body'],
    ['that is no SIP', 'GET / HTTP/1.1\r\nHost: h\r\n\r\n', '"GET / HTTP/1.1"'],
    ['whose headers do not end', 'a'.repeat(65_536), 'more than 65535 bytes'],
    ['whose headers end too late', head(`X: ${'a'.repeat(65_535)}`, 'Content-Length: 0'), 'more than 65535 bytes'],
  ])('is lost at a message %s', (_, text, found) => {
    const parser = streamParser(fromPeer);
    const [item, ...more] = parser.push(Buffer.from(text + bye));
    expect(item).toMatchObject({ kind: 'malformed', found });
    expect([more, parser.isLost, parser.push(Buffer.from(bye))]).toEqual([[], true, []]);
  });

  it('takes time in proportion to its length, byte by byte', () => {
    const parser = streamParser({ ...fromPeer, maxBytes: 4_000_000 });
    const text = Buffer.from(head(`X: ${'\r\n a'.repeat(250_000)}`, 'Content-Length: 0'));
    let items: StreamItem[] = [];
    for (let at = 0; at < text.length; at++) items = parser.push(text.subarray(at, at + 1));
    expect(kinds(items)).toEqual(['request']);
  });
});
