import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { moduleAddress } from '../model/module.ts';

/** A secret for the URL, so that only who was given it gets the page. */
export const newToken = (): string => randomBytes(18).toString('base64url');

const isEqual = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** Why a request is refused, or null. */
export interface Refusal {
  readonly status: 403 | 405 | 415 | 421;
  readonly why: string;
}

const hostsOf = (port: number): string[] => [`127.0.0.1:${port}`, `localhost:${port}`];

/** A page elsewhere whose name was made to lead here (DNS rebinding) still says its name. */
function wrongHost({ headers }: IncomingMessage, port: number): Refusal | null {
  const hosts = hostsOf(port);
  if (hosts.includes(headers.host ?? '')) return null;
  return { status: 421, why: `found the Host ${headers.host ?? '(none)'}; expected ${hosts[0]}` };
}

function wrongToken({ url = '/' }: IncomingMessage, token: string): Refusal | null {
  const [, given = ''] = url.split(/[/?]/);
  if (isEqual(given, token)) return null;
  return {
    status: 403,
    why: 'found an address without the right token; expected the whole address that `ringproof inspect` printed',
  };
}

/** Only the page itself asks about its module: a browser names the page that sends, and lets no page send JSON elsewhere unasked. */
function wrongQuestion({ url, headers }: IncomingMessage): Refusal | null {
  if (url?.split('/')[2] !== moduleAddress) return { status: 405, why: 'found POST; expected GET' };
  if (headers.origin === undefined) return { status: 403, why: 'found no Origin; expected that of the page' };
  if (headers['content-type'] === 'application/json') return null;
  return { status: 415, why: `found ${headers['content-type'] ?? 'nothing'}; expected application/json` };
}

/** Judges a request before anything else looks at it. */
export function refusalOf(request: IncomingMessage, port: number, token: string): Refusal | null {
  const { origin } = request.headers;
  const host = wrongHost(request, port);
  if (host !== null) return host;
  if (origin !== undefined && !hostsOf(port).some((own) => origin === `http://${own}`)) {
    return { status: 403, why: 'found the Origin of another page; expected this one' };
  }
  if (request.method === 'POST') return wrongToken(request, token) ?? wrongQuestion(request);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, why: `found ${request.method}; expected GET` };
  }
  return wrongToken(request, token);
}

const loopbackOrigin = /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/;

/** Judges a WebSocket: an application under development has another origin, but one of this machine, or none. */
export function refusalOfSocket(request: IncomingMessage, port: number, token: string): Refusal | null {
  const { origin } = request.headers;
  if (origin !== undefined && !loopbackOrigin.test(origin)) {
    return { status: 403, why: 'found the Origin of a page elsewhere; expected one of this machine' };
  }
  return wrongHost(request, port) ?? wrongToken(request, token);
}

/** The scripts and styles that stand in a page itself, by their hashes. */
export interface Inline {
  readonly scripts?: readonly string[];
  readonly styles?: readonly string[];
}

/**
 * Nothing comes from elsewhere and nothing goes there; no page elsewhere may frame or read this one. There is no opener policy:
 * who could open the page knows its token, and for it a browser starts another process, which takes longer than the page.
 */
export const securityHeaders = ({ scripts = [], styles = [] }: Inline = {}) => ({
  'Content-Security-Policy': [
    "default-src 'none'",
    ["script-src 'self'", ...scripts].join(' '),
    ["style-src 'self'", ...styles].join(' '),
    "connect-src 'self'",
    "worker-src 'self' blob:",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
});
