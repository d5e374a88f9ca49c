import { InputError, type InputProblem } from '../sim/input/inputError.ts';
import { nearestWord } from '../sim/input/nearestWord.ts';
import { type AttributeName, accountNumbers, meaningOf, readers, seemsMisspelt, validKeys } from './attributes.ts';
import { type Entry, readEntries } from './entries.ts';

type ValueOf<Name extends AttributeName> = Exclude<ReturnType<(typeof readers)[Name]>, { readonly expected: string }>;

/** What the file says of one account; undefined where it says nothing. */
export type Account = { readonly account: number } & { readonly [Name in AttributeName]?: ValueOf<Name> };

interface Found {
  readonly entry: Entry;
  readonly value: unknown;
}

/** Reads one setting, or reports what is wrong with it. */
function readValue(attribute: AttributeName, entry: Entry, problems: InputProblem[]): Found | null {
  const value: unknown = readers[attribute](entry.value);
  if (typeof value === 'object' && value !== null && 'expected' in value) {
    const { expected } = value as { expected: string };
    problems.push({ line: entry.line, found: `${JSON.stringify(entry.value)} for ${entry.key}`, expected });
    return null;
  }
  return { entry, value };
}

function misspelt({ key, line }: Entry): InputProblem {
  const hint = nearestWord(key, validKeys());
  return {
    line,
    found: `the unknown setting ${key}`,
    expected: 'a setting of push',
    ...(hint !== undefined && { hint }),
  };
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
  readonly placeOf: (account: number, attribute: AttributeName) => Place | null;
}

/** Every account of a provisioning file that is spoken of. Throws an InputError for any other kind of file. */
export function surveyProvisioning(text: string, file: string): Survey {
  const problems: InputProblem[] = [];
  const found = new Map<string, Found>();
  for (const entry of readEntries(text, file)) {
    const meaning = meaningOf(entry.key);
    if (meaning === undefined) {
      if (seemsMisspelt(entry.key)) problems.push(misspelt(entry));
      continue;
    }
    // An empty proxy, as templates have it, and a JSON null say that there is none.
    if (entry.value === '' && meaning.attribute === 'outboundProxy') continue;
    const one = readValue(meaning.attribute, entry, problems);
    if (one === null) continue;
    const slot = slotOf(meaning.account, meaning.attribute);
    const before = found.get(slot);
    if (before && JSON.stringify(before.value) !== JSON.stringify(one.value)) {
      const expected = `the same as ${before.entry.key}=${before.entry.value} in line ${before.entry.line}: both are one setting`;
      problems.push({ line: entry.line, found: `${entry.key}=${entry.value}`, expected });
    }
    found.set(slot, before ?? one);
  }
  const foundFor = (account: number, attribute: AttributeName) =>
    found.get(slotOf(account, attribute)) ?? (attribute === 'enabled' ? found.get(slotOf(null, attribute)) : undefined);
  return {
    accounts: accountNumbers.flatMap((account) => accountFrom(found, account)),
    problems,
    placeOf: (account, attribute) => foundFor(account, attribute)?.entry ?? null,
  };
}

const slotOf = (account: number | null, attribute: AttributeName) => `${account ?? 'all'} ${attribute}`;

function accountFrom(found: ReadonlyMap<string, Found>, account: number): Account[] {
  const own = (Object.keys(readers) as AttributeName[]).flatMap((name) => {
    const one = found.get(slotOf(account, name));
    return one === undefined ? [] : [[name, one.value] as const];
  });
  if (own.length === 0) return [];
  const everywhere = found.get(slotOf(null, 'enabled'));
  const general = everywhere === undefined ? [] : [['enabled', everywhere.value] as const];
  return [Object.fromEntries([['account', account], ...general, ...own]) as unknown as Account];
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

/** The account of that number. Throws an InputError that names the accounts that there are. */
export function accountNumbered(accounts: readonly Account[], account: number, file: string): Account {
  const one = accounts.find((candidate) => candidate.account === account);
  if (one !== undefined) return one;
  const expected = `one of the accounts in the file: ${accounts.map((each) => each.account).join(', ')}`;
  throw new InputError({ file, problems: [{ line: null, found: `no account ${account}`, expected }] });
}
