import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import fc from 'fast-check';
import { everyMode, type ModeName } from '../src/machines/modeVariants.ts';
import { registrationModeNames } from '../src/machines/registrationModes.ts';
import { everyServerProfile } from '../src/profiles/furtherServers.ts';
import { serverProfiles } from '../src/profiles/servers.ts';
import { check } from '../src/sim/check/check.ts';
import { coverageOf, missing } from '../src/sim/check/coverage.ts';
import { propertyNamed } from '../src/sim/properties/properties.ts';
import { mitigated } from '../src/sim/scenario/mitigated.ts';
import { parseScenario } from '../src/sim/scenario/parse.ts';
import { resolveScenario } from '../src/sim/scenario/resolve.ts';
import type { Scenario } from '../src/sim/scenario/scenario.ts';
import { judge } from '../src/sim/simulate.ts';
import { defineWorld } from '../src/sim/world/definition.ts';
import { anyScenario } from './drawnWorlds.ts';
import { racyWorlds } from './racyWorlds.ts';

const draws = 8_000;
const folder = new URL('../../examples/', import.meta.url).pathname;

const bundled: Scenario[] = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => {
    const document = parseScenario(readFileSync(`${folder}${file}`, 'utf8'), file, serverProfiles);
    return registrationModeNames.flatMap((mode) =>
      Object.values(serverProfiles).map((server) => resolveScenario(document, {}, { mode, server })),
    );
  });

/** The scenarios of a folder in the cells that they expect something of, as they are and with their mitigation. */
const expectedCells = (name: string): Scenario[] =>
  readdirSync(`${folder}${name}`).flatMap((file) => {
    const document = parseScenario(readFileSync(`${folder}${name}/${file}`, 'utf8'), file, everyServerProfile);
    const cells = Object.entries(document.expect ?? {}).flatMap(([server, byMode]) =>
      Object.keys(byMode).map((mode) =>
        resolveScenario(document, everyServerProfile, {
          mode: everyMode[mode as ModeName],
          server: everyServerProfile[server as keyof typeof everyServerProfile],
        }),
      ),
    );
    return document.mitigation === undefined
      ? cells
      : [...cells, resolveScenario(mitigated(document), everyServerProfile)];
  });

/** One property that looks at bindings only: what is explored does not depend on it. */
const properties = [propertyNamed('settles')];

const explored = [...bundled, ...expectedCells('field'), ...expectedCells('calls'), ...racyWorlds].map((scenario) => {
  const definition = defineWorld(scenario);
  check(definition, { properties, inertMessages: false });
  return definition;
});
const drawn = fc.sample(anyScenario, { numRuns: draws, seed: 20_26 }).map((scenario) => {
  const definition = defineWorld(scenario);
  judge(definition, 1, { properties: [] });
  return definition;
});

const coverage = coverageOf([...explored, ...drawn]);
const lines = (['states', 'transitions', 'guards'] as const).flatMap((kind) => [
  `${kind}: ${coverage[kind].reached.size} of ${coverage[kind].all.size} reached`,
  ...missing(coverage[kind]).map((name) => `- ${name}`),
  '',
]);
process.stdout.write(
  `${[`${explored.length} scenarios explored (bundled, from the field and racy), ${draws} drawn and run once.`, '', ...lines].join('\n')}\n`,
);
