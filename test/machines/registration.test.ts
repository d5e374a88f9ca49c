import { describe, expect, test } from 'vitest';
import type { Contact, RegisterTransaction } from '../../src/machines/messages.ts';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { supremumOf } from '../../src/sim/check/questions/supremum.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

const path = 'app.running.registration';
const at = (state: string) => ({ running: { registration: state } });
const first: RegisterTransaction = { contact: 'app@wifi', expires: 'asked', authorization: false };
const answered = (contacts: readonly Contact[], request = first) =>
  ({ type: 'REGISTER.200', ...request, contacts }) as const;
const refused = (retryAfter: boolean, request = first) =>
  ({ type: 'REGISTER.refused', ...request, code: 503, retryAfter }) as const;
const removing: RegisterTransaction = { ...first, expires: 'zero' };
const logOut = [{ type: 'user.logOut' }, { type: 'control.disabled' }] as const;

const violatedBy = (scenario: Scenario) =>
  check(scenario).decisions.flatMap(({ verdict, property }) => (verdict === 'holds' ? [] : [property]));

const registering = (mode: ModeName = 'standard') => {
  const app = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }, mode), 'app');
  const { messages } = app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), {
    type: 'control.enabled',
  });
  expect(messages).toContainEqual({ type: 'REGISTER', ...first, stale: false });
  return app;
};

const registered = (mode: ModeName = 'standard') => {
  const app = registering(mode);
  const { shown } = app.on(answered(['app@wifi']));
  expect(shown).toContainEqual({ type: 'believes', owner: 'app', contact: 'app@wifi' });
  return app;
};

describe('a REGISTER', () => {
  test('17.1.2.2 Timer E: is sent again after T1, 2*T1, 4*T1 and then every T2', () => {
    const app = registering();
    const rhythm = [
      ['T1', 'first'],
      ['2T1', 'second'],
      ['4T1', 'third'],
      ['T2', 'steady'],
      ['T2', 'steady'],
    ] as const;
    for (const [delay, state] of rhythm) {
      expect(app.on(elapsed(delay, `${path}.registering.${state}`)).sent).toEqual(['REGISTER']);
    }
  });

  test('10.2.8: that is answered 423 is sent again with the interval that is demanded', () => {
    const app = registering();
    const { messages } = app.on({ type: 'REGISTER.423', ...first });
    expect(messages).toEqual([{ type: 'REGISTER', ...first, expires: 'minimum', stale: false }]);
    app.on(answered(['app@wifi'], { ...first, expires: 'minimum' }));
    expect(app.is(at('registered'))).toBe(true);
  });

  test('17.1.2.2 Timer F: without any answer it is a failure', () => {
    const app = registering();
    const { shown } = app.on(elapsed('64T1', `${path}.registering`));
    expect(shown).toContainEqual({ type: 'believes', owner: 'app', contact: null });
    expect(app.is(at('backingOff'))).toBe(true);
  });

  test('17.1.3: a refusal of another request is none of this one', () => {
    const app = registering();
    app.on(refused(false, { ...first, authorization: true }));
    expect(app.is(at('registering'))).toBe(true);
  });
});

const failed = (message: RegisterTransaction) =>
  ({ type: 'transport.failed', message: { type: 'REGISTER', ...message, stale: false } }) as const;
const closed = (from: 'sipServer' | 'pushServer', network?: 'wifi' | 'cellular') =>
  ({ type: 'connection.closed', from, ...(network && { network }) }) as const;

