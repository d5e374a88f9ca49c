import { describe, expect, it } from 'vitest';
import { canonicalName } from '../../../src/sip/message/headerNames.ts';
import {
  addressesOf,
  contactExpires,
  contactsOf,
  cseqOf,
  expiresOf,
  headerValue,
  headerValues,
  maxForwardsOf,
  minExpiresOf,
  retryAfterOf,
  topVia,
  withHeader,
} from '../../../src/sip/message/headers.ts';
import { nameAddressText, parseNameAddress, tagOf } from '../../../src/sip/message/nameAddress.ts';
import { noParams, paramsOf } from '../../../src/sip/message/params.ts';
import { parseVia, viaText } from '../../../src/sip/message/via.ts';

const headed = (...lines: readonly string[]) => ({
  headers: lines.map((line) => ({ name: line.slice(0, line.indexOf(':')), value: line.slice(line.indexOf(':') + 2) })),
});

describe('header names', () => {
  it.each([
    ['i', 'Call-ID'],
    ['CALL-ID', 'Call-ID'],
    ['cseq', 'CSeq'],
    ['www-authenticate', 'WWW-Authenticate'],
    ['x-my-HEADER', 'X-My-Header'],
    ['l', 'Content-Length'],
    ['__proto__', '__proto__'],
    ['constructor', 'Constructor'],
  ])('%s is %s', (name, canonical) => expect(canonicalName(name)).toBe(canonical));
});

describe('lists', () => {
  it('are split at commas outside quotes and brackets, over several lines', () => {
    const message = headed('Contact: "a, \\"b" <sip:a,b@h>;q=0.5, <sip:c@h>', 'Contact: sip:d@h');
    expect(headerValues(message, 'Contact')).toEqual(['"a, \\"b" <sip:a,b@h>;q=0.5', '<sip:c@h>', 'sip:d@h']);
    expect(addressesOf(message, 'Contact').map(({ displayName }) => displayName)).toEqual([
      'a, "b',
      undefined,
      undefined,
    ]);
  });

  it('are no lists where commas belong to the value', () => {
    const message = headed('Date: Sat, 13 Nov 2010 23:29:00 GMT', 'WWW-Authenticate: Digest realm="a", nonce="b"');
    expect(headerValues(message, 'Date')).toHaveLength(1);
    expect(headerValues(message, 'WWW-Authenticate')).toHaveLength(1);
  });
});

describe('typed readers', () => {
  const message = headed(
    'Via: SIP / 2.0 / udp [2001:DB8::1] : 5070 ;branch=z9hG4bKx;rport;received=192.0.2.1, SIP/2.0/TCP h',
    'CSeq: 4294967295 INVITE',
    'Max-Forwards: 70',
    'Expires: 3600',
    'Min-Expires: 60',
    'Retry-After: 18000;duration=3600 (in a meeting)',
    'Contact: <sip:a@h;transport=tcp>;expires=60;+sip.instance="<urn:uuid:1>", <sip:b@h>',
  );

  it('read the topmost hop', () => {
    expect(topVia(message)).toEqual({
      transport: 'UDP',
      host: '[2001:db8::1]',
      port: 5070,
      params: paramsOf({ branch: 'z9hG4bKx', rport: null, received: '192.0.2.1', ttl: undefined }),
    });
    expect(headerValue(message, 'Via')).toContain('udp');
  });

  it('read numbers', () => {
    expect(cseqOf(message)).toEqual({ number: 4_294_967_295, method: 'INVITE' });
    expect([maxForwardsOf(message), expiresOf(message), minExpiresOf(message), retryAfterOf(message)]).toEqual([
      70, 3600, 60, 18_000,
    ]);
    const nonsense = headed('Max-Forwards: 256', 'Expires: -1', 'Retry-After: soon');
    expect([maxForwardsOf(nonsense), expiresOf(nonsense), retryAfterOf(nonsense)]).toEqual(Array(3).fill(undefined));
  });

  it('give every contact its own expiration, else that of the message', () => {
    const contacts = contactsOf(message);
    expect(contacts !== '*' && contacts.map((contact) => contactExpires(message, contact))).toEqual([60, 3600]);
    expect(contacts !== '*' && contacts[0]?.params.get('+sip.instance')).toBe('<urn:uuid:1>');
    expect(contactsOf(headed('Contact: *'))).toBe('*');
  });

  it('replace a header in its place', () => {
    const { headers } = headed('Route: <sip:a>', 'To: <sip:b@h>', 'Route: <sip:c>');
    expect(withHeader(headers, 'Route', '<sip:d>', '<sip:e>')).toEqual(
      headed('Route: <sip:d>', 'Route: <sip:e>', 'To: <sip:b@h>').headers,
    );
    expect(withHeader(headers, 'Expires', '0').at(-1)).toEqual({ name: 'Expires', value: '0' });
  });
});

describe('addresses', () => {
  const uri = { scheme: 'sip', user: 'a', host: 'h', params: noParams, headers: [] };

  it.each([
    ['sip:a@h;tag=1', { uri, params: paramsOf({ tag: '1' }) }],
    ['<sip:a@h>;tag=1;lr', { uri, params: paramsOf({ tag: '1', lr: null }) }],
    ['<sip:a@h;tag=1>', { uri: { ...uri, params: paramsOf({ tag: '1' }) }, params: noParams }],
    ['Jürgen (Büro) Ä. <sip:a@h>', { displayName: 'Jürgen (Büro) Ä.', uri, params: noParams }],
    ['"<sip:x@y>" <sip:a@h>', { displayName: '<sip:x@y>', uri, params: noParams }],
    ['"" <sip:a@h>', { displayName: '', uri, params: noParams }],
    ['a<sip:a@h> ; tag = "x y"', { displayName: 'a', uri, params: paramsOf({ tag: 'x y' }) }],
  ])('%s is read', (text, expected) => {
    const address = parseNameAddress(text);
    expect(address).toEqual(expected);
    if (address?.displayName !== '') expect(address && parseNameAddress(nameAddressText(address))).toEqual(address);
  });

  it.each([
    '"open <sip:a@h>',
    '<sip:a@h',
    'sip:a@h?x=y',
    'a, b <sip:a@h>',
    '<sip:a@h>;tag=1;tag=2',
    '<sip:a@h>;;',
    '<sip:a@h> x',
    '< sip:a@h>',
    '<>',
    '',
    '*',
  ])('%s is refused', (text) => expect(parseNameAddress(text)).toBeUndefined());

  it('have a tag or none', () => {
    expect(tagOf(parseNameAddress('<sip:a@h>;tag=x'))).toBe('x');
    expect(tagOf(parseNameAddress('<sip:a@h>;tag'))).toBeUndefined();
    expect(tagOf(undefined)).toBeUndefined();
  });
});

describe('hops', () => {
  it.each(['SIP/2.0/UDP', 'UDP h', 'SIP/2.0/UDP h:x', 'SIP/2.0/UDP h;a=1;A=2', 'SIP/2.0/UDP h h', 'SIP/2.0/UDP [::g]'])(
    '%s is refused',
    (text) => expect(parseVia(text)).toBeUndefined(),
  );

  it('are written as they were read', () => {
    const text = 'SIP/2.0/TLS [::1]:5061;branch=z9hG4bKa;received=::1;rport=5';
    const via = parseVia(text);
    expect(via && viaText(via)).toBe(text);
  });
});
