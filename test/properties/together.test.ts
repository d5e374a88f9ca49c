import { expect, test } from 'vitest';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { properties } from '../../src/sim/properties/properties.ts';
import { judge, simulate } from '../../src/sim/run/simulate.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { example } from '../support/scenarios.ts';

test.each(['home-open-home', 'push-server-restarts', 'second-call-while-waking', 'network-change'])(
  '%s: properties that are judged together say what each says by itself, recorded or not',
  (name) => {
    for (const mode of registrationModeNames) {
      const world = defineWorld(scenarioIn(example(name), mode, serverProfiles.reject));
      for (let seed = 1; seed <= 10; seed++) {
        const together = judge(world, seed);
        expect(together, `${mode}, seed ${seed}`).toEqual(
          properties.flatMap((property) => judge(world, seed, { properties: [property] })),
        );
        expect(simulate(world, seed).verdicts, `${mode}, seed ${seed}`).toEqual(together);
      }
    }
  },
);
