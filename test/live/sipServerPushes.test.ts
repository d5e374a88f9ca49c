import { describe, expect } from 'vitest';
import { Comparison } from '../../src/live/compared.ts';
import type { LiveResult } from '../../src/live/liveJob.ts';
import { comparedRun } from '../../src/live/prediction.ts';
import type { PushServiceName } from '../../src/live/push/pushServices.ts';
import { PushStandIn } from '../../src/live/push/pushStandIn.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { productProfiles } from '../../src/profiles/products.ts';
import { replay } from '../../src/sim/run/replay.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import type { WorldDefinition } from '../../src/sim/world/definition.ts';
import { selfSigned } from '../sip/transports/certificates.ts';
import { Kamailio, type KamailioPolicy, withPushingKamailio } from '../support/programs/kamailio.ts';
import { loopback } from '../support/programs/loopback.ts';
import { runsAgainst } from './liveSetup.ts';

const password = 'a secret of the tests';
const tsilo: ServerProfile = productProfiles['kamailio-tsilo'];
const waitMs = 3_000;

/** A call for a phone that sleeps, with what else happens. */
const asleep = (more: Partial<ScenarioDocument> & Pick<Partial<ScenarioDocument>, 'steps'> = {}): Scenario =>
  scenarioIn(
    {
      ...{ name: 'asleep', title: 'Asleep', until: '9s' },
      timing: {
        app: { coldStart: '300ms', userReaction: '500ms' },
        caller: { talk: '500ms', otherDeviceReaction: '700ms' },
      },
      ...more,
      steps: [
        { at: '100ms', do: 'open' },
        { at: '1500ms', do: 'home' },
        { at: '2500ms', do: 'dial', call: 1 },
        ...(more.steps ?? []),
      ],
    } as ScenarioDocument,
    'sipServerPushes',
    { ...tsilo, wakes: { ...tsilo.wakes, waitMs } },
  );

interface Around {
  readonly service?: PushServiceName;
  readonly runs?: number;
  readonly identity?: ReturnType<typeof selfSigned>;
  readonly restarts?: boolean;
  /** What it is configured to instead of pushing. */
  readonly instead?: KamailioPolicy;
}

/** Runs against a Kamailio that asks the stand-in, each beside its prediction. */
async function measured(scenario: Scenario, around: Around = {}) {
  const { service = 'apns', runs = 4, identity, restarts = false, instead } = around;
  const pushService = await PushStandIn.listen({ service, port: 0, identity });
  const url = `http${identity ? 's' : ''}://${loopback}:${pushService.port}`;
  const pushes = { url, waitMs, ...(identity && { authority: identity.certificate }) };
  const policy: KamailioPolicy = { password, ...(instead ?? { pushes }) };
  const first = await Kamailio.start(policy);
  const started = [Promise.resolve(first)];
  const restartServer = () => {
    first.close();
    started.push(Kamailio.start(policy, first.port));
  };
  try {
    const results = await runsAgainst({
      ...{ scenario, port: first.port, password, runs, pushService },
      ...(restarts && { restartServer }),
    });
    const servers = await Promise.all(started);
    return { results, left: await servers.at(-1)?.bindings(), problems: pushService.problems };
  } finally {
    for (const server of await Promise.all(started)) server.close();
    await pushService.close();
  }
}

/** In how many of the runs the model had predicted what came. */
function agreeing(scenario: Scenario, results: readonly LiveResult[]): number {
  const comparison = new Comparison(5_000);
  for (const [index, result] of results.entries()) {
    const schedule = (definition: WorldDefinition) => new SeededSchedule(definition, 1 + index);
    comparison.add(comparedRun(scenario, schedule, result));
  }
  return comparison.result().agreeing;
}

const lost = (results: readonly LiveResult[]) =>
  results.filter(({ trace }) =>
    trace.verdicts.some(({ property, verdict }) => property === 'noInviteLost' && verdict === 'violated'),
  ).length;

const divergences = (results: readonly LiveResult[]) => results.flatMap((one) => one.divergences);

describe.concurrent('the SIP server pushes, on a real Kamailio', { retry: 2 }, () => {
  withPushingKamailio.for([['apns'], ['fcm']] as const)(
    '%s: the phone is woken, and no call is lost',
    async ([service]) => {
      const scenario = asleep();
      const { results, left, problems } = await measured(scenario, { service });
      expect(divergences(results)).toEqual([]);
      expect([lost(results), agreeing(scenario, results)]).toEqual([0, 4]);
      expect([left, problems]).toEqual([[], []]);
      for (const { trace } of results) expect(replay(trace, 'live').digest).toBe(trace.digest);
    },
  );

  withPushingKamailio('over TLS Kamailio speaks HTTP/2, as APNs wants it', async () => {
    const { results } = await measured(asleep(), { identity: selfSigned() });
    expect(divergences(results)).toEqual([]);
    expect(lost(results)).toBe(0);
  });

  withPushingKamailio.for([
    ['a token that is dead', { steps: [{ at: '2s', do: 'killToken' }] }, 4],
    [
      'a token that has changed, on a phone that is awake',
      {
        steps: [
          { at: '1600ms', do: 'reinstall' },
          { at: '1700ms', do: 'open' },
        ],
      },
      0,
    ],
    ['a push that is lost', { faults: [{ do: 'lose', message: 'notification' }] }, 4],
    ['a second call while the phone wakes', { steps: [{ at: '2700ms', do: 'dial', call: 2 }] }, 0],
    ['a caller who gives up', { steps: [{ at: '2700ms', do: 'hangUp', call: 1 }] }, 4],
    ['a phone on a desk that rings on', { otherDevice: 'ignores' }, 0],
    ['a phone on a desk that answers', { otherDevice: 'answers' }, 0],
  ] as const)('%s comes out as predicted', async ([, more, expected]) => {
    const scenario = asleep(more as never);
    const { results, left } = await measured(scenario);
    expect(divergences(results)).toEqual([]);
    expect([lost(results), agreeing(scenario, results)]).toEqual([expected, 4]);
    expect(left).toEqual([]);
  });

  withPushingKamailio('a restart forgets the token: the call is lost, as predicted', async () => {
    const timing = { sipServer: { restart: '500ms' }, app: { coldStart: '300ms' } };
    const scenario = asleep({ timing, steps: [{ at: '1800ms', do: 'crashSipServer' }] } as never);
    const { results } = await measured(scenario, { runs: 1, restarts: true });
    expect(divergences(results)).toEqual([]);
    expect([lost(results), agreeing(scenario, results)]).toEqual([1, 1]);
  });

  withPushingKamailio('a server that does not push is no server that does', async () => {
    const { results } = await measured(asleep(), { runs: 1, instead: {} });
    expect(divergences(results)).toContainEqual(
      expect.objectContaining({ kind: 'missing', to: 'notificationService' }),
    );
  });
});
