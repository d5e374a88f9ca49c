import { describe, expect, test } from 'vitest';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { sentenceAbout } from '../../src/sim/report/sentence.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';

type Steps = ScenarioDocument['steps'];

const call: Steps = [
  { at: '1s', do: 'open' },
  { at: '10s', do: 'dial', call: 1 },
];

/** A call of `talk`, and some ends of the run well after it. */
const callOf = (talk: string, steps: Steps, more: Partial<ScenarioDocument> = {}): ScenarioDocument => ({
  name: 'session',
  title: 'Session',
  timing: { caller: { talk } },
  limits: { endsAgree: '90s' },
  until: '400s',
  steps,
  ...more,
});

const timed = (refresher: 'caller' | 'user') => ({ sessionTimers: { interval: '90s', refresher } });

const scenarioIn = (document: ScenarioDocument, mode: ModeName, server: 'multi' | 'kamailio' = 'multi') =>
  resolveScenario(document, everyServerProfile, { mode, server: everyServerProfile[server] });

const ofCall = ['answeredConnects', 'callSurvives', 'endsAgree'].map(propertyNamed);
const violatedIn = (document: ScenarioDocument, mode: ModeName) =>
  check(scenarioIn(document, mode), { properties: ofCall })
    .decisions.filter(({ verdict }) => verdict !== 'holds')
    .map(({ property, verdict }) => `${property} ${verdict}`);

describe('the push server restarts in the midst of a call (RFC 4028 10)', () => {
  const crashed: Steps = [...call, { at: '22s', do: 'crashPushServer' }];

  test('without session timers the phone never learns that the caller has hung up', () => {
    expect(violatedIn(callOf('20s', crashed), 'continuous')).toEqual(['endsAgree violated']);
  });

  test.each(['caller', 'user'] as const)(
    'refreshed by the %s, both ends leave it within the session interval',
    (who) => {
      expect(violatedIn(callOf('20s', crashed, timed(who)), 'continuous')).toEqual([]);
    },
  );

  test.each(['caller', 'user'] as const)('refreshed by the %s, two who talk on are told so', (who) => {
    const document = callOf('20min', crashed, timed(who));
    expect(violatedIn(document, 'continuous')).toEqual(['callSurvives violated']);
    expect(violatedIn({ ...document, ...{ sessionTimers: undefined } }, 'continuous')).toEqual([]);
    const trace = simulate(scenarioIn(document, 'continuous'), 1);
    expect(sentenceAbout('callSurvives', trace)).toMatch(/ended a session that was not refreshed at \d+\.\d{3} s/);
    const ends = trace.records.flatMap(({ atMs, observations }) =>
      observations.some(({ type }) => type === 'call.expired' || type === 'phone.ended') ? [atMs] : [],
    );
    expect(ends).toHaveLength(2);
    for (const atMs of ends) expect(atMs - 22_000).toBeLessThan(90_000);
  });
});

describe('a long call with session timers', () => {
  test.each([
    ['standard', 'caller'],
    ['standard', 'user'],
    ['continuous', 'caller'],
    ['continuous', 'user'],
  ] as const)('in %s, refreshed by the %s, goes on until somebody hangs up', (mode, who) => {
    const document = callOf('200s', call, timed(who));
    expect(violatedIn(document, mode)).toEqual([]);
    const { records } = simulate(scenarioIn(document, mode), 1);
    const refreshed = records.filter(({ event, targetRef }) => event.type === 'UPDATE' && targetRef === 'sipServer');
    expect(refreshed.length).toBeGreaterThan(3);
  });

  test('survives a restart of the SIP server', () => {
    const document = callOf('200s', [...call, { at: ['55s', '62s'], do: 'crashSipServer' }], timed('caller'));
    expect(violatedIn(document, 'standard')).toEqual([]);
  });

  test('that another device has answered is left alone', () => {
    const document = callOf('200s', call, { ...timed('user'), otherDevice: 'answers', user: 'ignores' });
    const { records } = simulate(scenarioIn(document, 'standard'), 1);
    expect(records.some(({ event }) => event.type === 'UPDATE')).toBe(false);
    const hungUp = records.find(({ observations }) => observations.some(({ type }) => type === 'call.hungUp'));
    expect(hungUp?.atMs).toBeGreaterThan(200_000);
  });
});

test('a phone that dies in a call: the caller learns it from the refresh that stays unanswered', () => {
  const killed: Steps = [...call, { at: '30s', do: 'kill' }];
  expect(violatedIn(callOf('20min', killed), 'standard')).toEqual(['endsAgree violated']);
  expect(violatedIn(callOf('20min', killed, timed('caller')), 'standard')).toEqual([]);
  expect(violatedIn(callOf('20min', killed, timed('user')), 'standard')).toEqual([]);
});

test('a phone that keeps its move to itself: session timers end what the BYE does not reach', () => {
  const moved: Steps = [...call, { at: '25s', do: 'changeNetwork' }];
  const document = callOf('20s', moved, { followsNetwork: false });
  expect(violatedIn(document, 'standard')).toEqual(['endsAgree violated']);
  expect(violatedIn({ ...document, ...timed('user') }, 'standard')).toEqual([]);
});
