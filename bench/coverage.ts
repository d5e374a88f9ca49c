import process from 'node:process';
import fc from 'fast-check';
import { registrationModeNames } from '../src/machines/registrationModes.ts';
import { serverProfiles } from '../src/profiles/servers.ts';
import { check } from '../src/sim/check/questions/check.ts';
import { coverageOf, missing } from '../src/sim/check/questions/coverage.ts';
import { propertyNamed } from '../src/sim/properties/properties.ts';
import { judge } from '../src/sim/run/simulate.ts';
import type { Scenario } from '../src/sim/scenario/scenario.ts';
import { defineWorld } from '../src/sim/sipWorld/definition.ts';
import { anyScenario } from './drawnWorlds.ts';
import { bundled, expectedCells, expecting, inCell, wherePushed } from './exampleWorlds.ts';
import { racyWorlds } from './racy/racyWorlds.ts';

const draws = 8_000;
const everywhere: readonly Scenario[] = bundled.flatMap((document) =>
  registrationModeNames.flatMap((mode) => Object.keys(serverProfiles).map((server) => inCell(document, mode, server))),
);

/** One property that looks at bindings only: what is explored does not depend on it. */
const properties = [propertyNamed('settles')];

const pushed = wherePushed.map(([scenario]) => scenario);
const explored = [...everywhere, ...pushed, ...expecting.flatMap(expectedCells), ...racyWorlds].map((scenario) => {
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
