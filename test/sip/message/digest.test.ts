import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerChallenge,
  challengesOf,
  type DigestChallenge,
  isRightAnswer,
  parseAnswer,
  strongestPerRealm,
} from '../../../src/sip/message/digest.ts';

const challenged = (...values: readonly string[]) =>
  challengesOf({ headers: values.map((value) => ({ name: 'WWW-Authenticate', value })) });

const only = (value: string): DigestChallenge => {
  const [challenge] = challenged(value);
  if (challenge === undefined) throw new Error('no challenge');
  return challenge;
};

const responseIn = (value: string) => /response="([\da-f]+)"/.exec(value)?.[1];

const rfc2617 =
  'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
const rfc7616 =
  'Digest realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const api = 'Digest realm="api@example.org", qop="auth", nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK"';
const mufasa = { username: 'Mufasa', password: 'Circle of Life' };
const cnonce7616 = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';

describe('an answer', () => {
  it.each([
    [
      'RFC 2617 3.5',
      `${rfc2617}, qop="auth,auth-int"`,
      { ...mufasa, password: 'Circle Of Life' },
      '0a4f113b',
      '/dir/index.html',
      '6629fae49393a05397450978507c4ef1',
    ],
    [
      'the same without qop, as in RFC 2069',
      rfc2617,
      { ...mufasa, password: 'Circle Of Life' },
      '',
      '/dir/index.html',
      '670fd8c2df070c60b045671b8b24ff02',
    ],
    [
      'RFC 7616 3.9.1, MD5',
      `${rfc7616}, algorithm=MD5`,
      mufasa,
      cnonce7616,
      '/dir/index.html',
      '8ca523f5e9506fed4657c9700eebdbec',
    ],
    [
      'RFC 7616 3.9.1, SHA-256',
      `${rfc7616}, algorithm=SHA-256`,
      mufasa,
      cnonce7616,
      '/dir/index.html',
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    ],
    [
      'RFC 7616 3.9.2, erratum 4897',
      `${api}, algorithm=SHA-512-256`,
      { username: 'Jäsøn Doe', password: 'Secret, or not?' },
      'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
      '/doe.json',
      '3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5',
    ],
  ])('is that of %s', (_, challenge, credentials, cnonce, uri, response) => {
    const { name, value } = answerChallenge(only(challenge), credentials, {
      method: 'GET',
      uri,
      cnonce,
      nonceCount: 1,
    });
    expect(name).toBe('Authorization');
    expect(responseIn(value)).toBe(response);
  });

  it('with -sess hashes the secret once more, with both nonces (RFC 7616 3.4.2)', () => {
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const key = md5(`${md5('u:r:p')}:n:c`);
    const challenge = only('Digest realm="r", nonce="n", algorithm=MD5-sess, qop=auth');
    const request = { method: 'REGISTER', uri: 'sip:r', cnonce: 'c', nonceCount: 31 };
    const { value } = answerChallenge(challenge, { username: 'u', password: 'p' }, request);
    expect(responseIn(value)).toBe(md5(`${key}:n:0000001f:c:auth:${md5('REGISTER:sip:r')}`));
  });

  it('to a proxy goes into Proxy-Authorization', () => {
    const [challenge] = challengesOf({ headers: [{ name: 'Proxy-Authenticate', value: rfc2617 }] });
    const request = { method: 'INVITE', uri: 'sip:b@h', cnonce: 'c', nonceCount: 1 };
    const header = challenge && answerChallenge(challenge, mufasa, request);
    expect(header?.name).toBe('Proxy-Authorization');
    // Without qop there is neither cnonce nor count (RFC 3261 22.4 item 8), and no algorithm that was not named.
    expect(header?.value).not.toMatch(/cnonce|nc=|algorithm/);
  });

  it('is right for its method and password only, whatever the texts in it', () => {
    const text = fc.string({ maxLength: 12 }).filter((drawn) => !/[\r\n]/.test(drawn));
    const algorithm = fc.constantFrom('MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'sha-512-256-SESS');
    const quotedString = (drawn: string) => `"${drawn.replace(/["\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(text, text, text, text, algorithm, fc.boolean(), (realm, nonce, username, password, name, hasQop) => {
        const texts = `realm=${quotedString(realm)},nonce=${quotedString(nonce)}`;
        const challenge = only(`Digest ${texts},algorithm=${name}${hasQop ? ',qop="auth"' : ''}`);
        const request = { method: 'REGISTER', uri: 'sip:h', cnonce: 'abc', nonceCount: 2 };
        const answer = parseAnswer(answerChallenge(challenge, { username, password }, request).value);
        expect(answer).toMatchObject({ realm, nonce, username, uri: 'sip:h' });
        expect(answer && isRightAnswer(answer, 'REGISTER', password)).toBe(true);
        expect(answer && isRightAnswer(answer, 'REGISTER', `${password}x`)).toBe(false);
        expect(answer && isRightAnswer(answer, 'INVITE', password)).toBe(false);
        expect(answer && isRightAnswer({ ...answer, response: '' }, 'REGISTER', password)).toBe(false);
      }),
    );
  });

  it.each([
    'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    'Digest username="u", realm="r", nonce="n", uri="sip:r"',
    'Digest username="u", realm="r", nonce="n", uri="sip:r", response="1", qop=auth',
    'Digest username="u", realm="r", nonce="n", uri="sip:r", response="1", qop=auth, cnonce="c", nc=1',
    'Digest username="u", realm="r", nonce="n", uri="sip:r", response="1", algorithm=ROT13',
    'Digest username="open',
    '',
  ])('%s is none', (value) => expect(parseAnswer(value)).toBeUndefined());
});

describe('challenges', () => {
  it('may stand in one line or in several', () => {
    const [one, other] = ['Digest realm="a", nonce="1", qop="auth,auth-int"', 'Digest realm="b",nonce="2",stale=TRUE'];
    const expected = [
      { header: 'WWW-Authenticate', realm: 'a', nonce: '1', qop: 'auth', stale: false },
      { header: 'WWW-Authenticate', realm: 'b', nonce: '2', stale: true },
    ];
    expect(challenged(one, other)).toEqual(expected);
    expect(challenged(`${one}, ${other}`)).toEqual(expected);
    expect(challenged(`NewScheme x="y", ${one},${other}`)).toEqual(expected);
  });

  it.each([
    'Digest realm="a"',
    'Digest realm="a", nonce="1", algorithm=X',
    'Digest realm="a", nonce="1", qop="auth-int"',
    'NTLM',
    'Digest realm="a',
  ])('%s cannot be answered', (value) => expect(challenged(value)).toEqual([]));

  it('are answered with the strongest for each realm; of equals the topmost', () => {
    const offers = [
      '',
      ', algorithm=MD5, qop="auth"',
      ', algorithm=SHA-256',
      ', algorithm=SHA-256-sess, qop="auth"',
      ', algorithm=SHA-256, qop="auth"',
    ];
    const challenges = challenged(
      ...offers.map((offer, index) => `Digest realm="a", nonce="${index}"${offer}`),
      'Digest realm="b", nonce="b"',
    );
    expect(strongestPerRealm(challenges).map(({ nonce }) => nonce)).toEqual(['3', 'b']);
    expect(strongestPerRealm([])).toEqual([]);
  });
});
