import { createHash, timingSafeEqual } from 'node:crypto';
import { headerValues } from './headers.ts';
import type { Header, SipMessage } from './message.ts';
import { parseParams } from './params.ts';
import { isToken, quoted, splitOutside } from './text.ts';

/** Hash functions from the weakest to the strongest, as SIP and node:crypto name them (RFC 8760 2.1). */
const hashes = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;
type HashName = keyof typeof hashes;
const strength = Object.keys(hashes);

/** An algorithm of RFC 8760; `-sess` binds the key to the first nonce. */
export type DigestAlgorithm = HashName | `${HashName}-sess`;

/** A challenge that can be answered: of scheme Digest, with an algorithm above, and with qop auth or none. */
export interface DigestChallenge {
  /** A server asks in the first header, a proxy in the second (RFC 3261 22.2, 22.3). */
  readonly header: 'WWW-Authenticate' | 'Proxy-Authenticate';
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string;
  /** Absent where the server did not name one: it is MD5, and the answer names none either. */
  readonly algorithm?: DigestAlgorithm;
  /** Whether the answer is protected by cnonce and nonce count; without it as in RFC 2069. */
  readonly qop?: 'auth';
  /** The nonce was too old, but name and password were right (RFC 7616 3.3). */
  readonly stale: boolean;
}

/** Name and password of an account. */
export interface DigestCredentials {
  readonly username: string;
  readonly password: string;
}

/** What an Authorization or Proxy-Authorization header says. */
export interface DigestAnswer {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** Hexadecimal, in lower case. */
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  readonly opaque?: string;
  /** The three of them are present together, or none is. */
  readonly protection?: { readonly qop: 'auth'; readonly cnonce: string; readonly nonceCount: number };
  /** The client's nonce; a `-sess` algorithm needs it even without qop. */
  readonly cnonce?: string;
}

type AuthParams = ReadonlyMap<string, string | null>;

const hashOf = (algorithm: DigestAlgorithm): HashName => algorithm.replace(/-sess$/, '') as HashName;

function algorithmOf(params: AuthParams): DigestAlgorithm | undefined {
  const found = (params.get('algorithm') ?? 'MD5').toUpperCase();
  const [, hash = '', session] = /^(.*?)(-SESS)?$/.exec(found) ?? [];
  if (!Object.hasOwn(hashes, hash)) return undefined;
  return session === undefined ? (hash as HashName) : `${hash as HashName}-sess`;
}

/** The credentials or challenges in a header value: each begins with a scheme, the commas separate parameters (7235 2.1). */
function authParams(value: string): { scheme: string; params: AuthParams }[] {
  const groups: { scheme: string; params: string[] }[] = [];
  for (const part of splitOutside(value, ',') ?? []) {
    const space = /^([^\s=]+)[ \t]+/.exec(part);
    const first = space === null ? part : part.slice(space[0].length);
    if (space?.[1] !== undefined && isToken(space[1]) && !first.startsWith('='))
      groups.push({ scheme: space[1], params: [first] });
    else groups.at(-1)?.params.push(part);
  }
  return groups.flatMap(({ scheme, params }) => {
    const read = parseParams(params.map((param) => `;${param}`).join(''));
    return read === undefined ? [] : [{ scheme: scheme.toLowerCase(), params: read }];
  });
}

function challengeOf(header: DigestChallenge['header'], params: AuthParams): DigestChallenge | undefined {
  const [realm, nonce, opaque, qop] = ['realm', 'nonce', 'opaque', 'qop'].map((name) => params.get(name) ?? undefined);
  const algorithm = algorithmOf(params);
  const protections = qop?.split(',').map((word) => word.trim().toLowerCase());
  if (realm === undefined || nonce === undefined || algorithm === undefined) return undefined;
  if (protections !== undefined && !protections.includes('auth')) return undefined;
  return {
    header,
    realm,
    nonce,
    ...(opaque !== undefined && { opaque }),
    ...(params.has('algorithm') && { algorithm }),
    ...(protections && { qop: 'auth' as const }),
    stale: params.get('stale')?.toLowerCase() === 'true',
  };
}

/**
 * The challenges in a 401 or 407 that can be answered, in order. Left out: other schemes, unknown algorithms, a qop of
 * auth-int only, and what is malformed; `headerValues` has them all.
 */
export const challengesOf = (message: Pick<SipMessage, 'headers'>): DigestChallenge[] =>
  (['WWW-Authenticate', 'Proxy-Authenticate'] as const).flatMap((header) =>
    headerValues(message, header)
      .flatMap(authParams)
      .filter(({ scheme }) => scheme === 'digest')
      .map(({ params }) => challengeOf(header, params))
      .filter((challenge) => challenge !== undefined),
  );

const strengthOf = ({ algorithm = 'MD5', qop }: DigestChallenge): number =>
  2 * strength.indexOf(hashOf(algorithm)) + (qop === undefined ? 0 : 1);

