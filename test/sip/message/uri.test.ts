import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHost, isSipUri, parseUri, sameUri, type Uri, unescaped, uriText } from '../../../src/sip/message/uri.ts';

const uri = (text: string): Uri => {
  const parsed = parseUri(text);
  if (parsed === undefined) throw new Error(`${text} is refused`);
  return parsed;
};

describe('a URI', () => {
  it.each([
    'sip:alice@atlanta.com',
    'sips:alice:secretword@atlanta.com;transport=tcp',
    'sip:+1-212-555-1212:1234@gateway.com;user=phone',
    'sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com',
    'sip:alice;day=tuesday@atlanta.com',
    'sip:a@[2001:db8::9:1]:5070;lr;maddr=[::1]',
    'sip:192.0.2.4',
    'tel:+12125551212;ext=1',
    'nobodyKnowsThisScheme:totallyopaquecontent',
    'sip:a@h?Route=%3Csip:x%3E&Route=%3Csip:y%3E&Subject=',
    'sip:sip%3Auser%40example.com@example.com',
  ])('%s is written as it was read', (text) =>
    expect(uriText(uri(text))).toBe(text.replace('nobodyKnowsThisS', 'nobodyknowsthiss')),
  );

  it.each([
    'alice@atlanta.com',
    'sip:',
    'sip:@h',
    'sip:a@b@c',
    'sip:a b@h',
    'sip:a@h:',
    'sip:a@h:65536',
    'sip:a@h:5060x',
    'sip:a@[::1',
    'sip:a@::1',
    'sip:a@h;p=1;P=2',
    'sip:a@h;',
    'sip:a@h?x',
    'sip:%4@h',
    'sip:a@h;x=<y>',
    'sip:ä@h',
    'tel:',
    ':x',
  ])('%s is refused', (text) => expect(parseUri(text)).toBeUndefined());

  it('gives its parts', () => {
    expect(uri('SIP:A%20b:c@Example.COM:5070;Transport=TCP;lr?h=v')).toEqual({
      scheme: 'sip',
      user: 'A%20b',
      password: 'c',
      host: 'example.com',
      port: 5070,
      params: new Map([
        ['transport', 'TCP'],
        ['lr', null],
      ]),
      headers: [['h', 'v']],
    });
    expect(isSipUri(uri('tel:1'))).toBe(false);
    expect(unescaped('A%20b%C3%A4')).toBe('A bä');
    expect(unescaped('ab')).toBe('ab');
    expect([isHost('a-b.c'), isHost('[::1]'), isHost('a..b'), isHost('a b'), isHost('')]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

/** The examples of RFC 3261 19.1.4, and IPv6 by RFC 5954 4.2. */
const equivalent = [
  ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
  ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;newparam=5'],
  [
    'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
    'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
  ],
  [
    'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
    'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
  ],
  ['sip:bob@[2001:db8::9:1]', 'sip:bob@[2001:db8::9:01]'],
  ['tel:123', 'tel:123'],
] as const;

const different = [
  ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
  ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
  ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
  ['sip:a%3Bb@h', 'sip:a;b@h'],
  ['sip:h', 'sip:a@h'],
  ['sip:a@h', 'sips:a@h'],
  ['sip:a@h', 'tel:1'],
] as const;

describe('two URIs', () => {
  it.each(equivalent)('%s and %s are equivalent', (one, other) => {
    expect(sameUri(uri(one), uri(other))).toBe(true);
    expect(sameUri(uri(other), uri(one))).toBe(true);
  });

  it.each(different)('%s and %s are not', (one, other) => {
    expect(sameUri(uri(one), uri(other))).toBe(false);
    expect(sameUri(uri(other), uri(one))).toBe(false);
  });

  it('are the same or not in both directions', () => {
    const anyUri = fc.constantFrom(...[...equivalent, ...different].flat()).map(uri);
    fc.assert(fc.property(anyUri, anyUri, (one, other) => sameUri(one, other) === sameUri(other, one)));
  });
});
