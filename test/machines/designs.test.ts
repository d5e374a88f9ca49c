import { describe, expect, test } from 'vitest';
import type { RegisterTransaction, Role } from '../../src/machines/messages.ts';
import { everyMode, type ModeName } from '../../src/machines/modeVariants.ts';
import {
  pushServerGivesWay,
  registrationModeNames,
  removesWhatItLeft,
  staysRegistered,
  withoutPushServer,
} from '../../src/machines/registrationModes.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

/** Designs that the product does not have: what other products do, and modes 0, 1 and 3 under a lease. */

const party = (name: Role, mode: ModeName) => new Driven(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }, mode), name);

const enable = { type: 'control.enable', token: 'first' } as const;
const foreground = { type: 'control.foreground', turn: 1, token: 'first' } as const;
const background = { type: 'control.background', turn: 1 } as const;
const heartbeat = { type: 'control.heartbeat' } as const;
const disable = { type: 'control.disable' } as const;
const its: RegisterTransaction = { contact: 'pushServer', expires: 'asked', authorization: false };
const mine: RegisterTransaction = { ...its, contact: 'app@wifi' };
const bound = { type: 'REGISTER.200', ...its, contacts: ['pushServer'] } as const;
const gone = { type: 'REGISTER.200', ...its, expires: 'zero', contacts: [] } as const;
/** What the timers of the account raise. */
const silence = { type: 'app.silent' } as const;
const forgetting = { type: 'app.forgotten' } as const;

const serving = (mode: ModeName) => {
  const server = party('pushServer', mode);
  server.on(enable, background, bound);
  expect(server.is({ up: { account: { appAway: 'registered' } } })).toBe(true);
  return server;
};

describe('SessionTalk Multiple Registrations', () => {
  test('the push server registers when push is enabled, and stays so whatever the app does', () => {
    const server = party('pushServer', 'sessionTalkMultiple');
    expect(server.on(enable).sent).toEqual(['control.enabled', 'REGISTER']);
    server.on(bound);
    expect(server.on(foreground).sent).toEqual([]);
    expect(server.on(background).messages).toEqual([{ type: 'control.takenOver', turn: 1 }]);
  });

  test('the app registers without waiting for it, and un-REGISTERs as it goes to the background', () => {
    const app = party('app', 'sessionTalkMultiple');
    app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'));
    expect(app.on({ type: 'control.enabled' }).sent).toEqual(['control.foreground', 'REGISTER']);
    app.on({ type: 'REGISTER.200', ...mine, contacts: ['pushServer', 'app@wifi'] });
    expect(app.on({ type: 'user.home' }).messages).toEqual([
      { type: 'REGISTER', ...mine, expires: 'zero', stale: false },
    ]);
  });
});

describe('SessionTalk Single Register', () => {
  test('the push server does not notice that an app in the foreground has died', () => {
    const server = party('pushServer', 'sessionTalkSingle');
    expect(server.on(enable).armed).toEqual([]);
    expect(server.on(foreground).armed).toEqual([]);
    expect(server.on(silence).sent).toEqual([]);
    expect(party('pushServer', 'singleDeviceTakeover').on(enable).armed).toEqual(['heartbeat']);
  });

  test('the push server is registered as long as the app is away, and leaves its binding to the newcomer', () => {
    expect(serving('sessionTalkSingle').on(foreground).sent).toEqual([]);
  });
});

describe('Acrobits SIPIS', () => {
  const forgotten = () => {
    const server = serving('sipis');
    expect(server.on(forgetting).messages).toEqual([{ type: 'REGISTER', ...its, expires: 'zero', stale: false }]);
    server.on(gone);
    expect(server.is({ up: { account: 'forgotten' } })).toBe(true);
    return server;
  };

  test('after the lifetime of the credentials it un-REGISTERs and takes no call', () => {
    const server = forgotten();
    expect(server.on({ type: 'INVITE', call: 1, contact: 'pushServer' }).messages).toEqual([
      { type: 'INVITE.failed', code: 480, call: 1, contact: 'pushServer' },
    ]);
  });

  test('what the app says renews them: it comes back, goes away, asks for a call', () => {
    expect(serving('sipis').on(foreground).cancelled).toContain('credentials');
    expect(serving('sipis').on(background).armed).toContain('credentials');
    expect(serving('sipis').on({ type: 'control.fetch', call: 1 }).armed).toEqual(['credentials']);
  });

  test.each([
    [foreground, 'appPresent'],
    [background, 'appAway'],
    [disable, 'disabled'],
  ] as const)('once forgotten, %j leads to %s', (event, state) => {
    const server = forgotten();
    server.on(event);
    expect(server.context.account).toBe(state);
  });

  test('a restart brings nothing back that was forgotten', () => {
    const server = forgotten();
    server.on({ type: 'pushServer.crash' }, elapsed('restart', 'pushServer.down'));
    expect(server.is({ up: { account: 'forgotten', registration: 'unregistered' } })).toBe(true);
  });
});

