import { InvalidArgumentError } from 'commander';
import { type AddressPattern, aorIn, numberIn } from '../audit/addresses.ts';
import type { Alias } from '../audit/aliases.ts';
import type { Instant } from '../audit/auditor.ts';
import { addressBytes, addressText } from '../capture/endpoint.ts';

export function parseAddress(text: string): AddressPattern {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]+)\]|([^:]+|[\da-f:.]*:[\da-f:.]*:[\da-f:.]*?))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const bytes = addressBytes(text) ?? addressBytes(bracketed ?? plain ?? '');
  const port = addressBytes(text) !== null || digits === undefined ? null : Number(digits);
  if (bytes === null || (port !== null && (port === 0 || port > 65_535))) {
    throw new InvalidArgumentError('expected an IP address, such as 192.0.2.7, 192.0.2.7:5060 or [2001:db8::7]:5060');
  }
  return { address: addressText(bytes), port };
}

export function parseAor(text: string): string {
  const aor = aorIn(/^sips?:/i.test(text) ? text : `sip:${text}`);
  if (aor === null) throw new InvalidArgumentError('expected an address of record, such as sip:alice@example.org');
  return aor;
}

/** `NAME=TARGET`; the last equals sign separates them, because a user part may have one. */
function parsePair(text: string, example: string): readonly [name: string, target: string] {
  const equals = text.lastIndexOf('=');
  const [name, target] = [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
  if (equals < 1 || target === '')
    throw new InvalidArgumentError(`expected two names with = between them, such as ${example}`);
  return [name, target.replace(/^sips?:/i, '')];
}

export function parseNumber(text: string, before: readonly Alias[]): Alias[] {
  const [name, target] = parsePair(text, '+4930123456=alice');
  const number = numberIn(name.replace(/^(?:sips?|tel):/i, ''));
  if (number === null) throw new InvalidArgumentError('expected a telephone number first, such as +4930123456=alice');
  return [...before, { kind: 'number', name: number, target: normalisedHost(target) }];
}

export function parseAlias(text: string, before: readonly Alias[]): Alias[] {
  const [name, target] = parsePair(text, 'info@example.org=alice@example.org or 198.51.100.2=example.org');
  const isHost = !name.includes('@');
  if (isHost && target.includes('@')) {
    throw new InvalidArgumentError('expected two addresses or two hosts, such as 198.51.100.2=example.org');
  }
  return [
    ...before,
    { kind: 'alias', name: normalisedHost(name.replace(/^sips?:/i, '')), target: normalisedHost(target) },
  ];
}

/** Hosts are compared in lower case, users as they are (RFC 3261 19.1.4). */
function normalisedHost(name: string): string {
  const at = name.lastIndexOf('@');
  return at < 0 && !name.includes('.') ? name : `${name.slice(0, at + 1)}${name.slice(at + 1).toLowerCase()}`;
}

/** Seconds from the first SIP message on, as the report counts them, or a date with time. */
export function parseInstant(text: string): Instant {
  const [, digits] = /^(\d+(?:\.\d+)?) ?s?$/.exec(text) ?? [];
  if (digits !== undefined) return { isRelative: true, ms: Number(digits) * 1_000 };
  const isDate = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text);
  const ms = isDate ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new InvalidArgumentError(
      'expected seconds from the first SIP message, such as 12.5, or a time such as 2026-01-01T00:00:10Z',
    );
  }
  return { isRelative: false, ms };
}

export const parseRepeated = (text: string, before: readonly string[] = []): string[] => [...before, text];
