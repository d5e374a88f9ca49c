import { expect, test } from 'vitest';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { properties } from '../../src/sim/properties/properties.ts';
import { judge } from '../../src/sim/run/simulate.ts';
import { mitigated } from '../../src/sim/scenarioFile/mitigated.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { callScenarios, fieldScenarios, topologyScenarios } from '../support/fieldScenarios.ts';
import { example, exampleNames } from '../support/scenarios.ts';

test('no property is vacuous: each has something to judge in some example, and holds there', () => {
  const witnessed = new Set<string>();
  // AutoSend180 keeps its promise on an ordinary day.
  const rungBack = { ...example('call-while-suspended'), autoSend180: true };
  const twoPhones = topologyScenarios.filter(({ name }) => name === 'two-phones-ring');
  const counted = fieldScenarios.filter(({ limits }) => limits?.registers !== undefined).map(mitigated);
  for (const document of [rungBack, ...counted, ...callScenarios, ...twoPhones, ...exampleNames.map(example)]) {
    if (witnessed.size === properties.length) break;
    // Where the SIP server pushes, iOS has something to say of refreshes too.
    const pushes = document.unreportedPush === undefined ? [] : (['sipServerPushes'] as const);
    for (const mode of [...registrationModeNames, ...pushes]) {
      const definition = defineWorld(resolveScenario(document, everyServerProfile, { mode }));
      for (let seed = 1; seed <= 20; seed++) {
        for (const one of judge(definition, seed)) {
          if (one.witnessed && one.verdict === 'holds') witnessed.add(one.property);
        }
      }
    }
  }
  expect([...witnessed].sort()).toEqual(properties.map(({ name }) => name).sort());
});
