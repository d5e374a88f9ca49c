import { describe, expect, test } from 'vitest';
import type { RegisterTransaction, Role } from '../../src/machines/messages.ts';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

type Document = Partial<Parameters<typeof scenarioOf>[0]>;

const started = [{ type: 'user.open' }, elapsed('coldStart', 'app.launching')] as const;
const enabled = { type: 'control.enabled' } as const;
const mine: RegisterTransaction = { contact: 'app@wifi', expires: 'asked', authorization: false };
const its: RegisterTransaction = { ...mine, contact: 'pushServer' };
const timeOut = (state: string) => elapsed('controlTimeout', `app.running.handOver.${state}`);

const party = (name: Role, mode: ModeName, document: Document = {}) =>
  new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }], ...document }, mode), name);

describe('the app', () => {
  const open = (mode: ModeName, document?: Document) => {
    const app = party('app', mode, document);
    expect(app.on(...started).messages).toEqual([{ type: 'control.enable', token: 'first' }]);
    return app;
  };
  const inCharge = (mode: ModeName) => {
    const app = open(mode);
    app.on(enabled);
    if (mode === 'singleDeviceEmulation') app.on({ type: 'control.released', turn: 1 });
    if (mode !== 'continuous') app.on({ type: 'REGISTER.200', ...mine, contacts: ['app@wifi'] });
    expect(app.is({ running: { handOver: 'inCharge' } })).toBe(true);
    return app;
  };

  test.each([
    ['standard', ['control.foreground', 'REGISTER']],
    ['singleDeviceEmulation', ['control.foreground']],
    ['continuous', ['control.foreground']],
    ['singleDeviceTakeover', ['control.foreground', 'REGISTER']],
  ] as const)('in %s it begins with %j', (mode, sent) => {
    expect(open(mode).on(enabled).sent).toEqual(sent);
  });

  test.each([
    ['standard', ['control.background']],
    ['singleDeviceEmulation', ['REGISTER']],
    ['continuous', ['control.background']],
    ['singleDeviceTakeover', ['control.background']],
  ] as const)('in %s it goes to the background with %j', (mode, sent) => {
    expect(inCharge(mode).on({ type: 'user.home' }).sent).toEqual(sent);
  });

  test('in Single Device Emulation it tells the push server once its own binding is gone', () => {
    const app = inCharge('singleDeviceEmulation');
    app.on({ type: 'user.home' });
    const { messages } = app.on({ type: 'REGISTER.200', ...mine, expires: 'zero', contacts: [] });
    expect(messages).toEqual([{ type: 'control.background', turn: 1 }]);
  });

  test('in Standard it tells the push server that it is registered, and removes its binding when that one is', () => {
    const app = open('standard');
    app.on(enabled);
    const { messages } = app.on({ type: 'REGISTER.200', ...mine, contacts: ['app@wifi'] });
    expect(messages).toEqual([{ type: 'control.registered', turn: 1 }]);
    app.on({ type: 'user.home' });
    expect(app.on({ type: 'control.takenOver', turn: 0 }).sent).toEqual([]);
    expect(app.on({ type: 'control.takenOver', turn: 1 }).messages).toMatchObject([
      { type: 'REGISTER', expires: 'zero' },
    ]);
  });

  test('says so again as long as the push server does not answer', () => {
    const app = open('standard');
    expect(app.on(timeOut('enabling')).sent).toEqual(['control.enable', 'REGISTER']);
    const other = inCharge('standard');
    other.on({ type: 'user.home' });
    expect(other.on(timeOut('yielding.telling')).sent).toEqual(['control.background']);
    const leaving = inCharge('standard');
    leaving.on({ type: 'user.logOut' });
    expect(leaving.on(timeOut('loggingOut.disabling')).sent).toEqual(['control.disable']);
  });

  test('registers without its push server where that one does not release (Single Device Emulation)', () => {
    const app = open('singleDeviceEmulation');
    app.on(enabled);
    expect(app.on(timeOut('claiming.awaitingRelease')).sent).toEqual(['REGISTER']);
  });

  test('does not register at all in Continuous, not even without its push server', () => {
    expect(open('continuous').on(timeOut('enabling')).sent).toEqual(['control.enable']);
  });

  test('that was told to go to the background before it was known hands over at once', () => {
    const app = open('standard');
    app.on({ type: 'user.home' });
    expect(app.on(enabled).sent).toEqual(['control.background']);
  });

  test('shows a sign of life in the foreground, and none in the background', () => {
    const app = inCharge('standard');
    const beat = elapsed('heartbeatInterval', 'app.running.visibility.foreground');
    expect([app.on(beat).sent, app.on(beat).sent]).toEqual([['control.heartbeat'], ['control.heartbeat']]);
    app.on({ type: 'user.home' });
    expect(app.on(beat).sent).toEqual([]);
  });

  test.each([
    [true, ['control.background']],
    [false, []],
  ])('that is killed with notice (%s) sends %j', (notice, sent) => {
    const app = inCharge('standard');
    const { sent: last, shown } = app.on({ type: 'app.kill', notice });
    expect(last).toEqual(sent);
    expect(shown).toContainEqual({ type: 'app.reachable', contact: null });
    expect(app.on(...started).sent).toEqual(['control.foreground', 'REGISTER']);
  });

  test('that was never enabled has nobody to tell when it is killed', () => {
    expect(open('standard').on({ type: 'app.kill', notice: true }).sent).toEqual([]);
  });

  test('of a new installation has another token and is to be enabled anew', () => {
    const app = inCharge('standard');
    app.on({ type: 'user.reinstall' });
    expect(app.on(...started).messages).toEqual([{ type: 'control.enable', token: 'second' }]);
  });

  test('goes on with its log-out after a kill, and says when it is logged in again', () => {
    const app = inCharge('standard');
    app.on({ type: 'user.logOut' }, { type: 'app.kill', notice: false });
    expect(app.on(...started).sent).toEqual(['control.disable']);
    expect(app.on({ type: 'control.disabled' }).shown).toContainEqual({ type: 'loggedOut', loggedOut: true });
    const { sent, shown } = app.on({ type: 'user.logIn' });
    expect(sent).toEqual(['control.enable']);
    expect(shown).toContainEqual({ type: 'loggedOut', loggedOut: false });
  });

  test('that was woken and registered for a call yields when the call is over (re-fork)', () => {
    const app = open('standard', { delivery: 'byRefork' });
    const push = { type: 'notification', call: 1, token: 'first' } as const;
    const quiet = elapsed('backgroundTime', 'app.running.visibility.background.quiet');
    app.on(enabled, { type: 'user.home' }, quiet, push);
    expect(app.on(elapsed('resume', 'app.resuming')).sent).toEqual(['control.foreground', 'REGISTER']);
    app.on({ type: 'REGISTER.200', ...mine, contacts: ['app@wifi'] });
    const { sent } = app.on({ type: 'notification.end', call: 1, token: 'first' });
    expect(sent).toEqual(['control.background']);
  });
});

