import { expect, test } from 'vitest';
import { regionsOf } from '../../src/inspector/charts/region.ts';
import { modeNames } from '../../src/machines/modeVariants.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { machinesOf } from '../../src/sim/world/definition.ts';
import { scenarioOf } from '../support/scenarios.ts';

const ofMode = (mode: (typeof modeNames)[number]) => scenarioOf({ steps: [{ at: '1s', do: 'open' }] }, mode);

/** Everything that a picture shows, without its places. */
const drawn = (scenario: Scenario) =>
  Object.values(machinesOf(scenario)).flatMap((machine) =>
    regionsOf(machine).map(({ node, states, arrows }) => ({
      region: node.id,
      states: states.map(({ id }) => id),
      arrows: arrows.map(({ from, to, lines }) => ({ from: from?.id, to: to.id, lines })),
    })),
  );

test('a picture for a mode serves every server: they differ in what guards answer only', () => {
  for (const mode of modeNames) {
    const scenario = ofMode(mode);
    for (const server of Object.values(everyServerProfile)) {
      expect(drawn({ ...scenario, server })).toEqual(drawn(scenario));
    }
  }
});

test('it serves every transport as well', () => {
  const scenario = ofMode('standard');
  const tcp = { ...scenario.links.appSip, transport: 'tcp' as const };
  const links = { ...scenario.links, appSip: tcp, pushServerSip: tcp, callerSip: tcp };
  expect(drawn({ ...scenario, links })).toEqual(drawn(scenario));
});

test('every region has its initial state and no arrow to a state that is not drawn', () => {
  for (const { states, arrows } of modeNames.flatMap((mode) => drawn(ofMode(mode)))) {
    expect(arrows.some(({ from }) => from === undefined)).toBe(true);
    for (const { to } of arrows) expect(states).toContain(to);
  }
});
