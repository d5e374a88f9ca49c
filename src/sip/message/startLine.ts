import { type Problem, problemAt } from './malformed.ts';
import { isToken, shown } from './text.ts';
import { isSipUri, parseUri } from './uri.ts';

/** What the first line says; of a malformed request as much as can be guessed, for the answer. */
export type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string; readonly problem?: Problem }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string }
  | { readonly kind: 'neither'; readonly problem: Problem };

function readStatusLine(text: string, line: number): StartLine {
  const wrong = (expected: string): StartLine => ({ kind: 'neither', problem: problemAt(line, shown(text), expected) });
  if (!/^SIP\/2\.0 /i.test(text)) return wrong('version SIP/2.0');
  const [, status, reason] = /^.{8}([1-6]\d\d)(?: (.*))?$/s.exec(text) ?? [];
  return status === undefined
    ? wrong('a status from 100 to 699')
    : { kind: 'response', status: Number(status), reason: reason ?? '' };
}

function requestProblem(text: string, line: number): Problem | undefined {
  const words = text.split(' ');
  const [method = '', uri = '', version = ''] = words;
  const wrong = (found: string, expected: string) => problemAt(line, shown(found), expected);
  if (words.length !== 3) return wrong(text, 'method, Request-URI and SIP/2.0 with one space between them');
  if (!isToken(method)) return wrong(method, 'a method');
  if (!/^SIP\/\d+\.\d+$/i.test(version)) return wrong(version, 'SIP/2.0');
  if (!/^SIP\/2\.0$/i.test(version)) return { ...wrong(version, 'version SIP/2.0'), status: 505 };
  const parsed = parseUri(uri);
  if (parsed === undefined) return wrong(uri, 'a URI without angle brackets');
  // RFC 3261 19.1.1: headers are not allowed in a Request-URI.
  return isSipUri(parsed) && parsed.headers.length > 0 ? wrong(uri, 'a URI without headers') : undefined;
}

/** Reads a Request-Line or Status-Line (RFC 3261 7.1, 7.2). */
export function readStartLine(text: string, line: number): StartLine {
  if (/^SIP\//i.test(text)) return readStatusLine(text, line);
  const [, method, uri] = /^(\S+)[ \t]+(\S.*)$/s.exec(text) ?? [];
  if (method === undefined || !/[ \t]SIP[ \t]*\//i.test(text)) {
    return { kind: 'neither', problem: problemAt(line, shown(text), 'a SIP request or response') };
  }
  const problem = requestProblem(text, line);
  const withoutVersion = (uri ?? '').slice(0, Math.max((uri ?? '').lastIndexOf(' '), 0));
  return { kind: 'request', method, uri: withoutVersion, ...(problem && { problem }) };
}
