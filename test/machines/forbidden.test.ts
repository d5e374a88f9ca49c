import { describe, expect, test } from 'vitest';
import type { RegisterTransaction } from '../../src/machines/messages.ts';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import type { AfterForbidden } from '../../src/machines/registrationRules.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

const steps: ScenarioDocument['steps'] = [{ at: '1s', do: 'open' }];
const first: RegisterTransaction = { contact: 'app@wifi', expires: 'asked', authorization: false };
const forbidden = { type: 'REGISTER.refused', ...first, code: 403, retryAfter: false } as const;
const withCredentials = { ...first, authorization: true };
const rejected = { type: 'REGISTER.401', ...withCredentials, stale: false } as const;
const path = 'app.running.registration';
const in403 = { running: { registration: 'forbidden' } };

const registering = (afterForbidden: AfterForbidden, mode: ModeName = 'standard') => {
  const app = new Driven(scenarioOf({ steps, afterForbidden }, mode), 'app');
  app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' });
  return app;
};

describe('after 403 to a REGISTER', () => {
  test('an app that backs off tries again, and whenever it is wished', () => {
    const app = registering('backsOff');
    app.on(forbidden);
    expect(app.on(elapsed('backOff1', `${path}.backingOff.first`)).sent).toEqual(['REGISTER']);
    expect(app.on(forbidden, { type: 'user.home' }, { type: 'user.open' }).sent).toContain('REGISTER');
  });

  test('21.4.4: one that gives up sends no more, whatever it is asked', () => {
    const app = registering('givesUp', 'singleDeviceTakeover');
    const { armed, shown } = app.on(forbidden);
    expect(armed).toEqual([]);
    expect(shown).toContainEqual({ type: 'believes', owner: 'app', contact: null });
    expect(app.is(in403)).toBe(true);
    app.on({ type: 'user.home' });
    expect(app.is({ running: { registration: 'unregistered' } })).toBe(true);
    expect(app.on({ type: 'user.open' }).sent).not.toContain('REGISTER');
    expect(app.is(in403)).toBe(true);
  });

  test.each([
    ['network', [{ type: 'network.change' }]],
    ['process', [{ type: 'app.kill', notice: false }, { type: 'user.open' }, elapsed('coldStart', 'app.launching')]],
    ['login', [{ type: 'user.logOut' }, { type: 'user.logIn' }, { type: 'control.enabled' }]],
  ] as const)('until the %s is another', (what, events) => {
    const app = registering('givesUp', 'singleDeviceTakeover');
    app.on(forbidden);
    const refusal = { type: 'REGISTER.refused', ...first, expires: 'zero', code: 403, retryAfter: false } as const;
    const { sent } = what === 'login' ? app.on(events[0], refusal, ...events.slice(1)) : app.on(...events);
    expect(sent).toContain('REGISTER');
  });

  test.each([401, 407])('22.2: %i to right credentials, of a server that is full, looks like wrong ones', (code) => {
    const [gaveUp, backsOff] = [registering('givesUp'), registering('backsOff')];
    const challenge = { type: 'REGISTER.401', ...first, stale: false } as const;
    for (const app of [gaveUp, backsOff]) app.on(challenge, { ...forbidden, ...withCredentials, code });
    expect(gaveUp.is(in403)).toBe(true);
    expect(backsOff.is({ running: { registration: { backingOff: 'first' } } })).toBe(true);
  });

  test('503 is no such answer', () => {
    const app = registering('givesUp');
    app.on({ ...forbidden, code: 503 });
    expect(app.is({ running: { registration: { backingOff: 'first' } } })).toBe(true);
  });

  test('who logs out removes what may have been bound before', () => {
    const app = registering('givesUp');
    app.on(forbidden);
    expect(app.on({ type: 'user.logOut' }).messages).toContainEqual({
      type: 'REGISTER',
      ...first,
      expires: 'zero',
      stale: false,
    });
  });

  /** The killed app's binding fills the only place until it expires; the registrar says 403, as Asterisk does. */
  const lost = (afterForbidden: AfterForbidden) => {
    const server = { ...serverProfiles.reject, whenFull: { do: 'refuse', code: 403, retryAfter: false } } as const;
    const document: ScenarioDocument = {
      name: 'x',
      title: 'X',
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'kill' },
        { at: '400s', do: 'dial', call: 1 },
      ],
      expires: { app: '120s' },
      afterForbidden,
    };
    return check(scenarioIn(document, 'standard', server), { properties: [propertyNamed('noInviteLost')] }).decisions[0]
      ?.verdict;
  };

  test('on a server that is full (reject, 403) the one comes back when there is room, the other never', () => {
    expect([lost('backsOff'), lost('givesUp')]).toEqual(['holds', 'violated']);
  });
});

