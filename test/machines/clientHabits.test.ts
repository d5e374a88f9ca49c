import { describe, expect, test } from 'vitest';
import type { RegisterTransaction } from '../../src/machines/messages.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';
import { delayWindows } from '../../src/sim/sipWorld/delayWindows.ts';
import { Driven, elapsed } from '../support/drive.ts';
import { scenarioOf } from '../support/scenarios.ts';

const steps: ScenarioDocument['steps'] = [{ at: '1s', do: 'open' }];
const first: RegisterTransaction = { contact: 'app@wifi', expires: 'asked', authorization: false };
const tooBrief = { type: 'REGISTER.423', ...first } as const;
const later = { type: 'REGISTER.refused', ...first, code: 503, retryAfter: true } as const;
const path = 'app.running.registration';

const registering = (habits: Partial<ScenarioDocument>) => {
  const app = new Driven(scenarioOf({ steps, ...habits }, 'singleDeviceTakeover'), 'app');
  app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching'), { type: 'control.enabled' });
  return app;
};
const isIn = (app: Driven, state: 'forbidden' | 'registering' | 'first' | 'untilAllowed') =>
  app.is({
    running: { registration: state === 'first' || state === 'untilAllowed' ? { backingOff: state } : state },
  });

describe('after a 423', () => {
  test('10.2.8: the same request goes out again with the interval of Min-Expires', () => {
    const app = registering({ afterTooBrief: 'asksForMinimum' });
    expect(app.on(tooBrief).messages).toMatchObject([{ type: 'REGISTER', expires: 'minimum' }]);
  });

  test('8.1.3.2: who does not know it takes it for a 400, and asks for the same again', () => {
    const app = registering({ afterTooBrief: 'backsOff' });
    expect(app.on(tooBrief).sent).toEqual([]);
    expect(isIn(app, 'first')).toBe(true);
    expect(app.on(elapsed('backOff1', `${path}.backingOff.first`)).messages).toMatchObject([{ expires: 'asked' }]);
  });

  test('who gives up sends no more, until the network is another', () => {
    const app = registering({ afterTooBrief: 'givesUp' });
    expect(app.on(tooBrief).armed).toEqual([]);
    expect(isIn(app, 'forbidden')).toBe(true);
    expect(app.on({ type: 'user.home' }, { type: 'user.open' }).sent).not.toContain('REGISTER');
    expect(app.on({ type: 'network.change' }).sent).toContain('REGISTER');
  });
});

describe('after a refusal with Retry-After', () => {
  test.each([
    ['waits', 'untilAllowed'],
    ['backsOff', 'first'],
    ['givesUp', 'forbidden'],
  ] as const)('a client that %s is %s', (afterRetryLater, state) => {
    const app = registering({ afterRetryLater });
    app.on(later);
    expect(isIn(app, state)).toBe(true);
  });

  test('a refusal without it is no reason to give up', () => {
    const app = registering({ afterRetryLater: 'givesUp' });
    app.on({ ...later, retryAfter: false });
    expect(isIn(app, 'first')).toBe(true);
  });
});

test.each([
  ['backsOff', 'first'],
  ['givesUp', 'forbidden'],
] as const)('after 64*T1 without an answer a client that %s is %s', (afterSilence, state) => {
  const app = registering({ afterSilence });
  app.on(elapsed('64T1', `${path}.registering`));
  expect(isIn(app, state)).toBe(true);
});

