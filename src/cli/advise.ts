import process from 'node:process';
import { Command, Option } from 'commander';
import type { ServerProfile } from '../machines/serverProfile.ts';
import type { CheckedCell } from '../sim/jobs/cell.ts';
import { presetsOf } from '../sim/scenarioFile/presets.ts';
import { type AccountAdvice, adviseAccount, triedAccount } from '../stretto/accountAdvice.ts';
import { adviceAsMarkdown, adviceAsText } from '../stretto/adviceText.ts';
import type { User } from '../stretto/ownedSettings.ts';
import { type Account, noAccount, surveyProvisioning } from '../stretto/provisioning.ts';
import { selectAccounts } from '../stretto/selection.ts';
import { settingsOf } from '../stretto/settings.ts';
import { runJobs } from './checkJobs.ts';
import { readText } from './files.ts';
import { allPasteable } from './invocation.ts';
import {
  type Adaptation,
  flagsOf,
  jobsOption,
  networkOption,
  oneOf,
  parseProfile,
  pushOption,
  wholeNumber,
} from './options.ts';
import { colours, exitCodes, print } from './output.ts';
import { otherDesigns } from './showChecks.ts';
import { trialJobs } from './trialJobs.ts';

interface Options extends Adaptation {
  readonly provisioning: string;
  readonly profile: { readonly named: string; readonly server: ServerProfile };
  readonly account?: number;
  readonly user?: string;
  readonly format: 'text' | 'json' | 'markdown';
  readonly jobs: number;
}

/**
 * The cells of every account; accounts that the trials cannot tell apart share theirs. Null where the user did not wait
 * for them.
 */
async function cellsOf(accounts: readonly Account[], options: Options): Promise<CheckedCell[][] | null> {
  const tried = accounts.map((account) => {
    const { mode: _mode, notes: _notes, ...rest } = settingsOf(triedAccount(account, options.profile.server));
    return { key: JSON.stringify(rest), settings: { ...rest, mode: _mode, notes: _notes } };
  });
  const distinct = new Map(tried.map(({ key, settings }) => [key, settings]));
  const jobs = [...distinct.values()].flatMap((settings) =>
    trialJobs(settings, { ...options, server: options.profile.server }),
  );
  const { results, isInterrupted } = await runJobs(jobs, options.jobs);
  if (isInterrupted) return null;
  const perAccount = jobs.length / Math.max(1, distinct.size);
  const keys = [...distinct.keys()];
  return tried.map(({ key }) => {
    const start = keys.indexOf(key) * perAccount;
    return results.slice(start, start + perAccount).flat();
  });
}

/** An account, and the users in whom it is the same. */
interface Alike {
  readonly account: Account;
  readonly users: User[];
}

/** Accounts that differ in nothing but the user, so that a table of a thousand of them is told once. */
function alike(accounts: readonly Account[]): Alike[] {
  const groups = new Map<string, Alike>();
  for (const account of accounts) {
    const { user, ...settings } = account;
    const key = JSON.stringify(settings);
    const group = groups.get(key) ?? { account, users: [] };
    groups.set(key, group);
    if (user !== undefined) group.users.push(user);
  }
  return [...groups.values()];
}

function exitCodeOf(problems: number, accounts: readonly AccountAdvice[]): number {
  if (problems > 0) return exitCodes.badInput;
  const isFine = ({ changes, recommended, findings }: AccountAdvice) =>
    changes.length === 0 && recommended !== null && findings.every(({ severity }) => severity !== 'error');
  return accounts.every(isFine) ? exitCodes.holds : exitCodes.violated;
}

async function run(options: Options): Promise<void> {
  const { provisioning: file, profile, format } = options;
  const { accounts, problems, placeOf, unread, unnamed, usersWithoutAccount } = surveyProvisioning(
    readText(file),
    file,
  );
  if (accounts.length === 0 && problems.length === 0) throw noAccount(file);
  const groups = alike(accounts.length === 0 ? [] : selectAccounts(accounts, options, file));
  const cells = await cellsOf(
    groups.map(({ account }) => account),
    options,
  );
  if (cells === null) {
    process.stderr.write('interrupted: nothing is recommended, for not all of it has been checked\n');
    process.exitCode = exitCodes.inconclusive;
    return;
  }
  const wakes = presetsOf(options).every(({ notificationsAvailable }) => notificationsAvailable !== false);
  const advised = groups.map(({ account, users }, at) =>
    adviseAccount(account, profile.server, { cells: cells[at] ?? [], wakes }, placeOf, users),
  );
  const flags = flagsOf(options);
  const advice = {
    file,
    profile: profile.named,
    flags,
    problems,
    accounts: advised,
    unread,
    unnamed,
    usersWithoutAccount,
  };
  if (format === 'json') print(JSON.stringify({ version: 1, ...advice }, null, 1));
  else if (format === 'markdown') print(adviceAsMarkdown(advice));
  else print(`${allPasteable(adviceAsText(advice, colours))}\n${otherDesigns(profile.named)}`);
  process.exitCode = exitCodeOf(problems.length, advised);
}

/** `ringproof advise`: reads a provisioning file, never changes it, and says which mode to set and why. */
export const adviseCommand = () =>
  new Command('advise')
    .requiredOption('--provisioning <file>', 'Stretto provisioning file: key=value lines, a table (CSV), JSON or XML')
    .addOption(
      new Option('-p, --profile <name>', 'server profile (see `ringproof profiles`), or a YAML file that extends one')
        .argParser((named) => ({ named, server: parseProfile(named) }))
        .makeOptionMandatory(),
    )
    .option('--account <number>', 'only that account (default: all)', wholeNumber(1, 5))
    .option('--user <name>', 'only that user (default: all in the file)')
    .addOption(networkOption())
    .addOption(pushOption())
    .addOption(jobsOption())
    .option('--format <format>', 'text, json or markdown', oneOf('text', 'json', 'markdown'), 'text')
    .action(run);
