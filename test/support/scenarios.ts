import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { type AnyServerProfileName, everyServerProfile } from '../../src/profiles/furtherServers.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';

const folder = fileURLToPath(new URL('../../examples/', import.meta.url));

/** The names of the bundled scenarios. */
export const exampleNames = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace('.yaml', ''));

/** A bundled scenario. */
export const example = (name: string): ScenarioDocument =>
  parseScenario(readFileSync(`${folder}${name}.yaml`, 'utf8'), `${name}.yaml`, everyServerProfile);

/** A scenario that a test writes down: steps and what else it needs, in a mode on a server. */
export const scenarioOf = (
  document: Partial<ScenarioDocument> & Pick<ScenarioDocument, 'steps'>,
  mode: ModeName = 'standard',
  server: AnyServerProfileName = 'multi',
): Scenario =>
  resolveScenario({ name: 'test', title: 'Test', ...document }, everyServerProfile, {
    mode,
    server: everyServerProfile[server],
  });