describe('a broken connection', () => {
  test('8.1.3.1, 18.4: is a failure of the REGISTER at once, and the wait is that of no answer', () => {
    const app = registering();
    const { shown } = app.on(failed(first));
    expect(shown).toContainEqual({ type: 'believes', owner: 'app', contact: null });
    expect(app.is({ running: { registration: { backingOff: 'first' } } })).toBe(true);
    expect(app.on(elapsed('backOff1', `${path}.backingOff.first`)).sent).toEqual(['REGISTER']);
  });

  test('17.1.4: of another request is none of this one', () => {
    const app = registering();
    app.on(failed({ ...first, authorization: true }), failed(removing));
    app.on({ type: 'transport.failed', message: { type: 'control.heartbeat' } });
    expect(app.is(at('registering'))).toBe(true);
  });

  test('under an un-REGISTER is the end of it', () => {
    const app = registered();
    app.on(...logOut);
    app.on(failed(first));
    expect(app.is(at('unregistering'))).toBe(true);
    app.on(failed(removing));
    expect(app.is('loggedOut')).toBe(true);
  });

  test('under an un-REGISTER, when the user is back, lets the next REGISTER go', () => {
    const app = registered();
    app.on({ type: 'user.home' }, { type: 'control.takenOver', turn: 1 }, { type: 'user.open' });
    expect(app.on(failed(removing)).messages).toMatchObject([{ type: 'REGISTER', expires: 'asked' }]);
  });

  test('RFC 5626 4.4.1, 4.5: that carried the registration is replaced by another, and the registration renewed', () => {
    const app = registered();
    app.on(closed('pushServer'), closed('sipServer', 'cellular'));
    expect(app.is(at('registered'))).toBe(true);
    expect(app.on(closed('sipServer', 'wifi')).messages).toEqual([{ type: 'REGISTER', ...first, stale: false }]);
  });

  test('RFC 5626 4.5: a SIP server that restarts gets its bindings back when it is up again', () => {
    const links = { appSip: { transport: 'tls' as const }, pushServerSip: { transport: 'tls' as const } };
    const restart = (server: ServerProfile, limit: string) =>
      violatedBy(
        scenarioIn(
          {
            name: 'x',
            title: 'X',
            steps: [
              { at: '1s', do: 'open' },
              { at: '30s', do: 'crashSipServer' },
              { at: '200s', do: 'dial', call: 1 },
            ],
            links,
            limits: { blackout: limit },
          },
          'standard',
          { ...server, keepsBindingsOnRestart: false },
        ),
      );
    expect(restart(serverProfiles.multi, '65s')).toEqual([]);
    expect(restart(serverProfiles.multi, '25s')).toEqual(['noBlackout']);
  });
});

test('RFC 5626 4.5: the back-off grows to half an hour, and no further', () => {
  const scenario = scenarioOf(
    {
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'home' },
        { at: '60s', do: 'cut', link: 'pushServerSip' },
        { at: '1860s', do: 'repair', link: 'pushServerSip' },
      ],
      links: { pushServerSip: { transport: 'tls' } },
      until: '4000s',
    },
    'continuous',
  );
  // The last attempt before the repair ends 32 s after it at the latest, and the longest wait is 1800 s.
  expect(supremumOf(scenario, 'blackout').longestMs).toBe(3_090_160);
});

describe('a failure', () => {
  test('RFC 5626 4.5: is waited out ever longer, and forgotten with the first success', () => {
    const app = registering();
    for (const [failures, state] of [
      ['backOff1', 'first'],
      ['backOff2', 'second'],
      ['backOff3', 'third'],
      ['backOff4', 'fourth'],
      ['backOff5', 'fifth'],
      ['backOff6', 'sixth'],
      ['backOff6', 'sixth'],
    ] as const) {
      app.on(refused(false));
      expect(app.is({ running: { registration: { backingOff: state } } })).toBe(true);
      expect(app.on(elapsed(failures, `${path}.backingOff.${state}`)).sent).toEqual(['REGISTER']);
    }
    app.on(answered(['app@wifi']));
    expect(app.context.registration).toMatchObject({ failures: 0 });
  });

  test('21.5.4: with a Retry-After nothing is sent before, however often it is wished', () => {
    const app = registering();
    app.on(refused(true));
    expect(app.is({ running: { registration: { backingOff: 'untilAllowed' } } })).toBe(true);
    expect(app.on({ type: 'user.home' }, { type: 'user.open' }).sent).not.toContain('REGISTER');
    expect(app.on(elapsed('retryAfter', `${path}.backingOff.untilAllowed`)).sent).toEqual(['REGISTER']);
  });

  test('without one the next wish is a new attempt, and a log-out an un-REGISTER', () => {
    const app = registering();
    expect(app.on(refused(false), { type: 'user.home' }, { type: 'user.open' }).sent).toContain('REGISTER');
    expect(app.on(refused(false), { type: 'user.logOut' }).messages).toContainEqual({
      type: 'REGISTER',
      ...removing,
      stale: false,
    });
  });

  test('ends at once when it is no longer wanted to be registered', () => {
    const app = registering('singleDeviceTakeover');
    app.on(refused(false), { type: 'user.home' });
    expect(app.is(at('unregistered'))).toBe(true);
  });
});

