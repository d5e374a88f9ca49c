import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { isModule } from '../library/loadModule.ts';
import { refuseIdleCharts, withChartsOptions } from './charts.ts';
import { refuse, refuseOutputs } from './files.ts';
import type { JobRunner } from './jobRunner.ts';
import {
  forceOption,
  mitigatedOption,
  modeOption,
  networkOption,
  oneOf,
  profileOption,
  pushOption,
  wholeNumber,
} from './options.ts';
import { reportOption } from './report.ts';
import { runsProgress } from './rounds.ts';
import { partFile } from './shard.ts';
import { sessionOf, withSpreadOptions } from './spread.ts';
import { sweepFiles } from './sweepFiles.ts';
import { sweepModule } from './sweepModule.ts';
import { demandOf, estimatorOption, withDemand } from './sweepOptions.ts';

/** `ringproof sweep`: many seeds, modes compared under the same luck. `parts`: where its runs were made before. */
export const sweepCommand = (parts?: JobRunner) =>
  withChartsOptions(
    withSpreadOptions(
      withDemand(
        new Command('sweep')
          .argument(
            '[scenario...]',
            'scenario files or names of bundled ones (default: all bundled), or one module of your own (.ts, .js)',
          )
          .addOption(modeOption())
          .addOption(profileOption())
          .addOption(networkOption())
          .addOption(pushOption())
          .addOption(mitigatedOption()),
      ).addOption(estimatorOption()),
    ),
  )
    .option('-j, --jobs <number>', 'processor cores to use (default: all)', wholeNumber(1, 256))
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addOption(reportOption())
    .addOption(forceOption())
    .action(async (given: string[], said, command: Command) => {
      const { precision, confidence, runs, estimator, jobs = availableParallelism(), force = false, ...rest } = said;
      const { report, shard } = rest;
      refuseOutputs({ '--report': report, '--part': partFile(rest) }, force);
      if (report !== undefined && (shard !== undefined || parts !== undefined))
        refuse('--shard', '--report with it', 'one of the two, since --shard has no use for it');
      refuseIdleCharts(rest.charts, rest.format);
      const isSaid = (option: string) => command.getOptionValueSource(option) === 'cli';
      const demand = demandOf({ precision, confidence, runs, estimator });
      const session = sessionOf({ ...rest, jobs }, runsProgress());
      const options = { ...rest, demand, force, session, parts };
      const [file = '', other] = given;
      if (!given.some(isModule)) return sweepFiles(given, options);
      if (other !== undefined) refuse(other, 'something beside a module', 'a module by itself');
      if (report !== undefined) refuse('--report', 'an option for scenario files', 'none beside a module');
      if (rest.charts) refuse('--charts', 'an option for scenario files', 'none beside a module');
      return sweepModule(file, options, isSaid);
    });
