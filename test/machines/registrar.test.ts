import { describe, expect, test } from 'vitest';
import type { Contact, Expires } from '../../src/machines/messages.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven, elapsed } from '../support/drive.ts';

const server = (profile: Partial<ServerProfile> = {}) =>
  new Driven(
    resolveScenario({ name: 'x', title: 'x', steps: [{ at: '1s', do: 'open' }] }, serverProfiles, {
      server: { ...serverProfiles.multi, digest: false, ...profile },
    }),
    'sipServer',
  );
const register = (contact: Contact, expires: Expires = 'asked', authorization = false) =>
  ({ type: 'REGISTER', contact, expires, authorization, stale: false }) as const;
const answerTo = (contact: Contact, authorization = false) => ({ contact, expires: 'asked', authorization }) as const;

test('10.3 step 8: the 200 lists every binding, and an onlooker sees who has changed them', () => {
  const registrar = server();
  registrar.on(register('app@wifi'));
  const { messages, shown } = registrar.on(register('pushServer'));
  const contacts = ['app@wifi', 'pushServer'];
  expect(messages).toEqual([{ type: 'REGISTER.200', ...answerTo('pushServer'), contacts }]);
  expect(shown).toEqual([{ type: 'bindings', contacts, change: { how: 'registered', by: 'pushServer' } }]);
});

test('10.2.8: asks for a longer interval where it does not simply grant one', () => {
  const strict = server({ minimumExpires: { ms: 700_000, answer: 'intervalTooBrief' } });
  expect(strict.on(register('app@wifi')).sent).toEqual(['REGISTER.423']);
  expect(strict.on(register('app@wifi', 'minimum')).sent).toEqual(['REGISTER.200']);
  expect(server({ minimumExpires: { ms: 700_000, answer: 'raise' } }).on(register('app@wifi')).sent).toEqual([
    'REGISTER.200',
  ]);
});

describe('22: credentials', () => {
  test('are asked for, and accepted', () => {
    const registrar = server({ digest: true });
    expect(registrar.on(register('app@wifi')).messages).toEqual([
      { type: 'REGISTER.401', ...answerTo('app@wifi'), stale: false },
    ]);
    expect(registrar.on(register('app@wifi', 'asked', true)).sent).toEqual(['REGISTER.200']);
  });

  test.each([
    ['expired', [{ type: 'nonce.expire' } as const]],
    ['forgotten by a restart', [{ type: 'sipServer.crash' } as const, elapsed('restart', 'sipServer.down')]],
  ])('22.2: for a nonce that is %s are asked for once more, with stale=true', (_, events) => {
    const registrar = server({ digest: true });
    registrar.on(...events);
    const { messages } = registrar.on(register('app@wifi', 'asked', true));
    expect(messages).toEqual([{ type: 'REGISTER.401', ...answerTo('app@wifi', true), stale: true }]);
    expect(registrar.on(register('app@wifi', 'asked', true)).sent).toEqual(['REGISTER.200']);
    expect(registrar.on(register('pushServer', 'asked', true)).sent).toEqual(['REGISTER.401']);
  });
});