describe('a binding', () => {
  test('is refreshed, and the refresh is a REGISTER like any other', () => {
    const app = registered();
    expect(app.on(elapsed('refreshInterval', `${path}.registered`)).messages).toEqual([
      { type: 'REGISTER', ...first, stale: false },
    ]);
    expect(app.on(elapsed('T1', `${path}.refreshing.first`)).sent).toEqual(['REGISTER']);
    app.on(answered(['app@wifi']));
    expect(app.is(at('registered'))).toBe(true);
  });

  test('22.2: whose refresh is challenged is refreshed with credentials', () => {
    const app = registered();
    app.on(elapsed('refreshInterval', `${path}.registered`));
    const { messages } = app.on({ type: 'REGISTER.401', ...first, stale: true });
    expect(messages).toEqual([{ type: 'REGISTER', ...first, authorization: true, stale: false }]);
  });

  test('10.2.7: goes with the log-out, of which the app is told when it is gone', () => {
    const app = registered();
    expect(app.on(...logOut).messages).toEqual([]);
    expect(app.is({ running: { handOver: { loggingOut: 'removing' } } })).toBe(true);
    expect(app.on(elapsed('T1', `${path}.unregistering.first`)).messages).toEqual([
      { type: 'REGISTER', ...removing, stale: false },
    ]);
    const { messages } = app.on({ type: 'REGISTER.401', ...removing, stale: false });
    expect(messages).toEqual([{ type: 'REGISTER', ...removing, authorization: true, stale: false }]);
    const { shown } = app.on(answered([], { ...removing, authorization: true }));
    expect(shown).toContainEqual({ type: 'loggedOut', loggedOut: true });
  });

  test.each([
    ['an answer', answered([], removing)],
    ['a refusal', refused(false, removing)],
    ['no answer at all (10.2.7)', elapsed('64T1', `${path}.unregistering`)],
  ])('%s to its removal is the end of it', (_, event) => {
    const app = registered();
    app.on(...logOut);
    app.on(event);
    expect(app.is('loggedOut')).toBe(true);
  });

  test('whose address has changed is registered at the new one', () => {
    const app = registered();
    const { messages } = app.on({ type: 'network.change' });
    expect(messages).toContainEqual({ type: 'REGISTER', ...first, contact: 'app@cellular', stale: false });
  });

  test('in Single Device Emulation the old one is removed by name before', () => {
    const app = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }, 'singleDeviceEmulation'), 'app');
    const released = { type: 'control.released', turn: 1 } as const;
    app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' }, released);
    app.on(answered(['app@wifi']));
    expect(app.on({ type: 'network.change' }).messages).toContainEqual({ type: 'REGISTER', ...removing, stale: false });
    const { messages } = app.on(answered([], removing));
    expect(messages).toContainEqual({ type: 'REGISTER', ...first, contact: 'app@cellular', stale: false });
  });
});

describe('a wish that comes while a REGISTER is under way waits for its end (10.2)', () => {
  const home = [{ type: 'user.home' }, { type: 'control.takenOver', turn: 1 }] as const;

  test.each([
    ['its success', answered(['app@wifi'])],
    ['a challenge', { type: 'REGISTER.401', ...first, stale: false } as const],
    ['a refusal', refused(false)],
    ['a 423', { type: 'REGISTER.423', ...first } as const],
    ['the end of its time', elapsed('64T1', `${path}.registering`)],
    ['another address', { type: 'network.change' } as const],
  ])('to be removed: after %s', (_, event) => {
    const app = registering();
    expect(app.on(...home).sent).toEqual([]);
    const { messages } = app.on(event);
    expect(messages.filter(({ type }) => type === 'REGISTER')).toEqual([
      { type: 'REGISTER', ...removing, stale: false },
    ]);
  });

  test.each([
    ['its success', answered(['app@wifi'])],
    ['a challenge', { type: 'REGISTER.401', ...first, stale: false } as const],
    ['a refusal', refused(false)],
    ['a 423', { type: 'REGISTER.423', ...first } as const],
    ['the end of its time', elapsed('64T1', `${path}.registering`)],
    ['another address', { type: 'network.change' } as const],
  ])('to be left alone (Takeover): after %s', (_, event) => {
    const app = registering('singleDeviceTakeover');
    app.on({ type: 'user.home' });
    const { sent } = app.on(event);
    expect(sent).toEqual(['control.background']);
    expect(app.is(at('unregistered'))).toBe(true);
  });

  test.each([
    ['its end', answered([], removing)],
    ['a challenge', { type: 'REGISTER.401', ...removing, stale: false } as const],
    ['the end of its time', elapsed('64T1', `${path}.unregistering`)],
  ])('to be registered again: after %s of the un-REGISTER', (_, event) => {
    const app = registered();
    app.on(...home, { type: 'user.open' });
    expect(app.is(at('unregistering'))).toBe(true);
    const { messages } = app.on(event);
    expect(messages).toMatchObject([{ type: 'REGISTER', expires: 'asked' }]);
  });

  test('to be left alone after all: the un-REGISTER ends, and nothing follows (Takeover)', () => {
    const app = registered('singleDeviceTakeover');
    app.on({ type: 'user.logOut' }, { type: 'user.logIn' }, { type: 'control.enabled' }, { type: 'user.home' });
    expect(app.is(at('unregistering'))).toBe(true);
    expect(app.on(answered([], removing)).sent).toEqual(['control.background']);
  });
});

