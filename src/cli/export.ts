import { Command } from 'commander';
import { openApi } from '../live/control/openApi.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { serverProfileJsonSchema } from '../profiles/ownServer.ts';
import { TooLargeError, toPromela } from '../sim/check/untimed/promela.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { scenarioJsonSchema } from '../sim/scenarioFile/parse.ts';
import { resolveScenario } from '../sim/scenarioFile/resolve.ts';
import { defineWorld } from '../sim/sipWorld/definition.ts';
import { readScenario, refuse, refuseOutputs, writeText } from './files.ts';
import { forceOption, modeOption, profileOption, wholeNumber } from './options.ts';
import { print } from './output.ts';
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
  losses: number;
  memory: number;
}

function promela(given: string, { mode, profile, losses, memory, ...output }: PromelaOptions): void {
  const overrides = { ...(mode !== undefined && { mode }), ...(profile !== undefined && { server: profile }) };
  const scenario = resolveScenario(readScenario(given, profile), everyServerProfile, overrides);
  try {
    write(toPromela(defineWorld(scenario), losses, memory * 1024 ** 2), output);
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error;
    refuse(given, `a world that is too large to export (${error.message})`, 'a smaller one, or more --memory');
  }
}

const promelaCommand = () =>
  exporter('promela')
    .description('the untimed world of a scenario as a model for SPIN 6.5')
    .argument('<scenario>', 'scenario file or name of a bundled one')
    .addOption(modeOption())
    .addOption(profileOption())
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
