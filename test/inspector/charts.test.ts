import { expect, test } from 'vitest';
import type { Chart } from '../../src/inspector/charts/chart.ts';
import { charts } from '../../src/inspector/charts/plugin.ts';
import { keyOf, regionsOf } from '../../src/inspector/charts/region.ts';
import { modeNames } from '../../src/machines/modeVariants.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { machinesOf } from '../../src/sim/world/definition.ts';
import { callScenarios, fieldScenarios } from '../support/fieldScenarios.ts';
import { example, exampleNames, scenarioOf } from '../support/scenarios.ts';

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

/** What the build makes of all pictures. */
async function laidOut(): Promise<Chart[]> {
  const { load } = charts();
  const text = typeof load === 'function' ? await (load as (id: string) => Promise<string>)('\0virtual:charts') : '';
  return JSON.parse(text.replace('export default ', '')) as Chart[];
}

const everyChart = laidOut();

test('whatever the bundled scenarios put into the machines has its picture, in every mode', async () => {
  const keys = new Map((await everyChart).map((one) => [one.key, one]));
  const documents = [...exampleNames.map(example), ...callScenarios, ...fieldScenarios];
  const missing = documents.flatMap((document) => {
    return modeNames.flatMap((mode) =>
      Object.values(machinesOf(resolveScenario({ server: 'multi', ...document, mode }, everyServerProfile)))
        .flatMap(regionsOf)
        .filter((region) => keys.get(keyOf(region))?.path !== region.node.path.join('.'))
        .map(({ node }) => `${document.name} ${mode}: ${node.id}`),
    );
  });
  expect(missing).toEqual([]);
});

test('the picture of the second slot is that of the first one under its own name', async () => {
  const all = await everyChart;
  for (const second of all.filter(({ path }) => /2$/.test(path))) {
    const first = all.filter(({ path, party }) => path === second.path.replace(/2$/, '1') && party === second.party);
    const likeFirst = JSON.stringify(second.states).replaceAll(second.path, second.path.replace(/2$/, '1'));
    expect(first.map(({ states }) => JSON.stringify(states))).toContain(likeFirst);
  }
});
