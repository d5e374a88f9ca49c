import fc from 'fast-check';
import { expect, test } from 'vitest';
import { everyMode, modeNames } from '../../src/machines/modeVariants.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { linkNames } from '../../src/sim/scenario/scenario.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { stepVerbs } from '../../src/sim/scenarioFile/verbs.ts';

/** Any verb at any time, twice over, on links that lose and double. */
const drawnStep = fc
  .record({
    at: fc.integer({ min: 0, max: 200_000 }),
    verb: fc.constantFrom(...stepVerbs.filter((verb) => verb !== 'dial' && verb !== 'hangUp')),
    link: fc.constantFrom(...linkNames),
  })
  .map(({ at, verb, link }) => ({ at: `${at}ms`, do: verb, ...(verb === 'cut' || verb === 'repair' ? { link } : {}) }));

/** What a scenario may say once. */
const onceOnly: readonly string[] = ['call', 'changePassword'];

/** Only who bans addresses, or limits them, is brought to it, and only a push server with two nodes loses one. */
const isPossible = (verb: string, hasNodes: boolean, { bans, limitsRegisters }: ServerProfile): boolean =>
  (verb !== 'banPushServer' || Boolean(bans)) &&
  (verb !== 'limitPushServer' || Boolean(limitsRegisters)) &&
  (hasNodes || !isOfNodes(verb));

const isOfNodes = (verb: string): boolean => verb === 'upgradePushServer' || verb === 'isolatePushServer';

const drawnNodes = fc.record({
  address: fc.constantFrom('own'),
  state: fc.constantFrom('shared', 'lost'),
  onStop: fc.constantFrom('leaves', 'removesFirst', 'removesAfterwards'),
});

const drawn = fc.record({
  steps: fc.array(drawnStep, { minLength: 1, maxLength: 12 }).map((steps) => {
    const isFirst = ({ do: verb }: (typeof steps)[number], at: number) =>
      steps.findIndex((one) => one.do === verb) === at;
    return steps.filter((one, at) => !onceOnly.includes(one.do) || isFirst(one, at));
  }),
  otherDevice: fc.option(fc.constantFrom('answers', 'ignores'), { nil: undefined }),
  unreportedPush: fc.constantFrom('tolerated', 'terminates'),
  reportsPush: fc.constantFrom('atOnce', 'withInvite'),
  delivery: fc.constantFrom('overConnection', 'byRefork'),
  user: fc.constantFrom('answers', 'declines', 'ignores'),
  autoSend180: fc.boolean(),
  replacesToken: fc.boolean(),
  notifications: fc.constantFrom('available', 'unavailable'),
  transport: fc.constantFrom('udp', 'tls'),
  nodes: drawnNodes,
});

test.each(modeNames)(
  'whatever the environment does in %s, every run comes to its end and every call to its own',
  (mode) => {
    fc.assert(
      fc.property(
        drawn,
        fc.constantFrom(...Object.values(everyServerProfile)),
        ({ steps, transport, nodes, ...rest }, server) => {
          const { swap, pushedBy } = everyMode[mode];
          const hasNodes =
            swap === null && pushedBy === 'pushServer' && steps.some(({ do: verb }) => verb === 'upgradePushServer');
          const lossy = transport === 'udp' ? { loss: 0.05, duplicate: 0.05 } : {};
          const text = JSON.stringify({
            name: 'drawn',
            title: 'Drawn',
            ...rest,
            server: server.name,
            ...(hasNodes && { topology: { nodes } }),
            links: { appSip: { transport, ...lossy }, notification: { loss: 0.05, duplicate: 0.1 } },
            steps: [
              { at: '0s', do: 'open' },
              ...steps.filter(({ do: verb }) => isPossible(verb, hasNodes, server)),
              { at: '100s', do: 'dial', call: 1 },
              { at: '101s', do: 'hangUp', call: 2 },
              { at: '100.5s', do: 'dial', call: 2 },
            ],
            until: '400s',
          });
          const document = parseScenario(text, 'drawn.json', everyServerProfile);
          const trace = simulate(scenarioIn(document, mode, server), 1);
          const judged = trace.verdicts.filter(
            ({ property }) => property === 'finalAnswer' || property === 'answeredOnce',
          );
          expect(judged.map(({ violation }) => violation)).toEqual([null, null]);
        },
      ),
      { numRuns: Math.ceil(400 / modeNames.length) },
    );
  },
);
