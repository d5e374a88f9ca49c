import { InputError, type InputProblem } from '../sim/input/inputError.ts';
import { nearestWord } from '../sim/input/nearestWord.ts';
import type { Account } from './provisioning.ts';

/** Which accounts of a file are meant; undefined means all. */
export interface Selection {
  readonly account?: number;
  readonly user?: string;
}

const refuse = (file: string, problem: Omit<InputProblem, 'line'>): never => {
  throw new InputError({ file, problems: [{ line: null, ...problem }] });
};

const usersOf = (accounts: readonly Account[]): string[] => [
  ...new Set(accounts.flatMap(({ user }) => (user === undefined ? [] : [user.name]))),
];

/** A file can have thousands of users: enough to see how they are written. */
const listed = (names: readonly (string | number)[]): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? `, … (${names.length})` : ''}`;

/** The accounts that are meant. Throws an InputError that names those that there are. */
export function selectAccounts(accounts: readonly Account[], { account, user }: Selection, file: string): Account[] {
  const users = usersOf(accounts);
  if (user !== undefined && !users.includes(user)) {
    const expected = users.length === 0 ? 'no --user: the file does not tell users apart' : `one of ${listed(users)}`;
    const hint = nearestWord(user, users);
    return refuse(file, { found: `no account of ${user}`, expected, ...(hint !== undefined && { hint }) });
  }
  const own = user === undefined ? accounts : accounts.filter((one) => one.user?.name === user);
  const chosen = account === undefined ? own : own.filter((one) => one.account === account);
  if (chosen.length > 0) return [...chosen];
  const there = listed([...new Set(own.map((one) => one.account))]);
  return refuse(file, { found: `no account ${account}`, expected: `one of the accounts in the file: ${there}` });
}

/** The one account that is meant. Throws an InputError where there is none, or one of several users. */
export function accountNumbered(accounts: readonly Account[], account: number, file: string, user?: string): Account {
  const [one, ...others] = selectAccounts(accounts, { account, ...(user !== undefined && { user }) }, file);
  if (one !== undefined && others.length === 0) return one;
  const users = usersOf(accounts);
  const found = `account ${account} of ${others.length + 1} ${users.length > 0 ? 'users' : 'profiles'}`;
  return refuse(file, { found, expected: users.length > 0 ? `--user with one of ${listed(users)}` : 'one of them' });
}