/**
 * The strongest challenge for each realm and kind of server; of equals the topmost. That is the local policy for which
 * RFC 8760 2.4 leaves room: a server's order could be tampered with on the way.
 */
export function strongestPerRealm(challenges: readonly DigestChallenge[]): DigestChallenge[] {
  const best = new Map<string, DigestChallenge>();
  for (const challenge of challenges) {
    const realm = `${challenge.header} ${challenge.realm}`;
    const rival = best.get(realm);
    if (rival === undefined || strengthOf(challenge) > strengthOf(rival)) best.set(realm, challenge);
  }
  return [...best.values()];
}

const nonceCountText = (nonceCount: number): string => nonceCount.toString(16).padStart(8, '0');

/** What the response of an answer has to be (RFC 7616 3.4.1 to 3.4.3; RFC 2069 without qop). */
function expectedResponse(answer: Omit<DigestAnswer, 'response'>, method: string, password: string): string {
  const { username, realm, nonce, uri, algorithm, protection, cnonce } = answer;
  const hash = (...parts: string[]) => createHash(hashes[hashOf(algorithm)]).update(parts.join(':')).digest('hex');
  const secret = hash(username, realm, password);
  const key = algorithm.endsWith('-sess') ? hash(secret, nonce, cnonce ?? '') : secret;
  const request = hash(method, uri);
  if (protection === undefined) return hash(key, nonce, request);
  return hash(key, nonce, nonceCountText(protection.nonceCount), protection.cnonce, protection.qop, request);
}

/** For which request a challenge is answered. */
export interface ChallengedRequest {
  readonly method: string;
  /** The Request-URI, as in the start line. */
  readonly uri: string;
  /** Random in production: a token that the server cannot foresee. */
  readonly cnonce: string;
  /** 1 for the first request with this nonce, then one more each time. */
  readonly nonceCount: number;
}

/** The header that answers a challenge (RFC 3261 22.4, RFC 7616 3.4). */
export function answerChallenge(
  challenge: DigestChallenge,
  { username, password }: DigestCredentials,
  { method, uri, cnonce, nonceCount }: ChallengedRequest,
): Header {
  const { realm, nonce, opaque, qop, algorithm = 'MD5' } = challenge;
  const isSession = algorithm.endsWith('-sess');
  const protection = qop && { qop, cnonce, nonceCount };
  const answer = { username, realm, nonce, uri, algorithm, cnonce, ...(protection && { protection }) };
  const texts = { username, realm, nonce, uri, response: expectedResponse(answer, method, password), opaque };
  const strings = Object.entries({ ...texts, cnonce: qop || isSession ? cnonce : undefined });
  const parts = [
    ...strings
      .filter((pair): pair is [string, string] => pair[1] !== undefined)
      .map(([name, text]) => `${name}=${quoted(text)}`),
    ...(challenge.algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${nonceCountText(nonceCount)}`]),
  ];
  const name = challenge.header === 'WWW-Authenticate' ? 'Authorization' : 'Proxy-Authorization';
  return { name, value: `Digest ${parts.join(', ')}` };
}

function protectionOf(params: AuthParams, cnonce: string | undefined): DigestAnswer['protection'] | 'malformed' {
  if (!params.has('qop')) return undefined;
  const digits = params.get('nc') ?? '';
  const nonceCount = /^[\da-f]{8}$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
  const isAuth = params.get('qop')?.toLowerCase() === 'auth';
  return isAuth && nonceCount !== undefined && cnonce !== undefined ? { qop: 'auth', cnonce, nonceCount } : 'malformed';
}

/** Reads the value of an Authorization or Proxy-Authorization header; undefined where it is not a whole Digest answer. */
export function parseAnswer(value: string): DigestAnswer | undefined {
  const params = authParams(value).find(({ scheme }) => scheme === 'digest')?.params ?? new Map<string, string>();
  const [username, realm, nonce, uri, response, opaque, cnonce] = [
    'username',
    'realm',
    'nonce',
    'uri',
    'response',
    'opaque',
    'cnonce',
  ].map((name) => params.get(name) ?? undefined);
  const algorithm = algorithmOf(params);
  const protection = protectionOf(params, cnonce);
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined) return undefined;
  if (response === undefined || algorithm === undefined || protection === 'malformed') return undefined;
  return {
    username,
    realm,
    nonce,
    uri,
    response: response.toLowerCase(),
    algorithm,
    ...(opaque !== undefined && { opaque }),
    ...(protection && { protection }),
    ...(cnonce !== undefined && { cnonce }),
  };
}

/**
 * Whether an answer was made with that password for that method. Its nonce, realm, URI and nonce count are the server's
 * to compare with what it has asked for.
 */
export function isRightAnswer(answer: DigestAnswer, method: string, password: string): boolean {
  const expected = Buffer.from(expectedResponse(answer, method, password));
  const given = Buffer.from(answer.response);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
