import { describe, expect, test } from 'vitest';
import type { Contact, RegisterTransaction } from '../../src/machines/messages.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

const steps = [{ at: '1s', do: 'open' as const }];

/** The app in the foreground, just after it has sent its first REGISTER. */
function registering(): { app: Driven; request: RegisterTransaction } {
  const app = new Driven(scenarioOf({ steps }), 'app');
  const { sent } = app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' });
  expect(sent).toEqual(['control.foreground', 'REGISTER']);
  return { app, request: { contact: 'app@wifi', expires: 'asked', authorization: false } };
}

describe('registration', () => {
  test('10.2.4: a 200 that lists only the bindings of others is no registration', () => {
    const { app, request } = registering();
    app.on({ type: 'REGISTER.200', ...request, contacts: ['pushServer'] });
    expect(app.is({ running: { registration: 'registered' } })).toBe(false);
    expect(app.is({ running: { registration: 'backingOff' } })).toBe(true);
  });

  test.each([
    ['own', 'registered'],
    ['first', 'backingOff'],
  ] as const)('of two Contacts in a 200, one that reads the %s is %s', (readsContacts, state) => {
    const app = new Driven(scenarioOf({ steps, readsContacts }), 'app');
    app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' });
    const request = { contact: 'app@wifi', expires: 'asked', authorization: false } as const;
    app.on({ type: 'REGISTER.200', ...request, contacts: ['otherDevice', 'app@wifi'] });
    expect(app.is({ running: { registration: state } })).toBe(true);
  });

  test('17.1.3: a challenge that was meant for the request before the credentials restarts nothing', () => {
    const { app, request } = registering();
    expect(app.on({ type: 'REGISTER.401', ...request, stale: false }).sent).toEqual(['REGISTER']);
    expect(app.on({ type: 'REGISTER.401', ...request, stale: false }).sent).toEqual([]);
    app.on({ type: 'REGISTER.200', ...request, authorization: true, contacts: ['app@wifi'] });
    expect(app.is({ running: { registration: 'registered' } })).toBe(true);
  });
});

test('the app registers on the answer to its latest request only (mode 1)', () => {
  const app = new Driven(scenarioOf({ steps }, 'singleDeviceEmulation'), 'app');
  app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' });
  expect(app.context.turn).toBe(1);
  app.on({ type: 'user.home' }, { type: 'user.open' });
  expect(app.context.turn).toBe(0);
  expect(app.on({ type: 'control.released', turn: 1 }).sent).toEqual([]);
  expect(app.on({ type: 'control.released', turn: 0 }).sent).toEqual(['REGISTER']);
});

describe('a phone that rings', () => {
  const suspended = () => {
    const app = new Driven(scenarioOf({ steps }), 'app');
    app.on(
      { type: 'user.open' },
      elapsed('coldStart', 'app.launching'),
      { type: 'control.enabled' },
      { type: 'user.home' },
      elapsed('backgroundTime', 'app.running.visibility.background.quiet'),
    );
    expect(app.is('suspended')).toBe(true);
    return app;
  };
  const push = { type: 'notification', call: 1, token: 'first' } as const;
  const end = { type: 'notification.end', call: 1, token: 'first' } as const;
  const ringing = { running: { call1: { ringing: 'announced' } } };

  test('stays silent where the end of the call has overtaken its push', () => {
    const app = new Driven(scenarioOf({ steps }), 'app');
    app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), end);
    expect(app.on(push).shown).toEqual([]);
    expect(app.is({ running: { call1: 'over' } })).toBe(true);
  });

  test('stops by itself when no INVITE follows the push', () => {
    const app = suspended();
    app.on(push, elapsed('resume', 'app.resuming'));
    expect(app.is(ringing)).toBe(true);
    const { shown } = app.on(elapsed('watchdog', 'app.running.call1.ringing.announced'));
    expect(shown).toContainEqual({ type: 'ringing.stopped', call: 1 });
    expect(app.is({ running: { call1: 'over' } })).toBe(true);
  });
});