describe('wrong credentials', () => {
  test('22.2: are not sent again at once', () => {
    const app = registering('backsOff');
    app.on({ type: 'REGISTER.401', ...first, stale: false });
    expect(app.on(rejected).sent).toEqual([]);
    expect(app.is({ running: { registration: { backingOff: 'first' } } })).toBe(true);
    expect(app.on(elapsed('backOff1', `${path}.backingOff.first`), { ...rejected, stale: true }).sent).toEqual([
      'REGISTER',
    ]);
  });

  test('are for good where 403 is', () => {
    const app = registering('givesUp');
    app.on({ type: 'REGISTER.401', ...first, stale: false }, rejected);
    expect(app.is(in403)).toBe(true);
  });

  test('end an un-REGISTER', () => {
    const app = registering('backsOff');
    app.on({ type: 'REGISTER.401', ...first, stale: false });
    app.on({ type: 'REGISTER.200', ...withCredentials, contacts: ['app@wifi'] }, { type: 'user.logOut' });
    app.on({ type: 'control.disabled' }, { ...rejected, expires: 'zero' });
    expect(app.is('loggedOut')).toBe(true);
  });
});

describe('a change of the password', () => {
  const register = { type: 'REGISTER', ...withCredentials, stale: false } as const;

  test('22.2, 22.4: makes the old one wrong, and the new one right', () => {
    const server = new Driven(scenarioOf({ steps }), 'sipServer');
    expect(server.on(register).sent).toEqual(['REGISTER.200']);
    expect(server.on({ type: 'password.change' }, register).messages).toEqual([rejected]);
    expect(server.on({ ...register, authorization: false }).sent).toEqual(['REGISTER.401']);
    expect(server.on({ ...register, password: 'changed' }).sent).toEqual(['REGISTER.200']);
    const open = { ...serverProfiles.multi, digest: false };
    const careless = new Driven(scenarioIn({ name: 'x', title: 'X', steps }, 'standard', open), 'sipServer');
    expect(careless.on({ type: 'password.change' }, register).sent).toEqual(['REGISTER.200']);
  });

  const changed: ScenarioDocument['steps'] = [
    { at: '1s', do: 'open' },
    { at: '10s', do: 'changePassword' },
    { at: '20s', do: 'home' },
  ];
  const again: ScenarioDocument['steps'] = [
    { at: '300s', do: 'open' },
    { at: '305s', do: 'logOut' },
    { at: '310s', do: 'logIn' },
    { at: '340s', do: 'home' },
  ];
  const verdict = (afterForbidden: AfterForbidden, more: ScenarioDocument['steps']) =>
    check(
      scenarioOf({
        steps: [...changed, ...more, { at: '400s', do: 'dial', call: 1 }],
        expires: { app: '120s', pushServer: '120s' },
        afterForbidden,
      }),
      { properties: [propertyNamed('noInviteLost')] },
    ).decisions[0]?.verdict;

  test.each(['backsOff', 'givesUp'] as const)('loses every call until the user logs in anew (%s)', (afterForbidden) => {
    expect([verdict(afterForbidden, []), verdict(afterForbidden, again)]).toEqual(['violated', 'holds']);
  });

  test('is known to whoever logs in or installs after it, and to nobody before', () => {
    const order: ScenarioDocument['steps'] = [
      { at: '1s', do: 'logIn' },
      { at: '2s', do: 'changePassword' },
      { at: '3s', do: 'logIn' },
      { at: '4s', do: 'reinstall' },
    ];
    const events = scenarioOf({ steps: order }).steps.map(({ action }) => 'event' in action && action.event);
    expect(events).toEqual([
      { type: 'user.logIn' },
      { type: 'password.change' },
      { type: 'user.logIn', password: 'changed' },
      { type: 'user.reinstall', password: 'changed' },
    ]);
    const app = new Driven(scenarioOf({ steps: order }), 'app');
    const { messages } = app.on(
      { type: 'user.reinstall', password: 'changed' },
      { type: 'user.open' },
      elapsed('coldStart', 'app.launching'),
    );
    expect(messages).toEqual([{ type: 'control.enable', token: 'second', password: 'changed' }]);
    expect(app.on({ type: 'control.enabled' }).messages).toContainEqual(
      expect.objectContaining({ type: 'REGISTER', password: 'changed' }),
    );
  });

  test('the push server uses what it is told with the next login', () => {
    const server = new Driven(scenarioOf({ steps, afterForbidden: 'givesUp' }, 'continuous'), 'pushServer');
    const its = { ...first, contact: 'pushServer' } as const;
    server.on({ type: 'control.enable', token: 'first' }, { ...forbidden, ...its });
    expect(server.is({ up: { registration: 'forbidden' } })).toBe(true);
    expect(server.on({ type: 'control.enable', token: 'first', password: 'changed' }).messages).toContainEqual(
      expect.objectContaining({ type: 'REGISTER', password: 'changed' }),
    );
  });
});
