import fc from 'fast-check';
import { everyMode } from '../src/machines/modeVariants.ts';
import { partyDelays } from '../src/machines/parties.ts';
import type { ServerProfile } from '../src/machines/serverProfile.ts';
import { everyServerProfile } from '../src/profiles/furtherServers.ts';
import { linkNames, type Scenario } from '../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../src/sim/scenarioFile/resolve.ts';
import { stepVerbs } from '../src/sim/scenarioFile/verbs.ts';

const longestMs = 120_000;

const step = fc
  .record({
    atMs: fc.oneof(fc.integer({ min: 0, max: 12_000 }), fc.integer({ min: 0, max: longestMs })),
    verb: fc.constantFrom(...stepVerbs),
    call: fc.constantFrom(1, 2),
    link: fc.constantFrom(...linkNames),
  })
  .map(({ atMs, verb, call, link }) => ({
    at: `${atMs}ms`,
    do: verb,
    ...((verb === 'dial' || verb === 'hangUp') && { call }),
    ...((verb === 'cut' || verb === 'repair') && { link }),
  })) as fc.Arbitrary<ScenarioDocument['steps'][number]>;

const isReliable = fc.boolean();

const links = fc
  .record({ isReliable, loss: fc.constantFrom(0, 0, 0.3), slow: fc.constantFrom('50ms', '400ms', '3s') })
  .map(({ isReliable: reliable, loss, slow }) => {
    const latency: [string, string] = ['10ms', slow];
    const sip = { transport: reliable ? 'tls' : 'udp', latency, loss: reliable ? 0 : loss } as const;
    return { callerSip: sip, appSip: sip, pushServerSip: sip, notification: { loss, duplicate: loss } };
  });

const server: fc.Arbitrary<ServerProfile> = fc
  .record({
    base: fc.constantFrom<ServerProfile>(...Object.values(everyServerProfile)),
    withoutBinding: fc.constantFrom<ServerProfile['withoutBinding'] | null>(null, { do: 'voicemail' }),
    minimum: fc.constantFrom<ServerProfile['minimumExpires'] | null>(null, { ms: 700_000, answer: 'intervalTooBrief' }),
    retryAfter: fc.boolean(),
    scope: fc.constantFrom<ServerProfile['removalScope'] | null>(null, 'allOfUser'),
    late: fc.boolean(),
    short: fc.boolean(),
  })
  .map(({ base, withoutBinding, minimum, retryAfter, scope, late, short }) => ({
    ...base,
    ...(withoutBinding && { withoutBinding }),
    ...(minimum && { minimumExpires: minimum }),
    ...(scope && { removalScope: scope }),
    ...(base.whenFull.do === 'refuse' && { whenFull: { ...base.whenFull, retryAfter } }),
    ...(short && { maximumExpiresMs: 40_000, keepsBindingsOnRestart: false }),
    forksToLateBindings: late || base.forksToLateBindings,
  }));

/** Any scenario at all, however unreasonable: everything that can be written, in any order, on any kind of server. */
export const anyScenario: fc.Arbitrary<Scenario> = fc
  .record({
    opening: fc.constantFrom<ScenarioDocument['steps']>([], [{ at: '0s', do: 'open' }]),
    steps: fc.array(step, { minLength: 1, maxLength: 14 }),
    mode: fc.constantFrom(...Object.values(everyMode)),
    server,
    links,
    delivery: fc.constantFrom('overConnection', 'byRefork'),
    user: fc.constantFrom('answers', 'declines', 'ignores'),
    autoSend180: fc.boolean(),
    otherDevice: fc.constantFrom(undefined, undefined, 'answers', 'ignores'),
    unreportedPush: fc.constantFrom('tolerated', 'tolerated', 'terminates'),
    reportsPush: fc.constantFrom('atOnce', 'withInvite'),
    replacesToken: fc.boolean(),
    notifications: fc.constantFrom('available', 'available', 'unavailable'),
    patience: fc.constantFrom('30s', '90s'),
  })
  .map(({ opening, steps, mode, server: chosen, patience, ...rest }) =>
    scenarioIn(
      {
        name: 'any',
        title: 'Any',
        ...rest,
        delivery: rest.delivery as 'byRefork',
        user: rest.user as 'answers',
        otherDevice: rest.otherDevice as 'answers' | undefined,
        unreportedPush: rest.unreportedPush as 'tolerated',
        reportsPush: rest.reportsPush as 'atOnce',
        notifications: rest.notifications as 'available',
        timing: { caller: { patience }, app: { ringLimit: partyDelays.app.ringLimit > 60_000 ? '50s' : '60s' } },
        steps: [...opening, ...steps],
      },
      mode,
      chosen,
    ),
  );