describe('the registrar makes room', () => {
  const server = (profile: Partial<ServerProfile>, expires = {}) => {
    const mode = 'standard';
    const document = { name: 'x', title: 'x', steps, expires };
    return new Driven(
      resolveScenario(document, serverProfiles, {
        mode,
        server: { ...serverProfiles.evict, digest: false, ...profile },
      }),
      'sipServer',
    );
  };
  const register = (contact: Contact) =>
    ({ type: 'REGISTER', contact, expires: 'asked', authorization: false, stale: false }) as const;

  test('by the binding registered longest ago, a refresh counting as new (Flexisip)', () => {
    const evicting = server({});
    evicting.on(register('app@wifi'), register('pushServer'), register('app@cellular'));
    expect(evicting.context.bindings).toEqual(['pushServer', 'app@cellular']);
    evicting.on(register('pushServer'), register('app@wifi'));
    expect(evicting.context.bindings).toEqual(['pushServer', 'app@wifi']);
  });

  test('by the binding that is soonest to expire: the short refresh loses to the sleeping app (Asterisk)', () => {
    const expires = { app: '1h', pushServer: '600s' };
    const evicting = server({ whenFull: { do: 'evictSoonestToExpire' } }, expires);
    evicting.on(register('app@wifi'), register('pushServer'), register('app@cellular'));
    expect(evicting.context.bindings).toEqual(['app@wifi', 'app@cellular']);
  });

  test('for everybody where an un-REGISTER removes all bindings of the user (FreeSWITCH)', () => {
    const shared = server({ removalScope: 'allOfUser' });
    shared.on(register('app@wifi'), register('pushServer'), { ...register('app@wifi'), expires: 'zero' });
    expect(shared.context.bindings).toEqual([]);
  });
});

describe('the proxy', () => {
  const forked = (profile: ServerProfile = serverProfiles.multi) => {
    const scenario = resolveScenario({ name: 'x', title: 'x', steps }, serverProfiles, {
      server: { ...profile, digest: false },
    });
    const proxy = new Driven(scenario, 'sipServer');
    const register = { type: 'REGISTER', expires: 'asked', authorization: false, stale: false } as const;
    proxy.on({ ...register, contact: 'app@wifi' }, { ...register, contact: 'pushServer' });
    expect(proxy.on({ type: 'INVITE', call: 1, contact: 'addressOfRecord' }).sent).toEqual([
      'INVITE.100',
      'INVITE',
      'INVITE',
    ]);
    return proxy;
  };

  test('16.7 step 10: the first 200 cancels the branches that have answered so far', () => {
    const proxy = forked();
    proxy.on({ type: 'INVITE.180', call: 1, contact: 'pushServer' });
    expect(proxy.on({ type: 'INVITE.200', call: 1, contact: 'app@wifi' }).sent).toEqual(['INVITE.200', 'CANCEL']);
  });

  test('9.1: a branch that has not answered is cancelled as soon as it does', () => {
    const proxy = forked();
    expect(proxy.on({ type: 'INVITE.200', call: 1, contact: 'app@wifi' }).sent).toEqual(['INVITE.200']);
    expect(proxy.on({ type: 'INVITE.100', call: 1, contact: 'pushServer' }).sent).toEqual(['CANCEL']);
  });

  test('16.7 step 6: of several failures the 6xx goes to the caller', () => {
    const proxy = forked();
    proxy.on({ type: 'INVITE.failed', call: 1, contact: 'app@wifi', code: 603 });
    const { sent } = proxy.on({ type: 'INVITE.failed', call: 1, contact: 'pushServer', code: 480 });
    expect(sent).toEqual(['ACK', 'INVITE.failed']);
    expect(proxy.context.calls).toMatchObject({ 1: { best: 603 } });
  });
});

test('RFC 8599 5.3: the push server uses a token no more that the push service rejects', () => {
  const pushServer = new Driven(scenarioOf({ steps }), 'pushServer');
  pushServer.on({ type: 'control.enable', token: 'first' }, { type: 'control.background', turn: 1 });
  expect(pushServer.on({ type: 'INVITE', call: 1, contact: 'pushServer' }).sent).toEqual(['INVITE.100', 'push']);
  expect(pushServer.on({ type: 'push.failed', call: 1, token: 'first' }).sent).toEqual(['INVITE.failed']);
  expect(pushServer.context.tokens).toEqual([]);
});

