import { InputError, type InputProblem } from '../sim/input/inputError.ts';
import { nearestWord } from '../sim/input/nearestWord.ts';
import {
  type AttributeName,
  accountNumbers,
  isDesktopKey,
  type Meaning,
  meaningOf,
  readers,
  seemsMisspelt,
  unknownAccountIn,
  validKeys,
} from './attributes.ts';
import { readEntries } from './entries.ts';
import type { Entry } from './entry.ts';
import { OwnedSettings, type Subject, subjectsOf, type User, type Whose } from './ownedSettings.ts';
import { shown } from './shown.ts';

type ValueOf<Name extends AttributeName> = Exclude<ReturnType<(typeof readers)[Name]>, { readonly expected: string }>;

/** What the file says of one account; undefined where it says nothing. */
export type Account = Whose & {
  readonly account: number;
  /** Whether everything comes from the settings of a desktop softphone, which know no push. */
  readonly isDesktop?: true;
} & { readonly [Name in AttributeName]?: ValueOf<Name> };

/** A setting in the file. */
export interface Place {
  readonly key: string;
  readonly line: number;
}

/** What a provisioning file says, as far as it can be understood, and everything that is wrong with it. */
export interface Survey {
  readonly accounts: readonly Account[];
  readonly problems: readonly InputProblem[];
  /** How and where a setting of an account is written; null where the file says nothing. */
  readonly placeOf: (account: Account, attribute: AttributeName) => Place | null;
  /** The names of the settings that say nothing about push, in their order. Never their values. */
  readonly unread: readonly string[];
  /** How many further settings have no name that can be shown without showing more. */
  readonly unnamed: number;
  /** Users of whom no account is known. */
  readonly usersWithoutAccount: readonly User[];
}

const attributeNames = Object.keys(readers) as AttributeName[];

function accountsOf({ whose, scopes }: Subject, settings: OwnedSettings): Account[] {
  return accountNumbers.flatMap((account): Account[] => {
    const spoken = scopes.flatMap((scope) =>
      attributeNames.flatMap((name) => settings.own(scope, account, name) ?? []),
    );
    // The desktop writes down accounts that it does not have, as switched off.
    if (spoken.every(({ attribute }) => attribute === 'active')) return [];
    const values = attributeNames.flatMap((name) => {
      const one = settings.get(scopes, account, name);
      return one === undefined ? [] : [[name, one.value] as const];
    });
    const isDesktop = spoken.every(({ entry }) => isDesktopKey(entry.key));
    return [{ account, ...whose, ...(isDesktop && { isDesktop }), ...Object.fromEntries(values) } as Account];
  });
}

/** Reads one setting, or says what is wrong with it. */
function readValue(attribute: AttributeName, { key, value, line }: Entry): { value: unknown } | InputProblem {
  const read: unknown = readers[attribute](value);
  if (typeof read !== 'object' || read === null || !('expected' in read)) return { value: read };
  return { line, found: `${JSON.stringify(shown(value))} for ${shown(key)}`, expected: String(read.expected) };
}

function misspelt({ key, line }: Entry): InputProblem {
  const number = unknownAccountIn(key);
  if (number !== null) {
    const [first, last] = [accountNumbers[0], accountNumbers.at(-1)];
    return { line, found: `account ${number} in ${shown(key)}`, expected: `an account from ${first} to ${last}` };
  }
  const hint = nearestWord(key, validKeys());
  return {
    line,
    found: `the unknown setting ${shown(key)}`,
    expected: 'a setting of push',
    ...(hint !== undefined && { hint }),
  };
}

const contradiction = ({ key, value, line }: Entry, before: Entry): InputProblem => ({
  line,
  found: `${key}=${shown(value)}`,
  expected: `the same as ${before.key}=${shown(before.value)} in line ${before.line}: both are one setting`,
});

/** Templates leave a proxy empty to say that there is none; the desktop writes down every setting that it knows. */
const saysNothing = ({ key, value }: Entry, { attribute }: Meaning): boolean =>
  value === '' && (attribute === 'outboundProxy' || attribute === 'appProxy' || isDesktopKey(key));

