import process from 'node:process';
import { Command } from 'commander';
import { openApi } from '../live/control/openApi.ts';
import { serverProfileJsonSchema } from '../profiles/ownServer.ts';
import { tablesFor } from '../sim/check/untimed/explore.ts';
import type { PromelaJob } from '../sim/jobs/promelaJob.ts';
import { scenarioJsonSchema } from '../sim/scenarioFile/parse.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { runJobs } from './checkJobs.ts';
import { automatonCommands } from './exportAutomaton.ts';
import { exporter, modelExporter, type Output, type WorldOptions, worldOf, write } from './exporter.ts';
import { refuse, refuseOutputs } from './files.ts';
import { checkedWords, propertyWords, wholeNumber } from './options.ts';
import { exitCodes } from './output.ts';
import { ringproofVersion } from './version.ts';

const jsonCommand = (name: string, description: string, schema: () => object) =>
  exporter(name)
    .description(description)
    .action((output: Output) => write(JSON.stringify(schema(), null, 2), output));

interface PromelaOptions extends WorldOptions {
  property?: string[];
  losses: number;
  states: number;
  memory: number;
}

/** The properties that a model asserts: of a system all that bound no time, unless some are named. */
function assertedIn(world: WorldDefinition, given: string, named: readonly string[] | undefined): readonly string[] {
  const untimed = tablesFor(world).map(({ property }) => property.name);
  const names = named ?? ('mode' in world.scenario ? ['noInviteLost'] : untimed);
  if (untimed.length === 0) refuse(given, 'no property without a bound in time', 'one: the model has no dates');
  checkedWords('--property', names, untimed);
  return names;
}

/** The untimed world of nearly every scenario with a call has hundreds of millions of states. */
const smaller =
  'fewer steps, calls or --losses, more --states or --memory, or `export tchecker`, whose dates leave far fewer';

async function promela(given: string, options: PromelaOptions): Promise<void> {
  const { losses, states, memory, property, output, force } = options;
  refuseOutputs({ '--output': output }, force === true);
  const { world, of } = await worldOf(given, options);
  const asserted = assertedIn(world, given, property);
  const job: PromelaJob = { promela: asserted, losses, maximumStates: states, maximumBytes: memory * 1024 ** 2, of };
  const [written] = (await runJobs([job], 1)).results;
  if (written === undefined) return;
  const { text, tooLarge, interruptedAfter } = written;
  if (text !== null) write(text, options);
  if (tooLarge !== undefined) refuse(given, `a world that is too large to export (${tooLarge})`, smaller);
  if (interruptedAfter === undefined) return;
  const found = `${interruptedAfter.toLocaleString('en-US')} ${interruptedAfter === 1 ? 'state' : 'states'}`;
  process.stderr.write(`interrupted before all states were found, after ${found}: no model was written\n`);
  process.exitCode = exitCodes.inconclusive;
}

const promelaCommand = () =>
  modelExporter('promela')
    .description('the untimed world of a scenario or of a module of your own as a model for SPIN 6.5')
    .option(
      '--property <names>',
      'properties that the model asserts, joined by commas (default: noInviteLost; of a system all)',
      propertyWords(),
    )
    .option('--losses <number>', 'maximum number of messages that lossy links lose', wholeNumber(0, 15), 0)
    .option('--states <number>', 'refuse a world of more states', wholeNumber(1, 1_000_000_000), 5_000_000)
    .option('--memory <MiB>', 'memory limit of the exploration, in MiB', wholeNumber(16, 1_000_000), 1024)
    .action(promela);

/** `ringproof export`: what other tools read. Diagrams of a run are exported by `simulate --export`. */
export const exportCommand = () => {
  const command = new Command('export')
    .addCommand(jsonCommand('json-schema', 'the JSON Schema of scenario files, for editors', scenarioJsonSchema))
    .addCommand(
      jsonCommand('profile-schema', 'the JSON Schema of server profile files, for editors', serverProfileJsonSchema),
    )
    .addCommand(
      jsonCommand('control-interface', 'the HTTP interface of `live --only`, as OpenAPI 3.1', () =>
        openApi(ringproofVersion()),
      ),
    )
    .addCommand(promelaCommand());
  for (const one of automatonCommands()) command.addCommand(one);
  return command;
};