describe('an outdated CSeq', () => {
  const late = { type: 'REGISTER', contact: 'app@wifi', expires: 'zero', authorization: false, stale: true } as const;
  const bound = (server: ServerProfile) => {
    const registrar = new Driven(
      resolveScenario({ name: 'x', title: 'x', steps }, {}, { server: { ...server, digest: false } }),
      'sipServer',
    );
    registrar.on({ ...late, expires: 'asked', stale: false });
    return registrar;
  };

  test('10.3 step 7: is rejected', () => {
    expect(bound(everyServerProfile.kamailio).on(late).sent).toEqual([]);
  });

  test('is not noticed where the binding is found by its instance-id (Kamailio), nor by Asterisk at all', () => {
    expect(bound(everyServerProfile.kamailio).on({ ...late, instance: 'shared' }).sent).toEqual(['REGISTER.200']);
    expect(bound(everyServerProfile.asterisk).on(late).sent).toEqual(['REGISTER.200']);
  });
});

describe('a push that is repeated', () => {
  const waking = (repeatsPush: boolean) => {
    const pushServer = new Driven(scenarioOf({ steps, repeatsPush }), 'pushServer');
    pushServer.on({ type: 'control.enable', token: 'first' }, { type: 'control.background', turn: 1 });
    expect(pushServer.on({ type: 'INVITE', call: 1, contact: 'pushServer' }).sent).toContain('push');
    return pushServer;
  };
  const again = elapsed('pushRepeat', 'pushServer.up.call1.waking.repeating');

  test('goes out again for as long as the app does not ask for the call', () => {
    const pushServer = waking(true);
    expect([pushServer.on(again).sent, pushServer.on(again).sent]).toEqual([['push'], ['push']]);
    pushServer.on({ type: 'control.fetch', call: 1 });
    expect(pushServer.on(again).sent).toEqual([]);
  });

  test('does so only where the scenario wants it', () => expect(waking(false).on(again).sent).toEqual([]));
});

describe('a log-out', () => {
  const loggingOut = (delivery: 'overConnection' | 'byRefork') => {
    const app = new Driven(scenarioOf({ steps, delivery }), 'app');
    app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' });
    expect(app.on({ type: 'user.logOut' }).sent).toEqual(['control.disable']);
    return app;
  };
  const push = { type: 'notification', call: 1, token: 'first' } as const;

  test('goes on when a call comes for which the app would else register (re-fork)', () => {
    const app = loggingOut('byRefork');
    expect(app.on(push).sent).toEqual([]);
    expect(app.is({ running: { handOver: 'loggingOut' } })).toBe(true);
  });

  test('is over for the user who logs in again while the push server still carries it out', () => {
    const app = loggingOut('overConnection');
    expect(app.on({ type: 'user.logIn' }).sent).toEqual(['control.enable']);
    expect(app.on({ type: 'control.disabled' }).sent).toEqual([]);
    expect(app.on({ type: 'control.enabled' }).sent).toContain('control.foreground');
  });
});

test('13.3.1.4: the 200 of the voicemail is sent again until its ACK, over a reliable transport too', () => {
  const tls = { transport: 'tls' } as const;
  const scenario = resolveScenario(
    { name: 'x', title: 'x', steps, links: { callerSip: tls, appSip: tls, pushServerSip: tls } },
    {},
    { server: { ...serverProfiles.multi, withoutBinding: { do: 'voicemail' } } },
  );
  const server = new Driven(scenario, 'sipServer');
  const again = elapsed('T1', 'sipServer.up.call1.voicemail.first');
  expect(server.on({ type: 'INVITE', call: 1, contact: 'addressOfRecord' }).sent).toEqual(['INVITE.200']);
  expect(server.on(again).sent).toEqual(['INVITE.200']);
  server.on({ type: 'ACK', call: 1, contact: 'voicemail' });
  expect(server.is({ up: { call1: 'over' } })).toBe(true);
  expect(server.on({ type: 'BYE', call: 1, contact: 'voicemail' }).sent).toEqual(['BYE.200']);
});