describe('the push server', () => {
  const knowing = (mode: ModeName) => {
    const server = party('pushServer', mode);
    const { messages, shown } = server.on({ type: 'control.enable', token: 'first' });
    expect(messages).toContainEqual({ type: 'control.enabled' });
    expect(shown).toContainEqual({ type: 'push.enabled', enabled: true });
    return server;
  };
  const registered = (mode: ModeName) => {
    const server = knowing(mode);
    server.on({ type: 'control.background', turn: 1 });
    const { messages } = server.on({ type: 'REGISTER.200', ...its, contacts: ['pushServer'] });
    if (mode !== 'continuous') expect(messages).toEqual([{ type: 'control.takenOver', turn: 1 }]);
    return server;
  };
  const foreground = { type: 'control.foreground', turn: 0, token: 'first' } as const;
  const silent = { type: 'app.silent' } as const;

  test.each([
    ['standard', ['control.enabled']],
    ['singleDeviceEmulation', ['control.enabled']],
    ['continuous', ['control.enabled', 'REGISTER']],
    ['singleDeviceTakeover', ['control.enabled']],
  ] as const)('in %s answers the app that makes itself known with %j', (mode, sent) => {
    expect(party('pushServer', mode).on({ type: 'control.enable', token: 'first' }).sent).toEqual(sent);
  });

  test.each(['standard', 'singleDeviceEmulation', 'singleDeviceTakeover'] as const)(
    'in %s registers when the app goes to the background, or gives no sign of life',
    (mode) => {
      expect(knowing(mode).on({ type: 'control.background', turn: 1 }).sent).toEqual(['REGISTER']);
      const server = knowing(mode);
      expect(server.on(silent).sent).toEqual(['REGISTER']);
      expect(server.on({ type: 'REGISTER.200', ...its, contacts: ['pushServer'] }).sent).toEqual([]);
    },
  );

  test.each([
    ['standard', []],
    ['singleDeviceEmulation', ['REGISTER']],
    ['continuous', []],
    ['singleDeviceTakeover', []],
  ] as const)('in %s answers the app that comes to the foreground with %j', (mode, sent) => {
    expect(registered(mode).on(foreground).sent).toEqual(sent);
  });

  test('in Single Device Emulation says so when its binding is gone', () => {
    const server = registered('singleDeviceEmulation');
    server.on(foreground);
    const { messages } = server.on({ type: 'REGISTER.200', ...its, expires: 'zero', contacts: [] });
    expect(messages).toEqual([{ type: 'control.released', turn: 0 }]);
  });

  test('in Standard removes its binding when the app is registered, in its latest turn', () => {
    const server = registered('standard');
    server.on(foreground);
    expect(server.on({ type: 'control.registered', turn: 1 }).sent).toEqual([]);
    expect(server.on({ type: 'control.registered', turn: 0 }).messages).toMatchObject([
      { type: 'REGISTER', expires: 'zero' },
    ]);
  });

  test('in Takeover lets its binding be: no refresh, no un-REGISTER', () => {
    const server = registered('singleDeviceTakeover');
    server.on(foreground);
    expect(server.is({ up: { registration: 'unregistered' } })).toBe(true);
    expect(server.on(elapsed('refreshInterval', 'pushServer.up.registration.registered')).sent).toEqual([]);
  });

  test('that is told again that the app is away says again that it has taken over', () => {
    expect(registered('standard').on({ type: 'control.background', turn: 0 }).messages).toEqual([
      { type: 'control.takenOver', turn: 0 },
    ]);
  });

  test.each(['standard', 'continuous'] as const)('in %s forgets account and binding with the log-out', (mode) => {
    const server = registered(mode);
    const { messages, shown } = server.on({ type: 'control.disable' });
    expect(messages).toMatchObject([{ type: 'control.disabled' }, { type: 'REGISTER', expires: 'zero' }]);
    expect(shown).toContainEqual({ type: 'push.enabled', enabled: false });
    expect(server.context).toMatchObject({ account: 'disabled', tokens: [], turn: null });
    expect(server.on({ type: 'control.disable' }).sent).toEqual(['control.disabled']);
  });

  test.each([
    ['away', ['REGISTER']],
    ['present', []],
    ['unknown', []],
  ] as const)('after a restart remembers an app that is %s', (where, sent) => {
    const server = where === 'unknown' ? party('pushServer', 'standard') : knowing('standard');
    if (where === 'away') server.on({ type: 'control.background', turn: 1 });
    server.on({ type: 'pushServer.crash' });
    expect(server.on(elapsed('restart', 'pushServer.down')).sent).toEqual(sent);
  });

  test('watches over the signs of life of an app in the foreground only', () => {
    const server = knowing('standard');
    expect(server.on({ type: 'control.heartbeat' })).toMatchObject({ cancelled: ['heartbeat'], armed: ['heartbeat'] });
    expect(server.on({ type: 'control.background', turn: 1 }).cancelled).toContain('heartbeat');
    server.on(foreground);
    expect(server.on({ type: 'pushServer.crash' }).cancelled).toContain('heartbeat');
  });

  test('answers nobody when it takes over from an app that has fallen silent', () => {
    const server = knowing('standard');
    server.on(foreground, silent);
    expect(server.on({ type: 'REGISTER.200', ...its, contacts: ['pushServer'] }).sent).toEqual([]);
  });

  test('begins anew after a restart: no nonce, no turn', () => {
    const server = knowing('standard');
    server.on({ type: 'control.background', turn: 1 }, { type: 'REGISTER.401', ...its, stale: false });
    expect(server.context.registration).toMatchObject({ nonce: true });
    server.on({ type: 'pushServer.crash' });
    const { messages } = server.on(elapsed('restart', 'pushServer.down'));
    expect(messages).toEqual([{ type: 'REGISTER', ...its, stale: false }]);
    expect(server.on({ type: 'REGISTER.200', ...its, contacts: ['pushServer'] }).sent).toEqual([]);
  });
});