describe('a binding', () => {
  test('10.3 step 7: lives as long as was granted, from the latest REGISTER on', () => {
    const registrar = server();
    expect(registrar.on(register('app@wifi')).armed).toEqual(['expiry of app@wifi']);
    const refreshed = registrar.on(register('app@wifi'));
    expect([refreshed.cancelled, refreshed.armed]).toEqual([['expiry of app@wifi'], ['expiry of app@wifi']]);
    const { shown } = registrar.on({ type: 'binding.expired', contact: 'app@wifi' });
    expect(shown).toEqual([{ type: 'bindings', contacts: [], change: { how: 'expired' } }]);
  });

  test('that is removed does not expire any more', () => {
    const registrar = server();
    registrar.on(register('app@wifi'));
    const { cancelled, shown } = registrar.on(register('app@wifi', 'zero'));
    expect(cancelled).toEqual(['expiry of app@wifi']);
    expect(shown).toEqual([{ type: 'bindings', contacts: [], change: { how: 'removed', by: 'app' } }]);
  });

  test.each([
    [true, ['app@wifi']],
    [false, []],
  ])('survives a restart (%s), and expires while the server is down', (keepsBindingsOnRestart, contacts) => {
    const registrar = server({ keepsBindingsOnRestart });
    registrar.on(register('app@wifi'));
    const { cancelled } = registrar.on({ type: 'sipServer.crash' });
    expect(cancelled.includes('expiry of app@wifi')).toBe(!keepsBindingsOnRestart);
    expect(registrar.context.bindings).toEqual(contacts);
    registrar.on({ type: 'binding.expired', contact: 'app@wifi' });
    expect(registrar.context.bindings).toEqual([]);
  });

  test('goes with all the others, and their dates, where an un-REGISTER removes everybody (FreeSWITCH)', () => {
    const registrar = server({ removalScope: 'allOfUser' });
    registrar.on(register('app@wifi'), register('pushServer'));
    const { cancelled, sent } = registrar.on(register('app@wifi', 'zero'));
    expect(cancelled).toEqual(expect.arrayContaining(['expiry of app@wifi', 'expiry of pushServer']));
    expect(sent).toEqual(['REGISTER.200']);
  });
});

test.each([true, false])('a registrar that is full says so, with a Retry-After or without (%s)', (retryAfter) => {
  const full = server({ capacity: 1, whenFull: { do: 'refuse', code: 603, retryAfter } });
  full.on(register('app@wifi'));
  expect(full.on(register('pushServer')).messages).toEqual([
    { type: 'REGISTER.refused', ...answerTo('pushServer'), code: 603, retryAfter },
  ]);
  expect(full.on(register('app@wifi')).sent).toEqual(['REGISTER.200']);
});

describe('a call', () => {
  const invite = { type: 'INVITE', call: 1, contact: 'addressOfRecord' } as const;

  test('17.1.1.2 Timer B: its branches have so long to answer, a new branch anew', () => {
    const proxy = server({ forksToLateBindings: true });
    proxy.on(register('app@wifi'));
    expect(proxy.on(invite).armed).toContain('branches of call 1');
    const { cancelled, armed } = proxy.on(register('pushServer'));
    expect(cancelled).toContain('branches of call 1');
    expect(armed).toContain('branches of call 1');
  });

  test('404: to nobody is refused as the profile says', () => {
    const { messages } = server({ withoutBinding: { do: 'reject', code: 404 } }).on(invite);
    expect(messages).toMatchObject([{ type: 'INVITE.failed', code: 404 }]);
  });

  test('AudioCodes SBCAlertTimeout: has so long to ring, and once it does no more', () => {
    const sbc = {
      rewritesContacts: false,
      cacheMs: null,
      flowMs: null,
      comparesVia: false,
      natExpiresMs: null,
      alertMs: 10_000,
    };
    const proxy = server({ sbc });
    proxy.on(register('app@wifi'));
    expect(proxy.on(invite).armed).toContain('alert of call 1');
    const { cancelled } = proxy.on({ type: 'INVITE.180', call: 1, contact: 'app@wifi' });
    expect(cancelled).toContain('alert of call 1');
    expect(server().on(register('app@wifi'), invite).armed).not.toContain('alert of call 1');
  });
});

test('RFC 5626 4.4: an SBC that needs the flow keeps it for so long after each REGISTER, no other server does', () => {
  const sbc = {
    rewritesContacts: false,
    cacheMs: null,
    flowMs: 60_000,
    comparesVia: false,
    natExpiresMs: null,
    alertMs: null,
  };
  expect(server({ sbc }).on(register('pushServer')).armed).toContain('flow to the push server');
  expect(server({ sbc }).on(register('app@wifi')).armed).not.toContain('flow to the push server');
  expect(server().on(register('pushServer')).armed).not.toContain('flow to the push server');
});
