import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RegistrationModeName } from '../../src/machines/registrationModes.ts';
import { type ServerProfileName, serverProfiles } from '../../src/profiles/servers.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import { resolveScenario } from '../../src/sim/scenario/resolve.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenario/schema.ts';

const folder = fileURLToPath(new URL('../../examples/', import.meta.url));

/** The names of the bundled scenarios. */
export const exampleNames = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace('.yaml', ''));

/** A bundled scenario. */
export const example = (name: string): ScenarioDocument =>
  parseScenario(readFileSync(`${folder}${name}.yaml`, 'utf8'), `${name}.yaml`, serverProfiles);

/** A scenario that a test writes down: steps and what else it needs, in a mode on a server. */
export const scenarioOf = (
  document: Partial<ScenarioDocument> & Pick<ScenarioDocument, 'steps'>,
  mode: RegistrationModeName = 'standard',
  server: ServerProfileName = 'multi',
): Scenario =>
  resolveScenario({ name: 'test', title: 'Test', ...document }, serverProfiles, {
    mode,
    server: serverProfiles[server],
  });
