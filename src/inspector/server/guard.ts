import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A secret for the URL, so that only who was given it gets the page. */
export const newToken = (): string => randomBytes(18).toString('base64url');

const isEqual = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** Why a request is refused, or null. */
export interface Refusal {
  readonly status: 403 | 405 | 421;
  readonly why: string;
}

/**
 * Judges a request before anything else looks at it. The Host tells a page elsewhere whose name was made to lead here
 * (DNS rebinding), the Origin a page elsewhere that asks openly, the token everybody else.
 */
export function refusalOf(
  { method, headers, url = '/' }: IncomingMessage,
  port: number,
  token: string,
): Refusal | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? '')) {
    return { status: 421, why: `found the Host ${headers.host ?? '(none)'}; expected ${hosts[0]}` };
  }
  const { origin } = headers;
  if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`)) {
    return { status: 403, why: 'found the Origin of another page; expected this one' };
  }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, why: `found ${method}; expected GET` };
  const [, given = ''] = url.split('/');
  if (isEqual(given, token)) return null;
  return {
    status: 403,
    why: 'found an address without the right token; expected the whole address that `ringproof inspect` printed',
  };
}

/** Nothing comes from elsewhere and nothing goes there; no page elsewhere may frame or read this one. */
export const securityHeaders = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'worker-src blob:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
} as const;
