import { describe, expect, test } from 'vitest';
import type { MachineEvent } from '../../src/machines/events.ts';
import type { CallMessage, CallTarget, Contact } from '../../src/machines/messages.ts';
import type { ServerAxes, Waking } from '../../src/machines/serverProfile.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

/** What the caller is told with a push, and when there is none. */

const { multi } = serverProfiles;
const of = (type: CallMessage['type'], contact: CallTarget = 'addressOfRecord') =>
  ({ type, call: 1, contact }) as CallMessage;
const register = (contact: Contact = 'app@wifi'): MachineEvent => ({
  ...{ type: 'REGISTER', contact, expires: 'asked', authorization: true, stale: false },
  prid: 'first',
});

function serverWith(wakes: Partial<Waking>, axes: Partial<ServerAxes> = {}): Driven {
  const scenario = resolveScenario({ name: 'p', title: 'P', steps: [{ at: '1s', do: 'open' }] }, serverProfiles, {
    mode: 'sipServerPushes',
    server: { ...multi, digest: false, ...axes, wakes: { ...multi.wakes, ...wakes } },
  });
  const server = new Driven(scenario, 'sipServer');
  server.on(register());
  return server;
}

const sbc = { rewritesContacts: false, cacheMs: null, flowMs: null, comparesVia: false, natExpiresMs: null };
const impatient = { sbc: { ...sbc, alertMs: 10_000 } };

describe('the caller is told', () => {
  test.each<[Waking['tells'], CallMessage['type'] | null, boolean]>([
    ['trying', null, false],
    ['pushSent', 'INVITE.110', false],
    ['queued', 'INVITE.182', true],
    ['ringing', 'INVITE.180', true],
  ])('%s: %s after the 100; an SBC that waits for an 18x is content: %s', (tells, provisional, isContent) => {
    const { messages, shown, cancelled } = serverWith({ tells }, impatient).on(of('INVITE'));
    const toCaller = messages.filter(({ type }) => type.startsWith('INVITE.'));
    expect(toCaller).toEqual([of('INVITE.100'), ...(provisional ? [of(provisional)] : [])]);
    expect(cancelled.includes('alert of call 1')).toBe(isContent);
    expect(shown).toEqual(tells === 'ringing' ? [{ type: 'call.ringbackPromised', call: 1 }] : []);
  });

  test('once a contact has failed, where the push follows it', () => {
    const server = serverWith({ when: 'unreachable', tells: 'queued' });
    server.on(of('INVITE'));
    const { sent } = server.on({ type: 'transport.failed', message: of('INVITE', 'app@wifi') });
    expect(sent).toEqual(['push', 'INVITE.182']);
  });

  test.each(['INVITE.110', 'INVITE.182'] as const)(
    '17.1.1.2: %s ends the repetition of the INVITE, and no more',
    (one) => {
      const caller = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'dial', call: 1 }] }), 'caller');
      caller.on({ type: 'call.dial', call: 1 });
      expect(caller.on(of(one))).toMatchObject({ sent: [], shown: [] });
      expect(caller.on({ type: 'call.hangUp', call: 1 }).sent).toEqual(['CANCEL']);
      const leaving = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'dial', call: 1 }] }), 'caller');
      leaving.on({ type: 'call.dial', call: 1 }, { type: 'call.hangUp', call: 1 });
      expect(leaving.on(of(one)).sent).toEqual(['CANCEL']);
    },
  );
});

describe('OpenSIPS, pn_skip_pn_interval: a phone that has just registered', () => {
  const over = { type: 'wakefulness.over', phone: 1 } as const;
  const skipping = { skipsForMs: 60_000 };

  test('gets the INVITE without a push, until the time is over', () => {
    const server = serverWith(skipping);
    expect(server.on(of('INVITE')).sent).toEqual(['INVITE.100', 'INVITE']);
    server.on(over);
    expect(server.on({ ...of('INVITE'), call: 2 }).sent).toEqual(['INVITE.100', 'push']);
  });

  test('is pushed where no interval is set', () => {
    expect(serverWith({}).on(of('INVITE')).sent).toEqual(['INVITE.100', 'push']);
    expect(serverWith({}).context).not.toHaveProperty('awake');
  });

  test('counts as awake anew with each REGISTER', () => {
    const server = serverWith(skipping);
    server.on(over);
    const again = server.on(register());
    expect(again.armed).toContain('wakefulness of phone 1');
    expect(again.cancelled).toContain('wakefulness of phone 1');
    expect(server.context.awake).toEqual([1]);
  });

  test('is pushed once its binding is gone, whose token lives on', () => {
    const server = serverWith({ ...skipping, tokenLives: 'account' });
    server.on({ type: 'binding.expired', contact: 'app@wifi' });
    expect(server.on(of('INVITE')).sent).toEqual(['INVITE.100', 'push']);
  });

  test('counts as asleep after the time also where the server was down meanwhile', () => {
    const server = serverWith(skipping);
    server.on({ type: 'sipServer.crash' }, over);
    expect(server.context.awake).toEqual([]);
  });
});
