import process from 'node:process';
import { Command } from 'commander';
import { isModule } from '../library/loadModule.ts';
import { openApi } from '../live/control/openApi.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { serverProfileJsonSchema } from '../profiles/ownServer.ts';
import { tablesFor } from '../sim/check/untimed/explore.ts';
import type { PromelaJob } from '../sim/jobs/promelaJob.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { scenarioJsonSchema } from '../sim/scenarioFile/parse.ts';
import { resolveScenario } from '../sim/scenarioFile/resolve.ts';
import { defineWorld } from '../sim/sipWorld/definition.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { runJobs } from './checkJobs.ts';
import { readScenario, refuse, refuseOutputs, writeText } from './files.ts';
import { checkedWords, forceOption, modeOption, profileOption, wholeNumber, words } from './options.ts';
import { exitCodes, print } from './output.ts';
import { loadOwn, worldOfModule } from './ownModule.ts';
import { ringproofVersion } from './version.ts';

interface Output {
  output?: string;
  force?: boolean;
}

function write(text: string, { output, force }: Output): void {
  refuseOutputs({ '--output': output }, force === true);
  if (output === undefined) print(text);
  else writeText(output, `${text}\n`, force === true);
}

const exporter = (name: string) =>
  new Command(name).option('-o, --output <file>', 'write to a new file').addOption(forceOption());

const jsonCommand = (name: string, description: string, schema: () => object) =>
  exporter(name)
    .description(description)
    .action((output: Output) => write(JSON.stringify(schema(), null, 2), output));

interface PromelaOptions extends Output {
  mode?: ModeName;
  profile?: Scenario['server'];
  property?: string[];
  losses: number;
  memory: number;
}

/** The world of a module or of a scenario file, and how a worker finds it. */
async function worldOf(
  given: string,
  { mode, profile }: PromelaOptions,
): Promise<{ readonly world: WorldDefinition; readonly of: PromelaJob['of'] }> {
  if (isModule(given)) {
    const world = worldOfModule(await loadOwn(given), given, { mode, profile });
    return { world, of: { file: given, mode, profile } };
  }
  const overrides = { ...(mode !== undefined && { mode }), ...(profile !== undefined && { server: profile }) };
  const scenario = resolveScenario(readScenario(given, profile), everyServerProfile, overrides);
  return { world: defineWorld(scenario), of: { scenario } };
}

/** The properties that a model asserts: of a system all that bound no time, unless some are named. */
function assertedIn(world: WorldDefinition, given: string, named: readonly string[] | undefined): readonly string[] {
  const untimed = tablesFor(world).map(({ property }) => property.name);
  const names = named ?? ('mode' in world.scenario ? ['noInviteLost'] : untimed);
  if (untimed.length === 0) refuse(given, 'no property without a bound in time', 'one: the model has no dates');
  checkedWords('--property', names, untimed);
  return names;
}

async function promela(given: string, options: PromelaOptions): Promise<void> {
  const { losses, memory, property, output, force } = options;
  refuseOutputs({ '--output': output }, force === true);
  const { world, of } = await worldOf(given, options);
  const asserted = assertedIn(world, given, property);
  const job: PromelaJob = { promela: asserted, losses, maximumBytes: memory * 1024 ** 2, of };
  const [written] = (await runJobs([job], 1)).results;
  if (written === undefined) return;
  const { text, tooLarge, interruptedAfter } = written;
  if (text !== null) write(text, options);
  if (tooLarge !== undefined)
    refuse(given, `a world that is too large to export (${tooLarge})`, 'a smaller one, or more --memory');
  if (interruptedAfter === undefined) return;
  const states = `${interruptedAfter.toLocaleString('en-US')} ${interruptedAfter === 1 ? 'state' : 'states'}`;
  process.stderr.write(`interrupted before all states were found, after ${states}: no model was written\n`);
  process.exitCode = exitCodes.inconclusive;
}

const promelaCommand = () =>
  exporter('promela')
    .description('the untimed world of a scenario or of a module of your own as a model for SPIN 6.5')
    .argument('<scenario>', 'scenario file, name of a bundled one, or module of your own (.ts, .js)')
    .addOption(modeOption())
    .addOption(profileOption())
    .option(
      '--property <names>',
      'properties that the model asserts, joined by commas (default: noInviteLost; of a system all)',
      words,
    )
    .option('--losses <number>', 'maximum number of messages that lossy links lose', wholeNumber(0, 15), 0)
    .option('--memory <MiB>', 'memory limit of the exploration, in MiB', wholeNumber(16, 1_000_000), 1024)
    .action(promela);

/** `ringproof export`: what other tools read. Diagrams of a run are exported by `simulate --export`. */
export const exportCommand = () =>
  new Command('export')
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