describe('under a lease', () => {
  const refreshing = (mode: ModeName) => {
    const server = serving(mode);
    server.on(elapsed('refreshInterval', 'pushServer.up.registration.registered'));
    expect(server.is({ up: { registration: 'refreshing' } })).toBe(true);
    return server;
  };

  test.each(['leasedStandard', 'leasedTakeover'] as const)(
    '10.2: in %s it is released once the final response to a refresh has come, and nothing is refreshed any more',
    (mode) => {
      const server = refreshing(mode);
      expect(server.on(foreground).sent).toEqual([]);
      const { messages, armed } = server.on(bound);
      expect(messages).toEqual([{ type: 'control.released', turn: 1 }]);
      expect(armed).toEqual([]);
    },
  );

  test('in Standard the push server removes afterwards what it has left', () => {
    const server = serving('leasedStandard');
    expect(server.on(foreground).sent).toEqual(['control.released']);
    expect(server.on({ type: 'control.registered', turn: 0 }).sent).toEqual([]);
    expect(server.on({ type: 'control.registered', turn: 1 }).messages).toEqual([
      { type: 'REGISTER', ...its, expires: 'zero', stale: false },
    ]);
    server.on(gone);
    expect(server.is({ up: { account: { appPresent: 'serving' }, registration: 'unregistered' } })).toBe(true);
  });

  test('in Takeover it removes at the log-out what it has left, where without one it does not', () => {
    const left = (mode: ModeName) => {
      const server = serving(mode);
      server.on(foreground);
      return server.on(disable).sent;
    };
    expect(left('leasedTakeover')).toEqual(['control.disabled', 'REGISTER']);
    expect(left('singleDeviceTakeover')).toEqual(['control.disabled']);
  });

  const inCharge = (mode: ModeName) => {
    const app = party('app', mode);
    app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'));
    expect(app.on({ type: 'control.enabled' }).sent).toEqual(['control.foreground']);
    expect(app.on({ type: 'control.released', turn: 1 }).sent).toEqual(['REGISTER']);
    app.on({ type: 'REGISTER.200', ...mine, contacts: ['app@wifi'] });
    expect(app.is({ running: { handOver: 'inCharge' } })).toBe(true);
    return app;
  };

  test.each(['leasedStandard', 'leasedEmulation', 'leasedTakeover'] as const)(
    'in %s an app that was not heard is told so, and takes the lease anew as the next one',
    (mode) => {
      const server = party('pushServer', mode);
      server.on(enable, foreground, silence);
      expect(server.is({ up: { account: 'appAway' } })).toBe(true);
      expect(server.on(heartbeat).messages).toEqual([{ type: 'control.lapsed' }]);
      const app = inCharge(mode);
      expect(app.on({ type: 'control.lapsed' }).messages).toEqual([
        { type: 'control.foreground', turn: 0, token: 'first' },
      ]);
    },
  );

  test('without one, the heartbeats of such an app change nothing', () => {
    const server = party('pushServer', 'singleDeviceTakeover');
    server.on(enable, foreground, silence);
    expect(server.on(heartbeat).sent).toEqual([]);
  });

  test('in Standard the app stops refreshing before the push server registers, and un-REGISTERs afterwards', () => {
    const app = inCharge('leasedStandard');
    expect(app.on({ type: 'user.home' }).messages).toEqual([{ type: 'control.background', turn: 1 }]);
    expect(app.is({ running: { registration: 'unregistered' } })).toBe(true);
    expect(app.on({ type: 'control.takenOver', turn: 1 }).messages).toEqual([
      { type: 'REGISTER', ...mine, expires: 'zero', stale: false },
    ]);
  });
});

test('the modes of the product have nothing of all that', () => {
  const rules = registrationModeNames.map((name) => {
    const mode = everyMode[name];
    return [name, staysRegistered(mode), pushServerGivesWay(mode), removesWhatItLeft(mode)];
  });
  expect(rules).toEqual([
    ['standard', false, false, false],
    ['singleDeviceEmulation', false, true, false],
    ['continuous', true, false, false],
    ['singleDeviceTakeover', false, false, false],
  ]);
});

test('without a push server all designs are alike', () => {
  const rules = Object.values(everyMode).map((mode) => {
    const { name: _, title: __, number: ___, singleDevice: ____, ...rest } = withoutPushServer(mode);
    return rest;
  });
  expect(new Set(rules.map((rule) => JSON.stringify(rule))).size).toBe(1);
});
