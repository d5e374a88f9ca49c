import { describe, expect, test } from 'vitest';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { replay } from '../../src/sim/run/replay.ts';
import { judge, simulate } from '../../src/sim/run/simulate.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { example, exampleNames } from '../support/scenarios.ts';

const runs = 40;
const servers = Object.values(serverProfiles);

describe.each(exampleNames)('%s', (name) => {
  const document = example(name);

  test('has an expected verdict for every mode on every server', () => {
    for (const { name: server } of servers) {
      expect(Object.keys(document.expect?.[server] ?? {}), server).toEqual(registrationModeNames);
    }
  });

  describe.each(servers)('on $name', (server) => {
    test.each(registrationModeNames)(`%s violates just what it says, ${runs} runs nothing else`, (mode) => {
      const definition = defineWorld(resolveScenario(document, serverProfiles, { mode, server }));
      const { decisions } = check(definition);
      const found = decisions.flatMap(({ property, verdict }) => (verdict === 'violated' ? [property] : []));
      expect(decisions.filter(({ verdict }) => verdict === 'inconclusive')).toEqual([]);
      expect(found.length === 0 ? 'holds' : found).toEqual(document.expect?.[server.name]?.[mode]);
      for (const { counterexample } of decisions) {
        if (counterexample) expect(replay(counterexample.trace, 'trace').digest).toBe(counterexample.trace.digest);
      }
      for (let seed = 1; seed <= runs; seed++) {
        for (const { property, verdict } of judge(definition, seed)) {
          if (verdict === 'violated') expect(found, `seed ${seed}`).toContain(property);
        }
      }
    });
  });

  test('runs twice to the same bytes', () => {
    const scenario = resolveScenario(document, serverProfiles, { mode: 'singleDeviceEmulation' });
    expect(JSON.stringify(simulate(scenario, 7))).toBe(JSON.stringify(simulate({ ...scenario }, 7)));
  });
});
