import { describe, expect } from 'vitest';
import { userCallIn } from '../../src/live/userCallStory.ts';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { replay } from '../../src/sim/run/replay.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { cseqOf, headerValue, headerValues } from '../../src/sip/message/headers.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import type { TransportName } from '../../src/sip/transports/transport.ts';
import { Kamailio, type KamailioPolicy, withKamailio } from '../support/programs/kamailio.ts';
import { type LiveSetup, runsAgainst } from './liveSetup.ts';

const password = 'a secret of the tests';
const challenging: KamailioPolicy = { password, challengesCalls: true, withoutBinding: 480 };

/** A call that the user makes, and its end half a second after the answer. */
const calling = (mode: ModeName, more: Partial<ScenarioDocument> = {}): Scenario =>
  scenarioIn(
    {
      ...{ name: 'calling', title: 'The user calls' },
      steps: [
        { at: '100ms', do: 'open' },
        { at: '2s', do: 'call' },
      ],
      timing: { app: { coldStart: '200ms', talk: '500ms' }, caller: { calleeReaction: '500ms' } },
      until: '6s',
      ...more,
    },
    mode,
    serverProfiles.multi,
  );

interface Runs {
  readonly transport?: TransportName;
  readonly count?: number;
  readonly tap?: LiveSetup['tap'];
}

async function runs(scenario: Scenario, policy: KamailioPolicy, { transport = 'UDP', count = 3, tap }: Runs = {}) {
  const real = await Kamailio.start(policy);
  const given = { scenario, port: real.port, password, transport, runs: count, calls: 'callee' };
  const running = runsAgainst({ ...given, ...(tap && { tap }) });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const bound = (await real.bindings()).map(({ user }) => user);
  const results = await running;
  const left = await real.bindings();
  real.close();
  return { results, bound, left };
}

describe.concurrent('a call that the user makes, through a real Kamailio', () => {
  withKamailio.for([
    ['standard', 'UDP'],
    ['singleDeviceEmulation', 'TCP'],
    ['continuous', 'UDP'],
    ['continuous', 'TCP'],
  ] as const)('%s over %s: it is challenged, rings, is answered and ends', async ([mode, transport]) => {
    const { results, bound, left } = await runs(calling(mode), challenging, { transport });
    expect(results).toHaveLength(3);
    for (const { trace, divergences, left: unconfirmed, refusal } of results) {
      expect(divergences).toEqual([]);
      expect(userCallIn(trace)).toBe('answered');
      expect([unconfirmed, refusal]).toEqual([[], null]);
      const told = trace.records.map(({ event, targetRef }) => `${event.type} ${targetRef}`);
      expect(told).toContain('outgoing.BYE caller');
      expect(replay(trace, 'live').digest).toBe(trace.digest);
    }
    expect(bound).toContain('callee0');
    expect(left).toEqual([]);
  });

  withKamailio(
    'on the wire: the challenge is acknowledged, and the call goes through the server both ways',
    async () => {
      const said: string[] = [];
      const tap: NonNullable<LiveSetup['tap']> = (direction, bytes) => {
        const message = parseMessage(bytes);
        if (message.kind === 'malformed' || cseqOf(message)?.method === 'REGISTER') return;
        const via = headerValues(message, 'Via').length;
        const what = message.kind === 'request' ? message.method : message.status;
        const credentials = headerValue(message, 'Proxy-Authorization') === undefined ? '' : ' with credentials';
        said.push(`${direction} ${what}${credentials}, ${via} Via`);
      };
      await runs(calling('standard'), challenging, { count: 1, tap });
      // The server takes the credentials out (22.3), and its 100 is for the INVITE's transaction alone.
      expect(said.filter((one) => !one.includes(' 100,'))).toEqual([
        'sent INVITE, 1 Via',
        'received 407, 1 Via',
        'sent ACK, 1 Via',
        'sent INVITE with credentials, 1 Via',
        'received INVITE, 2 Via',
        'sent 180, 2 Via',
        'received 180, 1 Via',
        'sent 200, 2 Via',
        'received 200, 1 Via',
        'sent ACK with credentials, 1 Via',
        'received ACK with credentials, 2 Via',
        'sent BYE, 1 Via',
        'received BYE, 2 Via',
        'sent 200, 2 Via',
        'received 200, 1 Via',
      ]);
    },
  );

  withKamailio('the phone moves in the call: its BYE leaves from the new address, and is answered there', async () => {
    const scenario = calling('standard', {
      steps: [
        { at: '100ms', do: 'open' },
        { at: '2s', do: 'call' },
        { at: '3s', do: 'changeNetwork' },
      ],
      timing: { app: { coldStart: '200ms', talk: '2s' }, caller: { calleeReaction: '300ms' } },
    });
    const { results } = await runs(scenario, challenging);
    for (const { trace, divergences } of results) {
      expect(divergences).toEqual([]);
      const end = trace.records.find(
        ({ event, targetRef }) => event.type === 'outgoing.BYE.200' && targetRef === 'app',
      );
      expect(end).toMatchObject({ event: { from: 'app@cellular' }, fate: 'happen' });
    }
  });

  withKamailio('a server that asks for no credentials: that is said, and the call goes through', async () => {
    const { results } = await runs(calling('standard'), { password, withoutBinding: 480 });
    for (const { trace, divergences } of results) {
      expect(divergences.map(({ kind, came, expected }) => `${kind} ${(came ?? expected)?.type}`)).toEqual(
        expect.arrayContaining(['unexpected outgoing.INVITE', 'missing outgoing.407']),
      );
      expect(userCallIn(trace)).toBe('answered');
      expect(replay(trace, 'live').digest).toBe(trace.digest);
    }
  });

  withKamailio(
    'a phone that the server has forgotten: the call is lost, which the profile does not explain',
    async () => {
      const real = await Kamailio.start(challenging);
      const running = runsAgainst({
        scenario: calling('standard'),
        port: real.port,
        password,
        runs: 1,
        calls: 'callee',
      });
      while (!(await real.bindings()).some(({ user }) => user === 'callee0')) await new Promise(setImmediate);
      await real.rpc('ul.rm', 'location', 'callee0');
      const [result] = await running;
      real.close();
      expect(result?.divergences).toContainEqual(
        expect.objectContaining({ kind: 'unexpected', came: { type: 'outgoing.failed', from: 'app@wifi', code: 480 } }),
      );
      expect(result && userCallIn(result.trace)).toBe('lost');
    },
  );

  withKamailio('a server that closes connections finds the phone registered again', async () => {
    const real = await Kamailio.start({ ...challenging, connectionLifetimeSeconds: 2 });
    const scenario = calling('standard', {
      steps: [
        { at: '100ms', do: 'open' },
        { at: '9s', do: 'call' },
      ],
      until: '13s',
    });
    const setup = { scenario, port: real.port, password, runs: 1, calls: 'callee', transport: 'TCP' } as const;
    const [result] = await runsAgainst(setup);
    real.close();
    expect(result && userCallIn(result.trace)).toBe('answered');
  });
});