describe('the push server, in the same region', () => {
  const its: RegisterTransaction = { ...first, contact: 'pushServer' };
  const inUp = (registration: string) => ({ up: { registration } });
  const down = 'pushServer.up.registration';

  const takingOver = (mode: ModeName = 'standard') => {
    const server = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }, mode), 'pushServer');
    server.on({ type: 'control.enable', token: 'first' });
    const { messages } = server.on({ type: 'control.background', turn: 1 });
    expect(messages).toEqual([{ type: 'REGISTER', ...its, stale: false }]);
    return server;
  };

  test('17.1.3: takes no answer for its own that was given to another request', () => {
    const server = takingOver();
    const { messages } = server.on({ type: 'REGISTER.401', ...its, stale: false });
    expect(messages).toEqual([{ type: 'REGISTER', ...its, authorization: true, stale: false }]);
    server.on({ type: 'REGISTER.401', ...its, stale: false }, refused(true, its));
    server.on({ type: 'REGISTER.423', ...its }, answered(['pushServer'], its));
    expect(server.is(inUp('registering'))).toBe(true);
    server.on(answered(['pushServer'], { ...its, authorization: true }), { type: 'control.disable' });
    server.on(answered([], { ...its, expires: 'zero' }));
    expect(server.is(inUp('unregistering'))).toBe(true);
  });

  test('10.2.8, 21.5.4, RFC 5626 4.5: asks for the minimum, waits as it is told, or ever longer', () => {
    const server = takingOver();
    expect(server.on({ type: 'REGISTER.423', ...its }).messages).toMatchObject([{ expires: 'minimum' }]);
    const minimum: RegisterTransaction = { ...its, expires: 'minimum' };
    server.on(refused(true, minimum));
    expect(server.is({ up: { registration: { backingOff: 'untilAllowed' } } })).toBe(true);
    server.on(elapsed('retryAfter', `${down}.backingOff.untilAllowed`), refused(false, minimum));
    expect(server.is({ up: { registration: { backingOff: 'second' } } })).toBe(true);
    server.on(elapsed('backOff2', `${down}.backingOff.second`), refused(false, minimum));
    expect(server.is({ up: { registration: { backingOff: 'third' } } })).toBe(true);
    server.on(elapsed('backOff3', `${down}.backingOff.third`), answered(['pushServer'], minimum));
    expect(server.context.registration).toMatchObject({ failures: 0 });
    expect(takingOver().on(refused(false, its)).shown).toContainEqual({
      type: 'believes',
      owner: 'pushServer',
      contact: null,
    });
  });

  test('begins to wait with the shortest back-off', () => {
    const server = takingOver();
    server.on(refused(false, its));
    expect(server.is({ up: { registration: { backingOff: 'first' } } })).toBe(true);
  });

  test.each([
    ['a refusal', refused(false, its)],
    ['a challenge', { type: 'REGISTER.401', ...its, stale: false } as const],
    ['the end of its time', elapsed('64T1', `${down}.registering`)],
  ])('is left alone when the app is back before %s (Takeover)', (_, event) => {
    const server = takingOver('singleDeviceTakeover');
    server.on({ type: 'control.foreground', turn: 0, token: 'first' });
    expect(server.on(event).sent).toEqual([]);
    expect(server.is(inUp('unregistered'))).toBe(true);
  });

  test('tells no app of a turn that it acts without: a heartbeat that stays away, a restart', () => {
    const server = new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }), 'pushServer');
    server.on({ type: 'control.enable', token: 'first' }, { type: 'app.silent' });
    expect(server.on(answered(['pushServer'], its)).sent).toEqual([]);
  });
});
