import { describe, expect } from 'vitest';
import type { LiveResult } from '../../src/live/liveJob.ts';
import { undecidedIn } from '../../src/live/tally.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { replay } from '../../src/sim/run/replay.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import type { TransportName } from '../../src/sip/transports/transport.ts';
import { selfSigned } from '../sip/transports/certificates.ts';
import {
  Kamailio,
  withKamailio,
  withKamailioSecureWebSocket,
  withKamailioTls,
  withKamailioWebSocket,
} from '../support/programs/kamailio.ts';
import { gapScenario, runsAgainst, undisturbedRuns } from './liveSetup.ts';

const password = 'a secret of the tests';

/** A scenario over connections, as the command makes it for such a server. */
const carried = (document: Partial<ScenarioDocument>) => {
  const quick = { app: { coldStart: '200ms', userReaction: '500ms' }, caller: { talk: '500ms' } };
  const links = Object.fromEntries(
    (['callerSip', 'appSip', 'pushServerSip'] as const).map((link) => [link, { transport: 'tcp' }]),
  ) as NonNullable<ScenarioDocument['links']>;
  const steps: ScenarioDocument['steps'] = [{ at: '100ms', do: 'open' }];
  return scenarioIn(
    { name: 'carried', title: 'Over connections', timing: quick, until: '8s', steps, links, ...document },
    'standard',
    serverProfiles.multi,
  );
};

const isFine = (results: readonly LiveResult[]) => {
  expect(results.map(({ refusal, divergences, left }) => ({ refusal, divergences, left }))).toEqual(
    results.map(() => ({ refusal: null, divergences: [], left: [] })),
  );
  expect(results.flatMap(({ trace }) => undecidedIn(trace))).toEqual([]);
  const rang = results.flatMap(({ trace }) => trace.records.flatMap(({ observations }) => observations));
  expect(rang.filter(({ type }) => type === 'ringing.alerting')).toHaveLength(results.length);
};

describe.concurrent('calls over every transport that a real Kamailio takes', () => {
  const calls = async (transport: TransportName, host: '127.0.0.1' | '::1' = '127.0.0.1') => {
    const isEncrypted = transport === 'TLS' || transport === 'WSS';
    const identity = isEncrypted ? selfSigned() : undefined;
    const real = await Kamailio.start({
      ...{ password, withoutBinding: 480, host, webSocket: transport.startsWith('W') },
      ...(identity && { tls: { ...identity, authorities: identity.certificate } }),
    });
    const results = await undisturbedRuns({
      ...{ scenario: gapScenario('standard', serverProfiles.multi), password, runs: 3, transport, host },
      port: isEncrypted ? real.port + 1 : real.port,
      ...(identity && { tls: { ...identity, authorities: identity.certificate } }),
    });
    isFine(results);
    expect(await real.bindings()).toEqual([]);
    real.close();
  };

  withKamailio('UDP over IPv6', () => calls('UDP', '::1'));
  withKamailio('TCP over IPv6', () => calls('TCP', '::1'));
  withKamailioTls('TLS, each side with a certificate', () => calls('TLS'));
  withKamailioWebSocket('WebSocket', () => calls('WS'));
  withKamailioSecureWebSocket('WebSocket over TLS', () => calls('WSS'));
});

// In real time: where this machine is too busy for the app to register in three seconds, there is nothing to see.
describe.concurrent('a connection that is kept alive', { retry: 2 }, () => {
  withKamailio('RFC 5626 3.5.1: the server answers each ping of app and push server with a pong', async () => {
    const real = await Kamailio.start({ password });
    const interval = { keepAliveInterval: '1s' };
    const [result] = await runsAgainst({
      scenario: carried({
        keepAlive: { app: true, pushServer: true },
        timing: { app: interval, pushServer: interval },
        steps: [
          { at: '100ms', do: 'open' },
          { at: '3s', do: 'home' },
        ],
      }),
      ...{ port: real.port, password, runs: 1, transport: 'TCP' },
    });
    real.close();
    expect(result?.divergences).toEqual([]);
    for (const party of ['app', 'pushServer']) {
      const pongs = result?.trace.records.filter(
        ({ event, targetRef, fate }) => event.type === 'keepAlive.pong' && targetRef === party && fate !== 'lose',
      );
      expect(pongs?.length, party).toBeGreaterThan(0);
    }
  });
});

describe.concurrent('a connection that ends', () => {
  withKamailio(
    'RFC 5626 4.4.1: the app registers again when the server closes it, and the next call rings',
    async () => {
      const real = await Kamailio.start({ password, connectionLifetimeSeconds: 2 });
      const [result] = await runsAgainst({
        scenario: carried({
          steps: [
            { at: '100ms', do: 'open' },
            { at: '13s', do: 'dial', call: 1 },
          ],
          until: '16s',
        }),
        ...{ port: real.port, password, runs: 1, transport: 'TCP' },
      });
      real.close();
      const records = result?.trace.records ?? [];
      const drop = records.find(({ event, targetRef }) => event.type === 'connection.closed' && targetRef === 'app');
      expect(drop).toMatchObject({
        kind: 'step',
        snapshot: { value: { running: { registration: { refreshing: 'once' } } } },
      });
      const seen = records.flatMap(({ observations }) => observations.map(({ type }) => type));
      expect(seen).toContain('ringing.alerting');
      expect(seen).toContain('call.connected');
      expect(replayed(result)).toBe(result?.trace.digest);
    },
  );

  withKamailio('RFC 3261 17.1.4: a REGISTER whose connection breaks has failed, and the app backs off', async () => {
    const real = await Kamailio.start({ password });
    const running = runsAgainst({ scenario: carried({}), port: real.port, password, runs: 1, transport: 'TCP' });
    while ((await real.bindings()).length < 1) await new Promise((resolve) => setImmediate(resolve));
    real.close();
    const [result] = await running;
    const told = result?.trace.records.filter(({ event, targetRef }) => isFailure(event.type) && targetRef === 'app');
    expect(told?.map(({ event }) => event.type)).toContain('connection.closed');
    expect(told?.map(({ event }) => event.type)).toContain('transport.failed');
    expect(JSON.stringify(told?.at(-1)?.snapshot?.value)).toContain('"registration":{"backingOff"');
    expect(replayed(result)).toBe(result?.trace.digest);
  });

  withKamailio('the OS closes the connection of an app that it kills, and the contact goes with it', async () => {
    const real = await Kamailio.start({ password, bindingGoesWithConnection: true });
    const steps: ScenarioDocument['steps'] = [
      { at: '100ms', do: 'open' },
      { at: '3s', do: 'kill' },
    ];
    const running = runsAgainst({ scenario: carried({ steps }), port: real.port, password, runs: 1, transport: 'TCP' });
    const counts = await bindingCounts(real, running);
    real.close();
    // Nobody has removed it: it is gone before the run is over.
    expect(counts).toEqual([0, 1, 0]);
    const [result] = await running;
    const removals = result?.trace.records.filter(({ event }) => event.type === 'REGISTER' && 'expires' in event);
    expect(removals?.every(({ event }) => 'expires' in event && event.expires !== 'zero')).toBe(true);
  });
});

const replayed = (result: LiveResult | undefined) => result && replay(result.trace, 'live').digest;

const isFailure = (type: string): boolean => type === 'connection.closed' || type === 'transport.failed';

/** How many bindings a server has until something is over, each number once. */
async function bindingCounts(real: Kamailio, running: Promise<unknown>): Promise<number[]> {
  const counts: number[] = [];
  let isOver = false;
  void running.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const { length } = await real.bindings();
    if (length !== counts.at(-1)) counts.push(length);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return counts;
}
