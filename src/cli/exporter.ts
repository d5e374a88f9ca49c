import { Command } from 'commander';
import { isModule } from '../library/loadModule.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import type { PromelaJob } from '../sim/jobs/promelaJob.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { resolveScenario } from '../sim/scenarioFile/resolve.ts';
import { defineWorld } from '../sim/sipWorld/definition.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { only, readScenario, refuseOutputs, writeText } from './files.ts';
import { forceOption, modeOption, profileOption } from './options.ts';
import { print } from './output.ts';
import { loadOwn, worldOfModule } from './ownModule.ts';

/** Where an export goes. */
export interface Output {
  output?: string;
  force?: boolean;
}

/** Writes an export to a new file, or prints it. */
export function write(text: string, { output, force }: Output): void {
  refuseOutputs({ '--output': output }, force === true);
  if (output === undefined) print(text);
  else writeText(output, `${text}\n`, force === true);
}

/** A command that writes something that other tools read. */
export const exporter = (name: string) =>
  new Command(name).option('-o, --output <file>', 'write to a new file').addOption(forceOption());

/** What says which world is exported. */
export interface WorldOptions extends Output {
  mode?: ModeName;
  profile?: Scenario['server'];
}

/** A command that writes the world of a scenario or of a module as a model for another checker. */
export const modelExporter = (name: string) =>
  exporter(name)
    .argument('<scenario>', 'scenario file, name of a bundled one, or module of your own (.ts, .js)')
    .addOption(modeOption())
    .addOption(profileOption());

/** The world of a module or of a scenario file, and how a worker finds it. */
export async function worldOf(
  given: string,
  { mode, profile }: WorldOptions,
): Promise<{ readonly world: WorldDefinition; readonly of: PromelaJob['of'] }> {
  if (isModule(given)) {
    const world = worldOfModule(await loadOwn(given), given, { mode, profile });
    return { world, of: { file: given, mode, profile } };
  }
  const overrides = { ...(mode !== undefined && { mode }), ...(profile !== undefined && { server: profile }) };
  const scenario = resolveScenario(readScenario(given, profile, { modes: only(mode) }), everyServerProfile, overrides);
  return { world: defineWorld(scenario), of: { scenario } };
}