test('the notification service delivers pushes and their ends to tokens that live, and reports dead ones', () => {
  const service = party('notificationService', 'standard');
  const push = { type: 'push', call: 1, token: 'first' } as const;
  const end = { ...push, type: 'push.end' } as const;
  expect(service.on(push).messages).toEqual([{ ...push, type: 'notification' }]);
  expect(service.on(end).messages).toEqual([{ ...push, type: 'notification.end' }]);
  service.on({ type: 'token.die' });
  expect(service.on(push).messages).toEqual([{ ...push, type: 'push.failed' }]);
  expect(service.on(end).messages).toEqual([]);
});

test('an app that is thawed has forgotten the transactions that it slept through', () => {
  const app = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }, 'standard'), 'app');
  app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' });
  const registered = { contact: 'app@wifi', expires: 'asked', authorization: false } as const;
  app.on({ type: 'REGISTER.200', ...registered, contacts: ['app@wifi'] }, { type: 'user.home' });
  expect(app.on({ type: 'control.takenOver', turn: 1 }).sent).toEqual(['REGISTER']);
  const isRemoving = app.context.registration;
  app.on(elapsed('backgroundTime', 'app.running.visibility.background.quiet'));
  expect(app.is('suspended')).toBe(true);
  expect(app.context.registration).toEqual(isRemoving);
  app.on({ type: 'notification', call: 1, token: 'first' }, elapsed('resume', 'app.resuming'));
  expect(isRemoving).not.toMatchObject({ wanted: 'abandoned' });
  expect(app.context.registration).toMatchObject({ wanted: 'abandoned' });
});
