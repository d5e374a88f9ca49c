import { availableParallelism, totalmem } from 'node:os';
import process from 'node:process';
import { Command, Option } from 'commander';
import { registrationModeNames } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import type { CheckedCell, CheckJob } from '../sim/check/cell.ts';
import { presetsOf } from '../sim/scenario/presets.ts';
import { type AccountAdvice, adviseAccount, triedAccount } from '../stretto/accountAdvice.ts';
import { adviceAsMarkdown, adviceAsText } from '../stretto/adviceText.ts';
import { type Account, accountNumbered, noAccount, surveyProvisioning } from '../stretto/provisioning.ts';
import { type PushSettings, settingsOf } from '../stretto/settings.ts';
import { everydayTrials, propertiesTriedIn, roughTrials, trialOf } from '../stretto/trials.ts';
import { runJobs } from './checkJobs.ts';
import { readScenario, readText } from './files.ts';
import {
  type Adaptation,
  adapted,
  flagsOf,
  networkOption,
  oneOf,
  parseProfile,
  pushOption,
  wholeNumber,
} from './options.ts';
import { colours, exitCodes, print } from './output.ts';

interface Options extends Adaptation {
  readonly provisioning: string;
  readonly profile: { readonly named: string; readonly server: ServerProfile };
  readonly account?: number;
  readonly format: 'text' | 'json' | 'markdown';
  readonly jobs: number;
}

/** Every mode in every trial, with the settings of one account. */
function jobsFor(settings: PushSettings, { profile, jobs, ...options }: Options): CheckJob[] {
  const documents = [...everydayTrials, ...roughTrials].map((name) =>
    trialOf(name, adapted(readScenario(name), options), settings),
  );
  return documents.flatMap((document) =>
    registrationModeNames.map((mode) => ({
      document,
      mode,
      server: profile.server,
      properties: propertiesTriedIn(document.name),
      budget: { losses: 0, duplicates: 0 },
      maximumBytes: totalmem() / 2 / jobs,
      traces: false,
    })),
  );
}

/** The cells of every account; accounts that the trials cannot tell apart share theirs. */
async function cellsOf(accounts: readonly Account[], options: Options): Promise<CheckedCell[][]> {
  const tried = accounts.map((account) => {
    const { mode: _mode, notes: _notes, ...rest } = settingsOf(triedAccount(account, options.profile.server));
    return { key: JSON.stringify(rest), settings: { ...rest, mode: _mode, notes: _notes } };
  });
  const distinct = new Map(tried.map(({ key, settings }) => [key, settings]));
  const jobs = [...distinct.values()].flatMap((settings) => jobsFor(settings, options));
  const { results } = await runJobs(jobs, options.jobs);
  const perAccount = jobs.length / Math.max(1, distinct.size);
  const keys = [...distinct.keys()];
  return tried.map(({ key }) => {
    const start = keys.indexOf(key) * perAccount;
    return results.slice(start, start + perAccount).flat();
  });
}

function exitCodeOf(problems: number, accounts: readonly AccountAdvice[]): number {
  if (problems > 0) return exitCodes.badInput;
  const isFine = ({ changes, recommended, findings }: AccountAdvice) =>
    changes.length === 0 && recommended !== null && findings.every(({ severity }) => severity !== 'error');
  return accounts.every(isFine) ? exitCodes.holds : exitCodes.violated;
}

async function run(options: Options): Promise<void> {
  const { provisioning: file, profile, format } = options;
  const { accounts: all, problems, placeOf } = surveyProvisioning(readText(file), file);
  if (all.length === 0 && problems.length === 0) throw noAccount(file);
  const accounts = options.account === undefined ? all : [accountNumbered(all, options.account, file)];
  const cells = await cellsOf(accounts, options);
  const wakes = presetsOf(options).every(({ notificationsAvailable }) => notificationsAvailable !== false);
  const advised = accounts.map((account, at) =>
    adviseAccount(account, profile.server, { cells: cells[at] ?? [], wakes }, placeOf),
  );
  const flags = flagsOf(options);
  const advice = { file, profile: profile.named, flags, problems, accounts: advised };
  if (format === 'json') print(JSON.stringify({ version: 1, ...advice }, null, 1));
  else print(format === 'markdown' ? adviceAsMarkdown(advice) : adviceAsText(advice, colours));
  process.exitCode = exitCodeOf(problems.length, advised);
}

/** `ringproof advise`: reads a provisioning file, never changes it, and says which mode to set and why. */
export const adviseCommand = () =>
  new Command('advise')
    .description('check the push settings of a Stretto provisioning file and recommend a mode, with its proof')
    .requiredOption('--provisioning <file>', 'Stretto provisioning file: key=value lines, or JSON')
    .addOption(
      new Option('-p, --profile <name>', 'server profile (see `ringproof profiles`), or a YAML file that extends one')
        .argParser((named) => ({ named, server: parseProfile(named) }))
        .makeOptionMandatory(),
    )
    .option('--account <number>', 'only that account (default: all)', wholeNumber(1, 5))
    .addOption(networkOption())
    .addOption(pushOption())
    .option('-j, --jobs <number>', 'processor cores to use (default: all)', wholeNumber(1, 256), availableParallelism())
    .option('--format <format>', 'text, json or markdown', oneOf('text', 'json', 'markdown'), 'text')
    .action(run);
