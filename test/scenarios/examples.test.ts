import { describe, expect, test } from 'vitest';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { properties } from '../../src/sim/properties/properties.ts';
import { resolveScenario } from '../../src/sim/scenario/resolve.ts';
import { judge, simulate } from '../../src/sim/simulate.ts';
import { defineWorld } from '../../src/sim/world/definition.ts';
import { example, exampleNames } from '../support/scenarios.ts';

const runs = 200;
const servers = Object.values(serverProfiles);

describe.each(exampleNames)('%s', (name) => {
  const document = example(name);

  test('has an expected verdict for every mode on every server', () => {
    for (const { name: server } of servers) {
      expect(Object.keys(document.expect?.[server] ?? {}), server).toEqual(registrationModeNames);
    }
  });

  test.each(servers)(`on $name violates just what it says, in ${runs} runs`, (server) => {
    for (const mode of registrationModeNames) {
      const definition = defineWorld(resolveScenario(document, serverProfiles, { mode, server }));
      const violated = new Set<string>();
      for (let seed = 1; seed <= runs; seed++) {
        for (const { property, verdict } of judge(definition, seed)) if (verdict === 'violated') violated.add(property);
      }
      const expected = document.expect?.[server.name]?.[mode];
      const found = properties.map((property) => property.name).filter((one) => violated.has(one));
      expect(found.length === 0 ? 'holds' : found, mode).toEqual(expected);
    }
  });

  test('runs twice to the same bytes', () => {
    const scenario = resolveScenario(document, serverProfiles, { mode: 'singleDeviceEmulation' });
    expect(JSON.stringify(simulate(scenario, 7))).toBe(JSON.stringify(simulate({ ...scenario }, 7)));
  });
});
