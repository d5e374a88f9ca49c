import { describe, expect, test } from 'vitest';
import { callIdOf, contactsOf, cseqOf, fromOf, toOf, topVia } from '../../../src/sip/message/headers.ts';
import { readLeniently } from '../../../src/sip/message/lenient.ts';
import { repairedUri } from '../../../src/sip/message/repair.ts';

const usual = {
  start: 'INVITE sip:alice@example.org SIP/2.0',
  via: 'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1',
  from: 'From: <sip:bob@example.net>;tag=c',
  to: 'To: <sip:alice@example.org>',
  id: 'Call-ID: one',
  cseq: 'CSeq: 7 INVITE',
  contact: 'Contact: <sip:bob@192.0.2.1>',
};

const textWith = (changed: Partial<typeof usual>, more: readonly string[] = [], end = '\r\n') =>
  [...Object.values({ ...usual, ...changed }), ...more, '', 'body'].join(end);

const read = (text: string, encoding: BufferEncoding = 'utf8') => {
  const { message, problem } = readLeniently(Buffer.from(text, encoding));
  if (message === null) throw new Error(`not read: ${problem?.found}`);
  return { message, problem };
};

describe('what endpoints act on is read, and what is wrong with it is said', () => {
  test('a message without fault has no problem', () => {
    expect(read(textWith({})).problem).toBeNull();
  });

  test('Latin-1', () => {
    const { message, problem } = read(textWith({ from: 'From: Zoë <sip:bob@example.net>;tag=c' }), 'latin1');
    expect(fromOf(message)).toMatchObject({ displayName: 'Zoë' });
    expect(problem).toMatchObject({ line: 3, found: 'bytes that are no UTF-8' });
  });

  test.each(['\n', '\r'])('lines that end with %j alone', (end) => {
    const { message, problem } = read(textWith({}, [], end));
    expect([callIdOf(message), cseqOf(message)?.number, Buffer.from(message.body).toString()]).toEqual([
      'one',
      7,
      'body',
    ]);
    expect(problem?.found).not.toBe('');
  });

  test('a Content-Length that is too great, or no number', () => {
    for (const length of ['99', 'many']) {
      const { message, problem } = read(textWith({}, [`Content-Length: ${length}`]));
      expect(Buffer.from(message.body).toString()).toBe('body');
      expect(problem?.found).toContain(length);
    }
  });

  test('parameters and headers that stand twice: the first counts', () => {
    const { message } = read(
      textWith({ via: 'Via: SIP/2.0/UDP 192.0.2.1;branch=a;rport;rport;;branch=b' }, ['To: <sip:carol@example.org>']),
    );
    expect(topVia(message)?.params.get('branch')).toBe('a');
    expect(toOf(message)?.uri).toMatchObject({ user: 'alice' });
  });

  test('IPv6 addresses without brackets, with and without port', () => {
    const { message } = read(
      textWith({
        via: 'Via: SIP/2.0/UDP 2001:db8:0:0:0:0:0:1:5062;branch=a',
        contact: 'Contact: <sip:bob@2001:db8::1>',
      }),
    );
    expect(topVia(message)).toMatchObject({ host: '[2001:db8:0:0:0:0:0:1]', port: 5062 });
    expect(contactsOf(message)).toMatchObject([{ uri: { host: '[2001:db8::1]' } }]);
  });

  test('names without quotes, brackets that stay open, users with blanks and number signs', () => {
    const { message } = read(
      textWith({
        from: 'From: Bob, Ltd. <sip:#31#bob smith@example.net;tag=c',
        contact: 'Contact: Bob: <sip:b@192.0.2.1>;q=;expires=60',
      }),
    );
    expect(fromOf(message)?.uri).toMatchObject({ user: '%2331%23bob%20smith', host: 'example.net' });
    expect(contactsOf(message)).toMatchObject([{ uri: { host: '192.0.2.1' } }]);
  });

  test('a CSeq of another method, and a line that is no header', () => {
    const { message } = read(textWith({ cseq: 'CSeq: 7 REGISTER' }, ['what is this']));
    expect(cseqOf(message)).toEqual({ number: 7, method: 'INVITE' });
  });

  test('a response, and a request with more blanks than one', () => {
    expect(read(textWith({ start: 'SIP/2.0  200  OK ; fine' }))).toMatchObject({ message: { status: 200 } });
    expect(read(textWith({ start: 'INVITE  <sip:alice@example.org>  SIP/2.0' }))).toMatchObject({
      message: { uri: 'sip:alice@example.org' },
    });
  });
});

test('without Call-ID or a number in CSeq there is nothing to act upon', () => {
  for (const changed of [{ id: 'X: y' }, { cseq: 'CSeq: INVITE' }, { start: 'hello' }]) {
    const { message, problem } = readLeniently(Buffer.from(textWith(changed)));
    expect(message).toBeNull();
    expect(problem).not.toBeNull();
  }
});

test('a URI that is right stays as it is', () => {
  for (const uri of ['sip:a@b.example;lr', 'tel:+4930', 'sips:[2001:db8::1]:5061']) expect(repairedUri(uri)).toBe(uri);
});
