import { describe, expect, test } from 'vitest';
import type { Contact, Expires, RegisterRequest, TransactionNumber } from '../../src/machines/messages.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { exactTiming } from '../support/exactTiming.ts';
import { scenarioOf } from '../support/scenarios.ts';

const steps: ScenarioDocument['steps'] = [{ at: '1s', do: 'open' }];
const server = (profile: Partial<ServerProfile> = {}) => {
  const whole = { ...serverProfiles.multi, digest: false, checksSequence: false, ...profile };
  return new Driven(scenarioIn({ name: 'x', title: 'X', steps }, 'standard', whole), 'sipServer');
};
const register = (
  transaction?: TransactionNumber,
  expires: Expires = 'asked',
  contact: Contact = 'app@wifi',
): RegisterRequest => ({
  type: 'REGISTER',
  contact,
  expires,
  authorization: true,
  ...(transaction !== undefined && { transaction }),
  stale: false,
});
const late = (request: RegisterRequest): RegisterRequest => ({ ...request, stale: true });

describe('17.2.2: a copy of a REGISTER that has been served', () => {
  test('gets the 200 again, and does nothing', () => {
    const registrar = server({ capacity: 1 });
    registrar.on(register(0), register(0, 'asked', 'pushServer'));
    const { messages, shown, armed } = registrar.on(register(0));
    const { type: _, stale: __, transaction: ___, ...its } = register(0);
    expect(messages).toEqual([{ ...its, type: 'REGISTER.200', contacts: ['pushServer', 'app@wifi'] }]);
    expect([shown, armed]).toEqual([[], []]);
    expect(registrar.context.bindings).toEqual(['pushServer']);
    const { messages: again } = registrar.on(register(1, 'zero', 'pushServer'), register(1, 'zero', 'pushServer'));
    expect(again).toMatchObject([{ type: 'REGISTER.200', contacts: [] }]);
  });

  test('is served anew where the answer was no 200, as Asterisk does', () => {
    const registrar = server({ capacity: 1, whenFull: { do: 'refuse', code: 403, retryAfter: false } });
    registrar.on(register(0, 'asked', 'pushServer'));
    expect(registrar.on(register(0), register(0)).sent).toEqual(['REGISTER.refused']);
    registrar.on(register(1, 'zero', 'pushServer'));
    expect(registrar.on(register(0)).sent).toEqual(['REGISTER.200']);
    expect(registrar.on(register(0)).shown).toEqual([]);
  });

  test.each([1, 2, 3])('removes nothing when it is late by %i transactions', (age) => {
    const registrar = server();
    registrar.on(register(0, 'zero'));
    for (let count = 1; count <= age; count++) registrar.on(register((count % 3) as TransactionNumber));
    expect(registrar.on(late(register(0, 'zero'))).messages).toEqual([]);
    expect(registrar.context.bindings).toEqual(['app@wifi']);
  });

  test('is none where the transaction or the sender is another', () => {
    const registrar = server();
    registrar.on(register(0));
    expect(registrar.on(register(1)).shown).toHaveLength(1);
    expect(registrar.on(register(1, 'asked', 'pushServer')).shown).toHaveLength(1);
  });

  test('is not known over a restart of the server', () => {
    const registrar = server();
    registrar.on(register(0), { type: 'sipServer.crash' }, elapsed('restart', 'sipServer.down'));
    expect(registrar.on(register(0)).shown).toHaveLength(1);
  });

  test('is remembered in one order, whoever was served first', () => {
    const byApp = [register(0), register(0, 'asked', 'pushServer')];
    const memory = (...requests: RegisterRequest[]) => {
      const registrar = server();
      registrar.on(...requests);
      return JSON.stringify(registrar.context.served);
    };
    expect(memory(...byApp.reverse())).toBe(memory(...byApp.reverse()));
  });

  test('acts again where the request does not say which transaction it is', () => {
    const registrar = server();
    expect(registrar.on(register(), register()).shown).toHaveLength(1);
    registrar.on(register(0), register(), register(0));
    expect(registrar.on(register(0)).shown).toEqual([]);
  });
});

describe('a late first copy', () => {
  const removedLate = (...before: RegisterRequest[]) => {
    const registrar = server();
    registrar.on(...before);
    return registrar.on(late(register(1, 'zero')));
  };

  test('of the transaction before, or before that, acts once', () => {
    expect(removedLate(register(0), register(2)).sent).toEqual(['REGISTER.200']);
    expect(removedLate(register(0), register(2), late(register(1, 'zero')), register(2)).sent).toEqual([]);
    expect(removedLate(register(0), register(2), register(0)).sent).toEqual(['REGISTER.200']);
    expect(removedLate(register(0), register(2), register(0), late(register(1, 'zero'))).sent).toEqual([]);
  });

  test('does not act where CSeq is looked at, as long as the binding is there (10.3 step 7)', () => {
    const registrar = server({ checksSequence: true });
    registrar.on(register(0), register(2));
    expect(registrar.on(late(register(1, 'zero'))).sent).toEqual([]);
    registrar.on(register(0, 'zero'));
    expect(registrar.on(late(register(1))).sent).toEqual(['REGISTER.200']);
    expect(registrar.context.bindings).toEqual(['app@wifi']);
  });
});

