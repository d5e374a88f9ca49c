import { distance } from 'fastest-levenshtein';
import { type RegistrationModeName, registrationModeNames, registrationModes } from '../machines/registrationModes.ts';

/** A host with the port that `domain:port` names, if it names one. */
export interface Address {
  readonly host: string;
  readonly port: number | null;
}

/** Reads the text of a value, or says what was expected instead. */
type Reader<T> = (text: string) => T | { readonly expected: string };

const bool: Reader<boolean> = (text) => {
  if (/^(true|1|yes)$/i.test(text)) return true;
  return /^(false|0|no)$/i.test(text) ? false : { expected: 'true or false' };
};

const mode: Reader<RegistrationModeName> = (text) =>
  registrationModeNames.find((name) => String(registrationModes[name].number) === text) ?? {
    expected: `0, 1, 2 or 3 (${registrationModeNames.map((name) => registrationModes[name].title).join(', ')})`,
  };

/** `RegistrationRefresh` is in seconds; a day is more than any registrar grants. */
const refresh: Reader<number> = (text) => {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= 86_400) return seconds * 1000;
  return { expected: 'whole seconds from 1 to 86400' };
};

const address: Reader<Address> = (text) => {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d+))?$/i.exec(text);
  const port = match?.[2] === undefined ? null : Number(match[2]);
  if (match === null) return { expected: 'a host, or host:port' };
  if (port !== null && (port < 1 || port > 65_535)) return { expected: 'a port from 1 to 65535' };
  return { host: (match[1] ?? '').toLowerCase(), port };
};

/** What an account can say about push, and what its values are. */
export const readers = {
  enabled: bool,
  mode,
  domain: address,
  outboundProxy: address,
  natEmulation: bool,
  registrationRefreshMs: refresh,
  autoSend180: bool,
} as const;

export type AttributeName = keyof typeof readers;

/**
 * The names of the push settings in the spellings that the sources use (the product article, ProVu's guide and
 * FusionPBX's templates differ); they mean one setting. N is the account; only `bria.push.enabled` does without.
 */
const names: Readonly<Record<AttributeName, string>> = {
  enabled: 'enabled',
  mode: 'RegistrationMode',
  domain: 'credentials.domain',
  outboundProxy: 'OutboundProxy',
  natEmulation: 'NATEmulation',
  registrationRefreshMs: 'RegistrationRefresh',
  autoSend180: 'AutoSend180',
};

const pushPrefixes = ['briaPush', 'bria.push'] as const;
const accountPrefixes = (account: number) => [`account${account}`, `account${account}Sip`];

/** How many accounts Stretto knows. */
export const accountNumbers = [1, 2, 3, 4, 5] as const;

/** Every valid key of an account, as users are told them. */
function spellingsOf(attribute: AttributeName, account: number): string[] {
  const prefixes = accountPrefixes(account);
  if (attribute === 'domain') return prefixes.map((prefix) => `${prefix}.${names.domain}`);
  return prefixes.flatMap((prefix) => pushPrefixes.map((push) => `${prefix}.${push}.${names[attribute]}`));
}

/** The key under which a setting of an account is written where the file has none yet. */
export const keyOf = (attribute: AttributeName, account: number): string =>
  attribute === 'enabled' ? 'bria.push.enabled' : (spellingsOf(attribute, account)[0] ?? names[attribute]);

const known = new Map<string, { attribute: AttributeName; account: number | null }>();
for (const attribute of Object.keys(names) as AttributeName[]) {
  for (const account of accountNumbers) {
    for (const key of spellingsOf(attribute, account)) known.set(key.toLowerCase(), { attribute, account });
  }
}
for (const push of pushPrefixes) known.set(`${push}.enabled`.toLowerCase(), { attribute: 'enabled', account: null });

/** What a key of the file means, in any spelling and case; undefined where it is none of ours. */
export const meaningOf = (key: string) => known.get(key.toLowerCase());

/** The largest edit distance at which an unknown key is taken for a misspelt known one. */
const slips = 2;

/**
 * Whether a key that means nothing was meant to, so that it would be lost silently: it speaks of push, or is a slip of
 * the pen away from a valid key.
 */
export const seemsMisspelt = (key: string): boolean =>
  speaksOfPush(key) || validKeys().some((valid) => distance(key.toLowerCase(), valid.toLowerCase()) <= slips);

const speaksOfPush = (key: string): boolean =>
  /bria\.?push/i.test(key) ||
  /^account\d*(sip)?\.(registrationmode|autosend180|natemulation|registrationrefresh)$/i.test(key);

/** The valid keys for `nearestWord`. */
export const validKeys = (): string[] => [
  'bria.push.enabled',
  ...accountNumbers.flatMap((account) =>
    (Object.keys(names) as AttributeName[]).flatMap((attribute) => spellingsOf(attribute, account)),
  ),
];