describe('the lifetime that is read in a 200', () => {
  const windowOf = (readsExpires: ScenarioDocument['readsExpires'], more: Partial<ScenarioDocument> = {}) => {
    const scenario = scenarioOf(
      { steps, ...(readsExpires && { readsExpires }), ...more },
      'standard',
      'sbc-compares-via',
    );
    return delayWindows(scenario).app;
  };

  test('10.2.4: is that of the own Contact, which an SBC has shortened', () => {
    expect(windowOf('own').refreshInterval).toEqual([54_000, 54_000]);
    expect(windowOf(undefined)).toEqual(windowOf('own'));
  });

  test('as of the header it is what the registrar has granted, as of the request what was asked for', () => {
    const tooLong = { expires: { app: '2h' } };
    expect(windowOf('header', tooLong).refreshInterval).toEqual([3_240_000, 3_240_000]);
    expect(windowOf('asked', tooLong).refreshInterval).toEqual([6_480_000, 6_480_000]);
  });

  test('as the largest of all it is that of another device, what is left of it being anything', () => {
    const reading = { steps, readsExpires: 'largest', pushEnabled: false, until: '900s' } as const;
    const beside = { ...reading, otherDevice: 'ignores' } as const;
    expect(delayWindows(scenarioOf(beside)).app.refreshByLargest).toEqual([540_000, 3_240_000]);
    const believes = { properties: [propertyNamed('beliefMatches')] };
    const verdicts = [reading, beside].map((one) => check(scenarioOf(one), believes).decisions[0]?.verdict);
    expect(verdicts).toEqual(['holds', 'violated']);
  });

  test('its timer goes with the binding', () => {
    const app = registering({ readsExpires: 'largest' });
    const confirmed = { type: 'REGISTER.200', ...first, contacts: ['app@wifi'] } as const;
    expect(app.on(confirmed).armed).toContain('refresh');
    expect(app.on(elapsed('refreshInterval', `${path}.registered`)).sent).toEqual([]);
    expect(app.on({ type: 'registration.refresh' }).sent).toEqual(['REGISTER']);
    expect(app.on(confirmed, { type: 'user.home' }).cancelled).toContain('refresh');
  });

  test('an interval of their own is none that is read', () => {
    const text = `name: x\ntitle: X\nreadsExpires: header\nrefresh: { app: atInterval, pushServer: atInterval }\nsteps: [{ at: 1s, do: open }]\n`;
    expect(() => parseScenario(text, 'x.yaml', everyServerProfile)).toThrow(
      /x\.yaml:3.*readsExpires where both refresh at an interval of their own/s,
    );
  });
});

describe('a client that keeps its Call-ID over a restart, with a CSeq from 1', () => {
  const restarting = scenarioOf({ steps: [...steps, { at: '20s', do: 'kill' }], keepsCallId: true });
  const request = (process: 0 | 1, number: number, expires: 'asked' | 'zero' = 'asked') =>
    ({
      type: 'REGISTER',
      ...first,
      expires,
      authorization: true,
      sequence: { process, number },
      stale: false,
    }) as const;
  const refused = { type: 'REGISTER.refused', code: 500, retryAfter: false };

  test('counts each REGISTER, a challenged one too, and its next process begins anew', () => {
    const app = new Driven({ ...restarting, pushEnabled: false }, 'app');
    const started = () => app.on({ type: 'user.open' }, elapsed('coldStart', 'app.launching')).messages;
    const sequenceOf = (messages: readonly object[]) => messages.find((one) => 'sequence' in one);
    const before = (app.context.registration as { sequence: { process: number } }).sequence.process;
    expect(sequenceOf(started())).toMatchObject({ sequence: { process: before, number: 1 } });
    const challenge = { type: 'REGISTER.401', ...first, stale: false } as const;
    expect(sequenceOf(app.on(challenge).messages)).toMatchObject({ sequence: { number: 2 } });
    app.on({ type: 'app.kill', notice: false });
    expect(sequenceOf(started())).toMatchObject({ sequence: { process: 1 - before, number: 1 } });
  });

  test('10.3 step 7: is refused until it has counted further than the binding, un-REGISTER included', () => {
    const registrar = new Driven(restarting, 'sipServer');
    expect(registrar.on(request(0, 2)).sent).toEqual(['REGISTER.200']);
    expect(registrar.on(request(1, 1)).messages).toMatchObject([refused]);
    expect(registrar.on(request(1, 2)).messages).toMatchObject([refused]);
    expect(registrar.on(request(1, 2, 'zero')).messages).toMatchObject([refused]);
    expect(registrar.context.bindings).toEqual(['app@wifi']);
    expect(registrar.on(request(1, 3)).sent).toEqual(['REGISTER.200']);
    expect(registrar.on(request(1, 3)).sent).toEqual(['REGISTER.200']);
  });

  test('or until the binding has expired, with which its CSeq is forgotten', () => {
    const registrar = new Driven(restarting, 'sipServer');
    registrar.on(request(0, 5), { type: 'binding.expired', contact: 'app@wifi' });
    expect(registrar.on(request(1, 1)).sent).toEqual(['REGISTER.200']);
  });

  test('is none of the business of a registrar that does not check', () => {
    const server = { ...everyServerProfile.multi, checksSequence: false };
    const registrar = new Driven({ ...restarting, server }, 'sipServer');
    expect(registrar.on(request(0, 5), request(1, 1)).sent).toEqual(['REGISTER.200']);
    const app = new Driven({ ...restarting, server }, 'app');
    expect(app.context.registration).not.toHaveProperty('sequence');
  });

  test('a Call-ID that is kept while nobody restarts says nothing', () => {
    const text = 'name: x\ntitle: X\nkeepsCallId: true\nsteps: [{ at: 1s, do: open }]\n';
    expect(() => parseScenario(text, 'x.yaml', everyServerProfile)).toThrow(/x\.yaml:3.*without a restart/s);
  });
});
