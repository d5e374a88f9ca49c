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
import type { Entry, Owner } from './entry.ts';
import { shown } from './shown.ts';

type ValueOf<Name extends AttributeName> = Exclude<ReturnType<(typeof readers)[Name]>, { readonly expected: string }>;

/** A user of whom a file speaks, and where it begins to. */
export interface User {
  readonly name: string;
  readonly line: number;
}

/** What the file says of one account; undefined where it says nothing. */
export type Account = {
  readonly account: number;
  /** Undefined where the file does not tell users apart. */
  readonly user?: User;
  /** The profile that the settings belong to, where no user of the file has it. */
  readonly profile?: string;
  /** A profile that the user has and the file has not: what is missing here may stand there. */
  readonly missingProfile?: string;
  /** Whether everything comes from the settings of a desktop softphone, which know no push. */
  readonly isDesktop?: true;
} & { readonly [Name in AttributeName]?: ValueOf<Name> };

interface Found {
  readonly attribute: AttributeName;
  readonly entry: Entry;
  readonly value: unknown;
}

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
  /** Users of whom no account is known. */
  readonly usersWithoutAccount: readonly User[];
}

/** Users, profiles and everyone have settings of their own. */
const scopeOf = (owner: Owner | null): string => {
  if (owner === null) return 'everyone';
  return owner.user === null ? `profile ${owner.profile}` : `user ${owner.user}`;
};

/** The settings of a file by whose they are, of which account, and what they mean. */
class Settings {
  private readonly found = new Map<string, Found>();

  private slot(scope: string, { account, attribute }: Meaning): string {
    return `${scope} ${account ?? 'all'} ${attribute}`;
  }

  /** What stands there already, which the given one is then added to no more. */
  add(entry: Entry, meaning: Meaning, value: unknown): Found | null {
    const slot = this.slot(scopeOf(entry.owner), meaning);
    const before = this.found.get(slot);
    if (before === undefined) this.found.set(slot, { attribute: meaning.attribute, entry, value });
    return before ?? null;
  }

  /** What the innermost of these scopes says of an account, itself before every account. */
  get(scopes: readonly string[], account: number, attribute: AttributeName): Found | undefined {
    for (const scope of scopes) {
      const one = this.own(scope, account, attribute) ?? this.found.get(this.slot(scope, { account: null, attribute }));
      if (one !== undefined) return one;
    }
    return undefined;
  }

  /** What one scope says of that very account. */
  own(scope: string, account: number, attribute: AttributeName): Found | undefined {
    return this.found.get(this.slot(scope, { account, attribute }));
  }
}

/** Whose accounts are looked for, and the scopes that speak of him, innermost first. */
interface Subject {
  readonly about: Pick<Account, 'user' | 'profile' | 'missingProfile'>;
  readonly scopes: readonly string[];
}

/** Users, and profiles that none of them has; everyone where the file tells neither apart. */
function subjectsOf(owners: readonly Owner[]): Subject[] {
  const users = new Map<string, Owner>();
  const profiles = new Set<string>();
  for (const owner of owners) {
    const { user, profile } = owner;
    if (user === null && profile !== null) profiles.add(profile);
    else if (user !== null && (users.get(user)?.profile ?? null) === null) {
      users.set(user, { ...owner, line: users.get(user)?.line ?? owner.line });
    }
  }
  const taken = new Set([...users.values()].map(({ profile }) => profile));
  const everyone = scopeOf(null);
  const subjects = [
    ...[...users].map(([name, { profile, line }]): Subject => {
      const isMissing = profile !== null && !profiles.has(profile);
      return {
        about: { user: { name, line }, ...(isMissing && { missingProfile: profile }) },
        scopes: [`user ${name}`, ...(profile === null ? [] : [`profile ${profile}`]), everyone],
      };
    }),
    ...[...profiles]
      .filter((profile) => !taken.has(profile))
      .map((profile) => ({ about: { profile }, scopes: [`profile ${profile}`, everyone] })),
  ];
  return subjects.length === 0 ? [{ about: {}, scopes: [everyone] }] : subjects;
}

const attributeNames = Object.keys(readers) as AttributeName[];

function accountsOf({ about, scopes }: Subject, settings: Settings): Account[] {
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
    return [{ account, ...about, ...(isDesktop && { isDesktop }), ...Object.fromEntries(values) } as Account];
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

/** Every account of a provisioning file that is spoken of. Throws an InputError for any other kind of file. */
export function surveyProvisioning(text: string, file: string): Survey {
  const { entries, owners, problems: unreadable } = readEntries(text, file);
  const problems = [...unreadable];
  const settings = new Settings();
  const unread = new Set<string>();
  const complainedOf = new Set<string>();
  for (const entry of entries) {
    const { key } = entry;
    const meaning = meaningOf(key);
    if (meaning === undefined) {
      if (complainedOf.has(key) || unread.has(key)) continue;
      if (!seemsMisspelt(key)) unread.add(key);
      else {
        complainedOf.add(key);
        problems.push(misspelt(entry));
      }
    } else if (!saysNothing(entry, meaning)) {
      const read = readValue(meaning.attribute, entry);
      if ('found' in read) problems.push(read);
      else {
        const before = settings.add(entry, meaning, read.value);
        const isOther = before !== null && JSON.stringify(before.value) !== JSON.stringify(read.value);
        if (isOther) problems.push(contradiction(entry, before.entry));
      }
    }
  }
  const subjects = subjectsOf(owners);
  const perSubject = subjects.map((subject) => ({ subject, accounts: accountsOf(subject, settings) }));
  const scopesOf = new Map(
    perSubject.flatMap(({ subject: { scopes }, accounts }) => accounts.map((one) => [one, scopes] as const)),
  );
  return {
    accounts: perSubject.flatMap(({ accounts }) => accounts),
    problems: foremost(problems),
    placeOf: (account, attribute) =>
      settings.get(scopesOf.get(account) ?? [], account.account, attribute)?.entry ?? null,
    unread: [...unread].filter(isName),
    usersWithoutAccount: perSubject.flatMap(({ subject: { about }, accounts }) =>
      accounts.length === 0 && about.user !== undefined ? [about.user] : [],
    ),
  };
}

/** More than anyone reads at once; the rest of them is counted. */
const mostProblems = 40;

/** The problems in the order of their lines; of very many the first. */
function foremost(problems: readonly InputProblem[]): InputProblem[] {
  const sorted = [...problems].sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
  const more = sorted.length - mostProblems;
  if (more <= 0) return sorted;
  const rest = {
    line: sorted[mostProblems]?.line ?? null,
    found: `${more} more problems from there on`,
    expected: 'none',
  };
  return [...sorted.slice(0, mostProblems), rest];
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
