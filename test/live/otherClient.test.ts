import { expect } from 'vitest';
import { realClock } from '../../src/live/clock.ts';
import { removeBindings } from '../../src/live/farewell.ts';
import { LiveRun } from '../../src/live/liveRun.ts';
import { liveTrace } from '../../src/live/liveTrace.ts';
import { Session } from '../../src/live/session.ts';
import { Wire } from '../../src/live/wire.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { randomIdentifiers } from '../../src/sip/randomIdentifiers.ts';
import { Baresip, baresip } from '../support/programs/baresip.ts';
import { Kamailio, kamailio } from '../support/programs/kamailio.ts';
import { freePort, loopback } from '../support/programs/loopback.ts';
import { testWith } from '../support/programs/program.ts';

const password = 'a-test-password';
const user = 'alice';

/** The phone is asleep when the call comes; the woken client registers by itself and gets a branch of its own. */
const scenario = resolveScenario(
  {
    name: 'woken-client',
    title: 'A call for a phone on which another client sleeps',
    delivery: 'byRefork',
    steps: [
      { at: '100ms', do: 'open' },
      { at: '1500ms', do: 'home' },
      { at: '3s', do: 'dial', call: 1 },
    ],
    timing: { app: { coldStart: '300ms', backgroundTime: '500ms' }, caller: { talk: '500ms' } },
    until: '12s',
  },
  {},
  { mode: 'standard', server: { ...serverProfiles.multi, forksToLateBindings: true } },
);

testWith(kamailio, baresip)('baresip answers the call that the push server woke it for', async () => {
  const server = await Kamailio.start({ password, withoutBinding: 480, holdMs: 15_000 });
  const remote = { host: loopback, port: server.port, transport: 'UDP' } as const;
  const session = await Session.open({ server: remote, local: loopback, allowed: [] });
  const port = await freePort();
  const { name, transport, host, drop } = session.sockets['app@wifi'];
  const phone = { name, transport, host, port, drop, send: async () => undefined };
  const sockets = { ...session.sockets, 'app@wifi': phone };
  const { askedExpiresMs } = scenario;
  const account = { user, domain: loopback, password };
  const wire = new Wire({ account, sockets, identifiers: randomIdentifiers, askedExpiresMs });
  const definition = defineWorld(scenario);
  const woken: Promise<Baresip>[] = [];
  const wakeOtherClient = () => {
    if (woken.length === 0) woken.push(Baresip.start({ serverPort: server.port, user, password, port }));
  };
  const schedule = new SeededSchedule(definition, 1);
  const run = new LiveRun({ definition, schedule, wire, clock: realClock, wakeOtherClient });
  session.listen((at, message) => run.receive(at, message));
  const trace = liveTrace(scenario, await run.finish());
  const client = await woken[0];
  const seen = trace.records.flatMap(({ observations }) => observations.map(({ type }) => type));
  const answer = trace.records.find(({ event, targetRef }) => event.type === 'INVITE.200' && targetRef === 'caller');
  expect(client?.output).toContain('answering call');
  expect(answer?.event).toMatchObject({ contact: 'app@wifi' });
  expect(seen).toContain('call.connected');
  await client?.quit();
  expect(await removeBindings(session, wire, realClock)).toEqual([]);
  expect(await server.bindings()).toEqual([]);
  await session.close();
});