describe('a user agent', () => {
  const region = 'app.running.registration';
  const registering = (document: Partial<ScenarioDocument> = {}, profile: Partial<ServerProfile> = {}) => {
    const whole = { ...serverProfiles.multi, ...profile };
    const app = new Driven(scenarioIn({ name: 'x', title: 'X', steps, ...document }, 'standard', whole), 'app');
    app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'));
    return { app, first: app.on({ type: 'control.enabled' }).transactions };
  };
  const request = { contact: 'app@wifi', expires: 'asked', authorization: false } as const;
  const challenge = { type: 'REGISTER.401', ...request, stale: false } as const;
  const granted = { type: 'REGISTER.200', ...request, authorization: true, contacts: ['app@wifi'] } as const;
  const kill = { type: 'app.kill', notice: false } as const;

  test('counts its transactions modulo three, and their copies not', () => {
    const { app, first } = registering();
    expect(first).toEqual([1]);
    expect(app.on(challenge).transactions).toEqual([2]);
    expect(app.on(elapsed('T1', `${region}.registering.first`)).transactions).toEqual([2]);
    app.on(granted);
    expect(app.on(elapsed('refreshInterval', `${region}.registered`)).transactions).toEqual([0]);
    app.on(granted);
    expect(app.on({ type: 'user.logOut' }).transactions).toEqual([1]);
  });

  test('goes on counting in its next process', () => {
    const { app } = registering();
    app.on(challenge, granted, kill, { type: 'user.open' });
    expect(app.on(elapsed('coldStart', 'app.launching')).transactions).toEqual([0]);
  });

  test('says nothing after two transactions without an answer, until one is answered', () => {
    const { app } = registering();
    app.on(challenge);
    const afterLoss = (times: number) => {
      app.on(elapsed('64T1', `${region}.registering`));
      const names = ['first', 'second', 'third'];
      return app.on(elapsed(`backOff${times}`, `${region}.backingOff.${names[times - 1]}`)).transactions;
    };
    expect([afterLoss(1), afterLoss(2), afterLoss(3)]).toEqual([[0], [undefined], [undefined]]);
    app.on(granted);
    expect(app.on({ type: 'user.logOut' }).transactions).toEqual([0]);
  });

  test('says nothing over a reliable link, nor to a registrar without transactions', () => {
    expect(registering({ links: { appSip: { transport: 'tls' } } }).first).toEqual([undefined]);
    expect(registering({}, { absorbsCopies: false }).first).toEqual([undefined]);
  });
});

test('each transaction acts once, however slow the link', () => {
  const links = { appSip: { latency: '900ms' } };
  const { records } = simulate(scenarioOf({ steps, links, timing: exactTiming, until: '20s' }), 1);
  const arrived = records.filter(({ event, targetRef }) => targetRef === 'sipServer' && event.type === 'REGISTER');
  const changes = records.flatMap(({ observations }) => observations.filter(({ type }) => type === 'bindings'));
  expect(arrived.length).toBeGreaterThan(4);
  expect(changes.length).toBe(1);
});

describe('in Single Device Emulation', () => {
  const again: ScenarioDocument['steps'] = [
    { at: '1s', do: 'open' },
    { at: '15s', do: 'home' },
    { at: '19s', do: 'open' },
  ];
  const delayed = (latency: string): ScenarioDocument['faults'] => [
    { do: 'delay', message: 'un-REGISTER', from: 'app', latency },
  ];
  const verdict = (profile: Partial<ServerProfile>, document: Partial<ScenarioDocument>) => {
    const whole = { ...serverProfiles.multi, checksSequence: false, ...profile };
    const mode = 'singleDeviceEmulation';
    const scenario = scenarioIn({ name: 'x', title: 'X', steps: again, until: '60s', ...document }, mode, whole);
    return check(scenario, { properties: [propertyNamed('beliefMatches')] }).decisions[0]?.verdict;
  };

  test('a first copy of an un-REGISTER that comes after its retransmission was answered removes nothing', () => {
    expect(verdict({}, { faults: delayed('5s') })).toBe('holds');
    expect(verdict({ absorbsCopies: false }, { faults: delayed('5s') })).toBe('violated');
  });

  test('one that is late and was never answered does', () => {
    const killed: ScenarioDocument['steps'] = [
      { at: '1s', do: 'open' },
      { at: '15s', do: 'home' },
      { at: '15.2s', do: 'kill' },
      { at: '16s', do: 'open' },
    ];
    expect(verdict({}, { steps: killed, faults: delayed('6s') })).toBe('violated');
  });
});