/** Lines that are no settings can be anything, also a part of a key or a certificate: only names are told on. */
const isName = (key: string): boolean => /^[a-z][\w-]*(?:[.:][\w-]+)*$/i.test(key) && key.length <= 80;

/** The entries of a file by what they are. */
interface Sorted {
  readonly settings: OwnedSettings;
  readonly problems: readonly InputProblem[];
  /** Keys that say nothing about push. */
  readonly unread: ReadonlySet<string>;
}

function sorted(entries: readonly Entry[]): Sorted {
  const settings = new OwnedSettings();
  const problems: InputProblem[] = [];
  const unread = new Set<string>();
  const misspeltKeys = new Set<string>();
  for (const entry of entries) {
    const { key } = entry;
    const meaning = meaningOf(key);
    if (meaning !== undefined) problems.push(...understood(entry, meaning, settings));
    else if (unread.has(key) || misspeltKeys.has(key)) continue;
    else if (!seemsMisspelt(key)) unread.add(key);
    else {
      misspeltKeys.add(key);
      problems.push(misspelt(entry));
    }
  }
  return { settings, problems, unread };
}

/** Adds a setting to the others; says what is wrong with it. */
function understood(entry: Entry, meaning: Meaning, settings: OwnedSettings): InputProblem[] {
  if (saysNothing(entry, meaning)) return [];
  const read = readValue(meaning.attribute, entry);
  if ('found' in read) return [read];
  const before = settings.add(entry, meaning, read.value);
  const isOther = before !== null && JSON.stringify(before.value) !== JSON.stringify(read.value);
  return isOther ? [contradiction(entry, before.entry)] : [];
}

/** Every account of a provisioning file that is spoken of. Throws an InputError for any other kind of file. */
export function surveyProvisioning(text: string, file: string): Survey {
  const { entries, owners, problems: unreadable } = readEntries(text, file);
  const { settings, problems, unread } = sorted(entries);
  const perSubject = subjectsOf(owners).map((subject) => ({ subject, accounts: accountsOf(subject, settings) }));
  const scopesOf = new Map(
    perSubject.flatMap(({ subject: { scopes }, accounts }) => accounts.map((one) => [one, scopes] as const)),
  );
  const named = [...unread].filter(isName);
  return {
    accounts: perSubject.flatMap(({ accounts }) => accounts),
    problems: foremost([...unreadable, ...problems]),
    placeOf: (account, attribute) =>
      settings.get(scopesOf.get(account) ?? [], account.account, attribute)?.entry ?? null,
    unread: named,
    unnamed: unread.size - named.length,
    usersWithoutAccount: perSubject.flatMap(({ subject: { whose }, accounts }) =>
      accounts.length === 0 && whose.user !== undefined ? [whose.user] : [],
    ),
  };
}

/** More than anyone reads at once; the rest of them is counted. */
const mostProblems = 40;

/** The problems in the order of their lines; of very many the first. */
function foremost(problems: readonly InputProblem[]): InputProblem[] {
  const all = [...problems].sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
  const more = all.length - mostProblems;
  if (more <= 0) return all;
  const rest = {
    line: all[mostProblems]?.line ?? null,
    found: `${more} more problems from there on`,
    expected: 'none',
  };
  return [...all.slice(0, mostProblems), rest];
}

/** Every account of a provisioning file that is spoken of. Throws an InputError with every problem in it. */
export function readProvisioning(text: string, file: string): readonly Account[] {
  const { accounts, problems } = surveyProvisioning(text, file);
  if (problems.length > 0) throw new InputError({ file, problems });
  if (accounts.length > 0) return accounts;
  throw noAccount(file);
}

/** The file speaks of no account. */
export function noAccount(file: string): InputError {
  const expected = 'settings such as account1.credentials.domain and account1.briaPush.RegistrationMode';
  return new InputError({ file, problems: [{ line: null, found: 'no account', expected }] });
}
