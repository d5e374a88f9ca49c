import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { challengesOf } from '../../../src/sip/message/digest.ts';
import { contactsOf, fromOf, viasOf } from '../../../src/sip/message/headers.ts';
import { datagramLimits, parseMessage } from '../../../src/sip/message/parse.ts';
import { responseTo } from '../../../src/sip/message/response.ts';
import { serialise } from '../../../src/sip/message/serialise.ts';
import { streamParser } from '../../../src/sip/message/streamParser.ts';
import { parseUri } from '../../../src/sip/message/uri.ts';

const torture = ['wsinv', 'intmeth', 'longreq', 'mpart01', 'unreason', 'regbadct', 'transports', 'esc01'].map((name) =>
  readFileSync(`node_modules/sip/test/messages/${name}.dat`),
);

/** Whatever comes in: a message that can be used, or what is wrong with it, and the answer to it is a message again. */
function expectVerdict(bytes: Uint8Array) {
  const message = parseMessage(bytes);
  if (message.kind === 'malformed') {
    expect(message.line).toBeGreaterThan(0);
    if (message.answerable === undefined) return;
    const { request, status } = message.answerable;
    expect(request.method).not.toBe('ACK');
    expect(serialise(responseTo(request, status, { toTag: 'x' })).length).toBeGreaterThan(0);
  } else {
    expect(parseMessage(serialise(message)).kind).toBe(message.kind);
    expect(viasOf(message).length).toBeGreaterThan(0);
    expect(fromOf(message)).toBeDefined();
  }
}

describe('hostile bytes', () => {
  it('at random never break the parser', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), expectVerdict));
  });

  it('in a message that was valid never break it', () => {
    const mutation = fc.tuple(
      fc.nat(),
      fc.constantFrom('replace', 'insert', 'delete'),
      fc.uint8Array({ minLength: 1, maxLength: 4 }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...torture),
        fc.array(mutation, { minLength: 1, maxLength: 8 }),
        (original, mutations) => {
          let bytes: Buffer = original;
          for (const [place, how, patch] of mutations) {
            const at = place % bytes.length;
            const rest = bytes.subarray(how === 'insert' ? at : at + patch.length);
            bytes = Buffer.concat([
              bytes.subarray(0, at),
              how === 'delete' ? Buffer.alloc(0) : patch,
              rest,
              Buffer.from('\n'),
            ]);
          }
          expectVerdict(bytes);
          streamParser({ ...datagramLimits, openedBy: 'peer' }).push(bytes);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('that are no UTF-8 are found at their line', () => {
    const bytes = Buffer.from('BYE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nSubject: M\xfcller\r\n\r\n', 'latin1');
    expect(parseMessage(bytes)).toMatchObject({
      kind: 'malformed',
      line: 3,
      expected: 'UTF-8',
      answerable: { status: 400 },
    });
  });

  it('and line breaks that are no CRLF are refused: others might read another message', () => {
    expect(parseMessage(Buffer.from('BYE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h\nTo: <sip:b@h>\r\n\r\n'))).toMatchObject(
      { line: 2, found: '"\\n"' },
    );
  });

  it('beyond the limits are refused with 513', () => {
    const start = 'BYE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n';
    const long = parseMessage(Buffer.from(`${start}X: ${'a'.repeat(65_536)}\r\n\r\n`));
    expect(long).toMatchObject({ kind: 'malformed', expected: 'at most 65535', answerable: { status: 513 } });
    const many = parseMessage(Buffer.from(`${start}${'X: a\r\n'.repeat(300)}\r\n`));
    expect(many).toMatchObject({ kind: 'malformed', found: '301 headers', line: 258, answerable: { status: 513 } });
  });

  /** Each takes far longer than a test may if a scan is quadratic. */
  it.each([
    ['blanks', ' '],
    ['tabs in front of a semicolon', '\t;'],
    ['commas', ','],
    ['quotes', '"'],
    ['backslashes', '"\\'],
    ['angle brackets', '<'],
    ['closed brackets', '<>'],
    ['colons', ' : '],
    ['equals signs', '=='],
    ['escapes', '%41'],
    ['dots', 'a.'],
    ['slashes', ' / '],
    ['folds', '\r\n \t'],
    ['Digest', 'Digest a=b, '],
    ['parameters', ';a=b'],
  ])('in great numbers take no long time: %s', (_, unit) => {
    const limits = { maxBytes: 16_000_000, maxHeaders: 256 };
    const many = unit.repeat(Math.ceil(200_000 / unit.length));
    const values = ['x', '"x', '<sip:x', '<sip:x@h>;x', 'SIP/2.0/UDP h', 'SIP', 'sip:x@h', 'Digest a="'].map(
      (start) => start + many,
    );
    for (const name of ['Via', 'From', 'Contact', 'CSeq', 'Route']) {
      for (const value of values) {
        const bytes = Buffer.from(`BYE sip:b@h SIP/2.0\r\n${name}: ${value}\r\n${name}x\r\n\r\n`);
        expect(parseMessage(bytes, limits).kind).toBe('malformed');
      }
    }
    for (const value of values) {
      const headers = [
        { name: 'Contact', value },
        { name: 'WWW-Authenticate', value },
      ];
      expect(contactsOf({ headers })).toBeDefined();
      expect(challengesOf({ headers })).toEqual([]);
      expect(parseUri(value) === undefined || value.startsWith('sip:x@h')).toBe(true);
    }
    expect(parseMessage(Buffer.from(`${many} ${many} SIP/2.0\r\n\r\n`), limits).kind).toBe('malformed');
  });
});
