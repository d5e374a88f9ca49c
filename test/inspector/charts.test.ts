import { expect, test } from 'vitest';
import type { Chart, ChartArrow } from '../../src/inspector/charts/chart.ts';
import { layOutCharts } from '../../src/inspector/charts/layOut.ts';
import { type PackedCharts, packed, unpacked } from '../../src/inspector/charts/packed.ts';
import { ownCharts } from '../../src/inspector/charts/plugin.ts';
import { keyOf, regionsOf } from '../../src/inspector/charts/region.ts';
import { modeNames } from '../../src/machines/modeVariants.ts';
import { otherUsers } from '../../src/machines/otherDevice.ts';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { everyServerProfile, serverKinds } from '../../src/profiles/furtherServers.ts';
import { type Scenario, suspendedSockets } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { machinesOf } from '../../src/sim/sipWorld/definition.ts';
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
    const usual = drawn(scenario);
    // What else could matter are the product's own modes on any server, and the other modes on any kind of them.
    const servers = (registrationModeNames as readonly string[]).includes(mode) ? everyServerProfile : serverKinds;
    for (const server of Object.values(servers)) {
      expect(drawn({ ...scenario, server })).toEqual(usual);
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

/** What the build makes of all pictures, as the page reads it. */
const everyChart = ownCharts().then((found) => unpacked(JSON.parse(JSON.stringify(found)) as PackedCharts));

/** The regions of a scenario's machines that have no picture. */
async function withoutPicture(document: ScenarioDocument): Promise<string[]> {
  const charts = await everyChart;
  return Object.values(machinesOf(resolveScenario({ server: 'multi', ...document }, everyServerProfile)))
    .flatMap(regionsOf)
    .filter((region) => charts.find(({ key }) => key === keyOf(region))?.path !== region.node.path.join('.'))
    .map(({ node }) => `${document.name} ${document.mode}: ${node.id}`);
}

const withoutPictures = async (documents: readonly ScenarioDocument[]): Promise<string[]> =>
  (await Promise.all(documents.map(withoutPicture))).flat();

test('whatever the bundled scenarios put into the machines has its picture, in one mode after the other', async () => {
  const documents = [...exampleNames.map(example), ...callScenarios, ...fieldScenarios];
  expect(documents.length).toBeGreaterThan(2 * modeNames.length);
  const ofModes = documents.map((document, index) => ({ ...document, mode: modeNames[index % modeNames.length] }));
  expect(await withoutPictures(ofModes as ScenarioDocument[])).toEqual([]);
});

/** What is written about a scenario, or decides when something happens and what becomes of messages. */
type ShapesNoMachine =
  | 'name'
  | 'title'
  | 'about'
  | 'expect'
  | 'report'
  | 'mitigation'
  | 'server'
  | 'network'
  | 'push'
  | 'links'
  | 'timing'
  | 'expires'
  | 'faults'
  | 'limits'
  | 'until'
  // What it draws are steps.
  | 'workload'
  // The machines of each phone are those of the first; `tellsUse` adds a note, and no state.
  | 'topology';

const open = { at: '1s', do: 'open' as const };

/** Transports shape nothing themselves; keep-alives there are over connections only. */
const overTcp = { appSip: { transport: 'tcp' }, pushServerSip: { transport: 'tcp' } } as const;

/** What each other key of a scenario can say, the usual first: a new key has to take its place here. */
const everyValue: {
  readonly [Key in Exclude<keyof ScenarioDocument, ShapesNoMachine>]-?: readonly ScenarioDocument[Key][];
} = {
  mode: modeNames,
  steps: [[open], [open, { at: '2s', do: 'dial', call: 1 }], [open, { at: '2s', do: 'call' }]],
  delivery: ['overConnection', 'byRefork'],
  autoSend180: [false, true],
  repeatsPush: [false, true],
  user: ['answers', 'declines', 'ignores', 'doNotDisturb'],
  declinesWith: [603, 480, 486],
  callWaiting: [true, false],
  endsCall: ['caller', 'user'],
  followsNetwork: [true, false],
  noticesNetwork: [true, false],
  otherDevice: [undefined, ...otherUsers],
  unreportedPush: ['tolerated', 'terminates'],
  reportsPush: ['atOnce', 'withInvite', 'callsOnly'],
  refreshesOnPush: [true, false],
  pushProvider: ['supported', 'unsupported'],
  afterUnsupported: ['registersWithout', 'backsOff', 'givesUp'],
  withoutPushes: ['sleeps', 'staysAwake'],
  readsContacts: ['own', 'first'],
  suspendedSockets,
  notifications: ['available', 'unavailable'],
  replacesToken: [false, true],
  afterForbidden: ['backsOff', 'givesUp'],
  afterTooBrief: ['asksForMinimum', 'backsOff', 'givesUp'],
  afterRetryLater: ['waits', 'backsOff', 'givesUp'],
  keepsCallId: [false, true],
  afterSilence: ['backsOff', 'givesUp'],
  readsExpires: ['own', 'header', 'asked', 'largest'],
  natEmulation: [false, true],
  sessionTimers: [undefined, { refresher: 'caller' }, { refresher: 'user' }],
  keepAlive: [undefined, { app: true, pushServer: true }],
  pushEnabled: [true, false],
  refresh: [undefined, { pushServer: 'atInterval' }],
};

test('so has whatever a scenario can say, alone and with all that is unusual', async () => {
  const ofEveryKey = (index: 0 | -1) => ({
    ...Object.fromEntries(Object.entries(everyValue).map(([key, values]) => [key, values.at(index)])),
    links: overTcp,
  });
  const documents = [ofEveryKey(0), ofEveryKey(-1)].flatMap((rest) =>
    Object.entries(everyValue).flatMap(([key, values]) =>
      values.map((value) => ({ ...rest, [key]: value, name: `${key}: ${value}` }) as unknown as ScenarioDocument),
    ),
  );
  expect(await withoutPictures(documents)).toEqual([]);
});

test('what the page unpacks is what was laid out', async () => {
  const charts = await layOutCharts([machinesOf(ofMode('standard'))]);
  expect(unpacked(packed(charts))).toEqual(charts);
  const [{ arrows, ...chart }] = charts as [Chart];
  const [arrow] = arrows as [ChartArrow, ...ChartArrow[]];
  const aslant = { ...arrow, points: [[0, 0] as const, [3, 4] as const] };
  expect(() => packed([{ ...chart, arrows: [aslant] }])).toThrow('an arrow goes aslant from 0 0 to 3 4');
});

test('the picture of the second slot is that of the first one under its own name', async () => {
  const all = await everyChart;
  for (const second of all.filter(({ path }) => /2$/.test(path))) {
    const first = all.filter(({ path, party }) => path === second.path.replace(/2$/, '1') && party === second.party);
    const likeFirst = JSON.stringify(second.states).replaceAll(second.path, second.path.replace(/2$/, '1'));
    expect(first.map(({ states }) => JSON.stringify(states))).toContain(likeFirst);
  }
});
