import { describe, expect, test } from 'vitest';
import type { Contact, Message, Network } from '../../src/machines/messages.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

const steps = [{ at: '1s', do: 'open' as const }];
const server = (profile: Partial<ServerProfile>) => {
  const whole = { ...serverProfiles.multi, digest: false, ...profile };
  const registrar = new Driven(scenarioIn({ name: 'x', title: 'X', steps }, 'standard', whole), 'sipServer');
  registrar.on(register('app@wifi'), register('pushServer'));
  return registrar;
};
const register = (contact: Contact) =>
  ({ type: 'REGISTER', contact, expires: 'asked', authorization: false, stale: false }) as const;
const closed = (from: 'app' | 'pushServer' | 'caller', network?: Network) =>
  ({ type: 'connection.closed', from, ...(network && { network }) }) as const;
const failed = (message: Message) => ({ type: 'transport.failed', message }) as const;
const invite = { type: 'INVITE', call: 1, contact: 'addressOfRecord' } as const;

describe('a binding whose connection closes', () => {
  test('goes with it where the profile says so, and does not expire any more', () => {
    const registrar = server({ onConnectionClosed: 'removesBinding' });
    const { cancelled, shown } = registrar.on(closed('app', 'wifi'));
    expect(cancelled).toEqual(['expiry of app@wifi']);
    expect(shown).toEqual([{ type: 'bindings', contacts: ['pushServer'], change: { how: 'unreachable' } }]);
    registrar.on(closed('pushServer'));
    expect(registrar.context.bindings).toEqual([]);
  });

  test('stays where it does not', () => {
    const registrar = server({ onConnectionClosed: 'keepsBinding' });
    registrar.on(closed('app', 'wifi'), failed({ type: 'INVITE', call: 1, contact: 'app@wifi' }));
    expect(registrar.context.bindings).toEqual(['app@wifi', 'pushServer']);
  });

  test('is not that of another network, of the caller, or one that is not there', () => {
    const registrar = server({ onConnectionClosed: 'removesBinding' });
    const { shown } = registrar.on(closed('app', 'cellular'), closed('caller'), closed('app'));
    expect(shown).toEqual([]);
    expect(registrar.context.bindings).toEqual(['app@wifi', 'pushServer']);
  });

  test('18.4: goes also when the connection is found broken by a request', () => {
    const registrar = server({ onConnectionClosed: 'removesBinding' });
    registrar.on(failed({ type: 'INVITE', call: 1, contact: 'app@wifi' }));
    expect(registrar.context.bindings).toEqual(['pushServer']);
    registrar.on(failed({ type: 'INVITE.100', call: 1, contact: 'addressOfRecord' }));
    expect(registrar.context.bindings).toEqual(['pushServer']);
  });
});

describe('a registrar that asks with OPTIONS', () => {
  const probing = (onFailure: 'skip' | 'remove') =>
    server({ probesContacts: { intervalMs: 60_000, timeoutMs: 3_000, onFailure } });
  const due = { type: 'probe.due', contact: 'app@wifi' } as const;
  const missed = { type: 'probe.missed', contact: 'app@wifi' } as const;
  const answer = { type: 'OPTIONS.200', contact: 'app@wifi' } as const;

  test('asks each contact so long after its REGISTER, and again so long after each answer', () => {
    const registrar = probing('skip');
    const { armed, messages } = registrar.on(due);
    expect(messages).toEqual([{ type: 'OPTIONS', contact: 'app@wifi' }]);
    expect(armed).toEqual(['answer of app@wifi to a probe']);
    const answered = registrar.on(answer);
    expect(answered.armed).toEqual(['probe of app@wifi']);
    expect(answered.cancelled).toContain('answer of app@wifi to a probe');
    expect(registrar.on(register('app@cellular')).armed).toContain('probe of app@cellular');
  });

  test('skips in calls whom it has not heard, until it hears him again', () => {
    const registrar = probing('skip');
    expect(registrar.on(due, missed).armed).toEqual(['probe of app@wifi']);
    expect(registrar.on(invite).messages).not.toContainEqual({ ...invite, contact: 'app@wifi' });
    for (const sign of [answer, register('app@wifi')]) {
      const again = probing('skip');
      again.on(due, missed, sign);
      expect(again.on(invite).messages).toContainEqual({ ...invite, contact: 'app@wifi' });
    }
  });

  test('has nobody for a call when it hears nobody', () => {
    const registrar = probing('skip');
    registrar.on(missed, { ...missed, contact: 'pushServer' });
    expect(registrar.on(invite).messages).toMatchObject([{ type: 'INVITE.failed', code: 480 }]);
    expect(registrar.context.bindings).toEqual(['app@wifi', 'pushServer']);
  });

  test('or removes him', () => {
    const registrar = probing('remove');
    const { shown, cancelled } = registrar.on(due, missed);
    expect(shown).toEqual([{ type: 'bindings', contacts: ['pushServer'], change: { how: 'unreachable' } }]);
    expect(cancelled).toEqual(['expiry of app@wifi']);
    expect(registrar.on(due).messages).toEqual([]);
    expect(registrar.on(answer).armed).toEqual([]);
    expect(registrar.on(missed).shown).toEqual([]);
  });

  test('18.4: need not wait where the connection is gone', () => {
    const registrar = probing('remove');
    const { cancelled } = registrar.on(due, failed({ type: 'OPTIONS', contact: 'app@wifi' }));
    expect(cancelled).toContain('answer of app@wifi to a probe');
    expect(registrar.context.bindings).toEqual(['pushServer']);
  });

  test('asks nobody where the profile does not say so', () => {
    expect(server({}).on(register('app@wifi')).armed).toEqual(['expiry of app@wifi']);
    expect(server({}).context).not.toHaveProperty('silent');
  });

  test('11.2: is answered by a user agent', () => {
    const app = new Driven(scenarioOf({ steps }), 'pushServer');
    expect(app.on({ type: 'OPTIONS', contact: 'pushServer' }).messages).toEqual([
      { type: 'OPTIONS.200', contact: 'pushServer' },
    ]);
  });
});

/** The app is killed, and the OS closes its connection; the push server notices 75 s after the last heartbeat. */
describe('after a kill over TLS', () => {
  const document: ScenarioDocument = {
    name: 'x',
    title: 'X',
    links: { appSip: { transport: 'tls' }, pushServerSip: { transport: 'tls' } },
    steps: [
      { at: '1s', do: 'open' },
      { at: '10s', do: 'kill' },
      { at: '200s', do: 'dial', call: 1 },
    ],
    limits: { blackout: '80s' },
  };
  const violated = (profile: ServerProfile) =>
    check(scenarioIn(document, 'standard', profile)).decisions.flatMap(({ verdict, property }) =>
      verdict === 'violated' ? [property] : [],
    );

  test.each([
    ['asterisk-refuse', []],
    ['kamailio-lost-tcp', []],
    ['kamailio-single', ['noInviteLost', 'noBlackout']],
  ] as const)('the place is free on %s or not', (name, expected) => {
    expect(violated(everyServerProfile[name])).toEqual(expected);
  });

  test('an OPTIONS frees it too, a little later', () => {
    const probesContacts = { intervalMs: 30_000, timeoutMs: 3_000, onFailure: 'remove' } as const;
    expect(violated({ ...everyServerProfile['kamailio-single'], probesContacts })).toEqual([]);
  });
});
