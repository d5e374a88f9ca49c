import { describe, expect, test } from 'vitest';
import type { MachineEvent } from '../../src/machines/events.ts';
import type { RegisterRequest, RegisterResponse } from '../../src/machines/messages.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { Driven, elapsed } from '../support/drive.ts';

/** Which push services a SIP server supports, and how an app hears of it (RFC 8599 4.1.1, 5.6.1.1, 8.1). */

const scenarioWith = (document: Partial<ScenarioDocument>, unsupported: 'refused' | 'registered' = 'refused') => {
  const { multi } = serverProfiles;
  return resolveScenario({ name: 'p', title: 'P', steps: [{ at: '1s', do: 'open' }], ...document }, serverProfiles, {
    mode: 'sipServerPushes',
    server: { ...multi, digest: false, wakes: { ...multi.wakes, unsupported } },
  });
};

const register = (more: Partial<RegisterRequest> = {}): RegisterRequest => ({
  ...{ type: 'REGISTER', contact: 'app@wifi', expires: 'asked', authorization: false, stale: false, prid: 'first' },
  ...more,
});
const transaction = { contact: 'app@wifi', expires: 'asked', authorization: false } as const;
const refused = { ...transaction, type: 'REGISTER.refused', code: 555, retryAfter: false } as const;
const accepted = (more: object = {}): RegisterResponse => ({
  ...{ ...transaction, type: 'REGISTER.200', contacts: ['app@wifi'] },
  ...more,
});
const isAwake = { wakeable: false, type: 'wakeable' };

describe('a SIP server that pushes', () => {
  test('says +sip.pns to a REGISTER with a token, and to its copies, but not to the un-REGISTER (5.6.1.1)', () => {
    const server = new Driven(scenarioWith({}), 'sipServer');
    const first = register({ transaction: 1 });
    expect(server.on(first).messages).toEqual([accepted({ pushes: true })]);
    expect(server.on(first).messages).toEqual([accepted({ pushes: true })]);
    expect(server.on(register({ expires: 'zero', transaction: 2 })).messages[0]).not.toHaveProperty('pushes');
  });

  test('says 555 to a push service that it does not support, and binds nothing (8.1)', () => {
    const server = new Driven(scenarioWith({}), 'sipServer');
    expect(server.on(register({ provider: 'unsupported' }))).toMatchObject({ messages: [refused], shown: [] });
    expect(server.context.bindings).toEqual([]);
  });

  test('or binds it without a word, and has nothing to push to', () => {
    const server = new Driven(scenarioWith({}, 'registered'), 'sipServer');
    const { messages, shown, armed } = server.on(register({ provider: 'unsupported' }));
    expect(messages).toEqual([accepted()]);
    expect(shown).toContainEqual(isAwake);
    expect(armed).not.toContain('push to refresh app@wifi');
    expect(server.on({ type: 'INVITE', call: 1, contact: 'addressOfRecord' }).sent).toEqual(['INVITE.100', 'INVITE']);
  });

  test('forgets the token with a REGISTER that names none', () => {
    const server = new Driven(scenarioWith({}), 'sipServer');
    server.on(register());
    const { prid: _, ...without } = register();
    expect(server.on(without).shown).toContainEqual(isAwake);
    expect(server.context.tokens).toEqual({});
  });
});

const appAfter = (document: Partial<ScenarioDocument>, ...events: MachineEvent[]) => {
  const app = new Driven(scenarioWith({ pushProvider: 'unsupported', ...document }), 'app');
  app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), ...events);
  return app;
};
const registered = { running: { registration: 'registered' } };

describe('an app that is told 555', () => {
  test('names the push service in its REGISTER', () => {
    const app = new Driven(scenarioWith({ pushProvider: 'unsupported' }), 'app');
    app.on({ type: 'user.open' });
    expect(app.on(elapsed('coldStart', 'app.launching')).messages).toEqual([register({ provider: 'unsupported' })]);
  });

  test('registers without a token, in refreshes too, and takes a copy of the 555 for one', () => {
    const app = appAfter({});
    const { prid: _, ...without } = register();
    expect(app.on(refused).messages).toEqual([without]);
    expect(app.on(refused).messages).toEqual([]);
    expect(app.is({ running: { registration: 'registering' } })).toBe(true);
    app.on(accepted());
    expect(app.is(registered)).toBe(true);
    expect(app.on({ type: 'registration.refresh' }).messages).toEqual([without]);
  });

  test.each([
    ['backsOff', { backingOff: 'first' }],
    ['givesUp', 'forbidden'],
  ] as const)('that %s', (afterUnsupported, registration) => {
    expect(appAfter({ afterUnsupported }, refused).is({ running: { registration } })).toBe(true);
  });
});

describe('4.1.1: an app that runs on in the background unless it is told of pushes', () => {
  const inBackground = (answer: RegisterResponse, document: Partial<ScenarioDocument> = {}) => {
    const app = appAfter({ withoutPushes: 'staysAwake', ...document }, answer, { type: 'user.home' });
    app.on(elapsed('backgroundTime', 'app.running.visibility.background.quiet'));
    return app;
  };

  test('is suspended after a 200 with +sip.pns, and not after one without', () => {
    expect(inBackground(accepted({ pushes: true })).is('suspended')).toBe(true);
    expect(inBackground(accepted()).is('suspended')).toBe(false);
    expect(inBackground(accepted(), { withoutPushes: 'sleeps' }).is('suspended')).toBe(true);
  });

  test('goes by the last 200', () => {
    const app = appAfter({ withoutPushes: 'staysAwake' }, accepted({ pushes: true }), { type: 'registration.refresh' });
    app.on(accepted(), { type: 'user.home' });
    app.on(elapsed('backgroundTime', 'app.running.visibility.background.quiet'));
    expect(app.is('suspended')).toBe(false);
  });
});

describe('what contradicts itself is refused with its line', () => {
  const refusals = (...lines: string[]) => {
    const text = ['name: p', 'title: P', ...lines, 'steps:', '  - { at: 1s, do: open }', ''].join('\n');
    try {
      parseScenario(text, 'p.yaml', serverProfiles);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  test.each([
    ['an answer to a 555 that nobody sends', ['afterUnsupported: givesUp'], /p.yaml:3: .*no 555.*pushProvider/],
    ['an app that stays awake on an iPhone', ['withoutPushes: staysAwake'], /p.yaml:3: .*iPhone.*push: fcm/],
    [
      'a push service without pushes',
      ['pushEnabled: false', 'pushProvider: unsupported'],
      /p.yaml:4: .*pushEnabled: false/,
    ],
    ['a word that there is not', ['pushProvider: unsuported'], /p.yaml:3: .*unsuported.*supported/],
  ])('%s', (_, lines, message) => {
    expect(refusals(...lines)).toMatch(message);
  });

  test('what does not is taken', () => {
    const lines = ['mode: sipServerPushes', 'push: fcm', 'withoutPushes: staysAwake', 'pushProvider: unsupported'];
    expect(refusals(...lines)).toBe('');
  });
});
