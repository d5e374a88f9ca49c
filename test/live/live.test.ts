import { describe, expect } from 'vitest';
import { reproductionOf } from '../../src/live/reproduction.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { replay } from '../../src/sim/run/replay.ts';
import { retimed } from '../../src/sim/run/retimed.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import type { Trace } from '../../src/sim/trace/trace.ts';
import { Kamailio, type KamailioPolicy, withKamailio } from '../support/programs/kamailio.ts';
import { gapScenario, runsAgainst, undisturbedRuns } from './liveSetup.ts';

const password = 'a secret of the tests';
const common: KamailioPolicy = { password, withoutBinding: 480, retryAfterSeconds: 30 };

const loses = ({ verdicts }: Trace): boolean =>
  verdicts.some(({ property, verdict }) => property === 'noInviteLost' && verdict === 'violated');

const withServer = async <T>(policy: KamailioPolicy, use: (kamailio: Kamailio) => Promise<T>): Promise<T> => {
  const kamailio = await Kamailio.start(policy);
  try {
    return await use(kamailio);
  } finally {
    kamailio.close();
  }
};

describe.concurrent('the machines against a real Kamailio', () => {
  withKamailio.for([
    ['standard', 'multi', {}, 'UDP'],
    ['continuous', 'multi', {}, 'TCP'],
    ['singleDeviceTakeover', 'overwrite', { policy: 'overwrite' }, 'UDP'],
    ['singleDeviceEmulation', 'hold', { policy: 'reject', holdMs: 15_000 }, 'TCP'],
  ] as const)(
    '%s on %s loses no call, and the server does what its profile says',
    async ([mode, name, policy, transport]) => {
      const scenario = gapScenario(mode, serverProfiles[name]);
      await withServer({ ...common, ...policy }, async ({ port }) => {
        const results = await undisturbedRuns({ scenario, port, password, transport });
        expect(results.map(({ divergences }) => divergences)).toEqual(results.map(() => []));
        expect(results.filter(({ trace }) => loses(trace))).toEqual([]);
        expect(results.flatMap(({ left }) => left)).toEqual([]);
      });
    },
  );

  withKamailio('a live run is a trace like any other: it replays to the same bytes', async () => {
    const scenario = gapScenario('singleDeviceEmulation', serverProfiles.reject);
    const results = await withServer({ ...common, policy: 'reject' }, ({ port }) =>
      runsAgainst({ scenario, port, password, runs: 3 }),
    );
    for (const { trace } of results) expect(replay(trace, 'live').digest).toBe(trace.digest);
  });

  withKamailio('the counterexample of the checker loses a real call', async () => {
    const scenario = gapScenario('singleDeviceEmulation', serverProfiles.reject);
    const [decision] = check(scenario, { properties: [propertyNamed('noInviteLost')] }).decisions;
    const found = decision?.counterexample;
    if (!found) throw new Error('there is no counterexample');
    const counterexample = { ...found.trace, raceWindow: found.window };
    const results = await withServer({ ...common, policy: 'reject' }, ({ port }) =>
      runsAgainst({
        scenario,
        port,
        password,
        runs: 5,
        schedule: (definition) => retimed(counterexample, new SeededSchedule(definition, 1)),
      }),
    );
    const reproductions = results.map(({ trace }) => reproductionOf(counterexample, trace));
    // This machine may be late once, but not every time.
    expect(reproductions.some((one) => one?.isReproduced)).toBe(true);
    for (const one of reproductions) {
      if (one?.isReproduced === false) expect(one.outside.length + one.swapped.length).toBeGreaterThan(0);
    }
  });

  withKamailio('a server that does otherwise is noticed, message by message, and the run goes on', async () => {
    const scenario = gapScenario('singleDeviceEmulation', {
      ...serverProfiles.reject,
      withoutBinding: { do: 'reject', code: 404 },
    });
    const [result] = await withServer({ withoutBinding: 480, policy: 'reject' }, ({ port }) =>
      runsAgainst({ scenario, port, runs: 1 }),
    );
    const kinds = result?.divergences.map(({ kind, to, came }) => `${kind} ${to} ${came?.type}`);
    expect(kinds).toContain('unexpected app REGISTER.200');
    if (result === undefined) throw new Error('there was no run');
    expect(replay(result.trace, 'live').digest).toBe(result.trace.digest);
  });

  withKamailio('whoever stops a run leaves no binding behind', async () => {
    const scenario = gapScenario('standard', serverProfiles.multi);
    await withServer(common, async (kamailio) => {
      const controller = new AbortController();
      const running = runsAgainst({ scenario, port: kamailio.port, password, runs: 3, signal: controller.signal });
      while ((await kamailio.bindings()).length < 3) await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      const results = await running;
      expect(results.map(({ isInterrupted }) => isInterrupted)).toEqual([true, true, true]);
      expect(await kamailio.bindings()).toEqual([]);
    });
  });
});
