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

/** The outbound proxy of the app is named, never followed: whatever form it has will do. */
const text: Reader<string> = (given) => given;

/** What an account can say about push, and what its values are. */
export const readers = {
  active: bool,
  enabled: bool,
  mode,
  domain: address,
  outboundProxy: address,
  natEmulation: bool,
  registrationRefreshMs: refresh,
  autoSend180: bool,
  appProxy: text,
} as const;

export type AttributeName = keyof typeof readers;

/** The settings of the push server, after the prefix of the account and that of push. */
const pushNames = {
  enabled: 'enabled',
  mode: 'RegistrationMode',
  outboundProxy: 'OutboundProxy',
  natEmulation: 'NATEmulation',
  registrationRefreshMs: 'RegistrationRefresh',
  autoSend180: 'AutoSend180',
} as const;

/** The settings of the account itself, after its prefix, in every spelling. FreePBX's module and bulk tables say `domain`. */
const accountNames = {
  domain: ['credentials.domain', 'domain'],
  active: ['enabled'],
  appProxy: ['outboundProxy'],
} as const;

/** The same in the settings of the desktop softphones, after `proxies:proxyN:`; they know no push. */
const desktopNames = { domain: 'domain', active: 'enabled', appProxy: 'proxy' } as const;

const isPushName = (attribute: AttributeName): attribute is keyof typeof pushNames => attribute in pushNames;

const pushPrefixes = ['briaPush', 'bria.push'] as const;
const accountPrefixes = (account: number) => [`account${account}`, `account${account}Sip`];

/** How many accounts Stretto knows. */
export const accountNumbers = [1, 2, 3, 4, 5] as const;

/** The first of the desktop's `proxies:proxy0` to `proxy4` is account 1. */
const desktopKey = (attribute: keyof typeof desktopNames, account: number): string =>
  `proxies:proxy${account - 1}:${desktopNames[attribute]}`;

/**
 * Every valid key of an account, as users are told them. The sources differ (the product article, ProVu's guide, the
 * FusionPBX pages, FreePBX's module); they mean one setting.
 */
function spellingsOf(attribute: AttributeName, account: number): string[] {
  const prefixes = accountPrefixes(account);
  if (isPushName(attribute)) {
    return prefixes.flatMap((prefix) => pushPrefixes.map((push) => `${prefix}.${push}.${pushNames[attribute]}`));
  }
  const own = prefixes.flatMap((prefix) => accountNames[attribute].map((name) => `${prefix}.${name}`));
  return [...own, desktopKey(attribute, account)];
}

/** The key under which a setting of an account is written where the file has none yet. */
export const keyOf = (attribute: AttributeName, account: number): string =>
  attribute === 'enabled' ? 'bria.push.enabled' : (spellingsOf(attribute, account)[0] ?? attribute);

/** What a key stands for: a setting of one account, or, without a number, of every account. */
export interface Meaning {
  readonly attribute: AttributeName;
  readonly account: number | null;
}

const attributeNames = Object.keys(readers) as AttributeName[];
const known = new Map<string, Meaning>();
for (const attribute of attributeNames) {
  for (const account of accountNumbers) {
    for (const key of spellingsOf(attribute, account)) known.set(key.toLowerCase(), { attribute, account });
  }
}
for (const push of pushPrefixes) known.set(`${push}.enabled`.toLowerCase(), { attribute: 'enabled', account: null });

/** One spelling of a key: forms on web pages write `--` where a dot cannot stand (FusionPBX's pages for Bria). */
const plainKey = (key: string): string => key.replaceAll('--', '.').toLowerCase();

/** What a key of the file means, in any spelling and case; undefined where it is none of ours. */
export const meaningOf = (key: string): Meaning | undefined => known.get(plainKey(key));

/** Whether a key is of the settings of the desktop softphones. */
export const isDesktopKey = (key: string): boolean => /^proxies:proxy\d+:/i.test(key);

/** The largest edit distance at which an unknown key is taken for a misspelt known one. */
const slips = 2;

/**
 * Whether a key that means nothing was meant to, so that it would be lost silently: it speaks of push, or is a slip of
 * the pen away from a valid key. The desktop has more accounts than Stretto: they are no slips.
 */
export const seemsMisspelt = (key: string): boolean => {
  if (speaksOfPush(key)) return true;
  if (/^proxies:proxy(?:[5-9]|\d{2,}):/i.test(key)) return false;
  const plain = plainKey(key);
  return [...known.keys()].some(
    (valid) => Math.abs(valid.length - plain.length) <= slips && distance(plain, valid) <= slips,
  );
};

const speaksOfPush = (key: string): boolean =>
  /bria\.?push/i.test(plainKey(key)) ||
  /^account\d*(sip)?\.(registrationmode|autosend180|natemulation|registrationrefresh)$/i.test(plainKey(key));

/** The number of an account that Stretto does not know, where a key names one. */
export function unknownAccountIn(key: string): number | null {
  const [, number] = /^account(\d+)(?:sip)?\./i.exec(plainKey(key)) ?? [];
  return number === undefined || accountNumbers.some((one) => one === Number(number)) ? null : Number(number);
}

/** The valid keys for `nearestWord`. */
export const validKeys = (): string[] => [
  'bria.push.enabled',
  ...accountNumbers.flatMap((account) => attributeNames.flatMap((attribute) => spellingsOf(attribute, account))),
];
