import { expect, test } from 'vitest';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import { followed } from '../../support/classWalk.ts';
import { scenarioOf } from '../../support/scenarios.ts';

/** REGISTERs over the connections of two networks, older and newer ones under way at a time. */
const world = defineWorld(
  scenarioOf({
    links: { appSip: { transport: 'tls', latency: ['20ms', '4s'] } },
    until: '20s',
    steps: [
      { at: '1s', do: 'open' },
      { at: ['6s', '7s'], do: 'changeNetwork' },
      { after: ['50ms', '1500ms'], do: 'changeNetwork' },
      { after: ['50ms', '1500ms'], do: 'changeNetwork' },
    ],
  }),
);

test('a REGISTER outdates older ones of its sender over another connection: every run of the simulator is a path', () => {
  for (let seed = 1; seed <= 60; seed++) expect(followed(world, seed), `seed ${seed}`).toBeNull();
});
