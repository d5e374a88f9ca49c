import { describe, expect, test } from 'vitest';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { contradictions } from '../../src/sim/scenarioFile/contradictions.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { delayWindows } from '../../src/sim/sipWorld/delayWindows.ts';
import { scenarioOf } from '../support/scenarios.ts';

const verdict = (
  document: Partial<ScenarioDocument> & Pick<ScenarioDocument, 'steps'>,
  mode = registrationModeNames[0],
) => check(scenarioOf(document, mode), { properties: [propertyNamed('noInviteLost')] }).decisions[0]?.verdict;

describe('pushEnabled: false', () => {
  const calling = (at: string): ScenarioDocument['steps'] => [
    { at: '1s', do: 'open' },
    { at: '10s', do: 'home' },
    { at, do: 'dial', call: 1 },
  ];

  test.each(registrationModeNames)('a call is lost once the app is suspended, whatever the mode (%s)', (mode) => {
    const verdicts = ['9s', '20s', '60s'].map((at) =>
      verdict(
        { steps: [...calling(at).filter(({ do: what }) => at !== '9s' || what !== 'home')], pushEnabled: false },
        mode,
      ),
    );
    expect(verdicts).toEqual(['holds', 'holds', 'violated']);
  });

  test('the same call arrives with a push server', () => {
    expect(verdict({ steps: calling('60s') })).toBe('holds');
  });

  test('nothing is ever sent to a push server, and the user who comes back is registered again', () => {
    const steps: ScenarioDocument['steps'] = [
      ...calling('60s'),
      { at: '120s', do: 'open' },
      { at: '200s', do: 'logOut' },
    ];
    const { records } = simulate(scenarioOf({ steps, pushEnabled: false }), 1);
    expect(records.filter(({ targetRef, kind }) => targetRef === 'pushServer' && kind === 'message')).toEqual([]);
    const bindings = records.flatMap(({ atMs, observations }) =>
      observations.flatMap((one) => (one.type === 'bindings' ? [{ atMs, contacts: one.contacts }] : [])),
    );
    expect(bindings.some(({ atMs, contacts }) => atMs > 120_000 && contacts.includes('app@wifi'))).toBe(true);
    expect(bindings.at(-1)?.contacts).toEqual([]);
    expect(records.some(({ observations }) => observations.some(({ type }) => type === 'loggedOut'))).toBe(true);
  });

  test('who logs in while he is being logged out stays registered', () => {
    const steps: ScenarioDocument['steps'] = [
      { at: '1s', do: 'open' },
      { at: '10s', do: 'logOut' },
      { at: '10.01s', do: 'logIn' },
      { at: '20s', do: 'dial', call: 1 },
    ];
    expect(verdict({ steps, pushEnabled: false })).toBe('holds');
  });

  test('a step that happens to a push server is a contradiction', () => {
    const document: ScenarioDocument = { name: 'x', title: 'X', steps: [{ at: '1s', do: 'crashPushServer' }] };
    expect(contradictions({ ...document, pushEnabled: false }, serverProfiles)).toMatchObject([
      { path: ['steps', 0, 'do'], found: 'crashPushServer with `pushEnabled: false`' },
    ]);
    expect(contradictions(document, serverProfiles)).toEqual([]);
  });
});

describe('refresh', () => {
  const steps: ScenarioDocument['steps'] = [{ at: '1s', do: 'open' }];
  const refreshMs = (document: Partial<ScenarioDocument>) => {
    const { app, pushServer } = delayWindows(scenarioOf({ steps, ...document }));
    return [app.refreshInterval?.[0], pushServer.refreshInterval?.[0]];
  };

  test('is due at 90 % of the lifetime, or at the interval that is asked for', () => {
    const expires = { app: '200s', pushServer: '300s' };
    expect(refreshMs({ expires })).toEqual([180_000, 270_000]);
    expect(refreshMs({ expires, refresh: { pushServer: 'atInterval' } })).toEqual([180_000, 300_000]);
    expect(refreshMs({ expires, refresh: { app: 'atInterval', pushServer: 'beforeExpiry' } })).toEqual([
      200_000, 270_000,
    ]);
  });

  test('at the interval: whatever is granted, and a window of its own goes before it', () => {
    const expires = { pushServer: '30s' };
    expect(refreshMs({ expires, refresh: { pushServer: 'atInterval' } })).toEqual([540_000, 30_000]);
    const timing = { pushServer: { refreshInterval: '20s' } };
    expect(refreshMs({ expires, refresh: { pushServer: 'atInterval' }, timing })).toEqual([540_000, 20_000]);
  });

  test('at the interval itself leaves nobody registered for the time of a REGISTER', () => {
    const document = {
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'home' },
        { at: ['100s', '130s'], do: 'dial', call: 1 },
      ] as ScenarioDocument['steps'],
      expires: { pushServer: '100s' },
      until: '200s',
    };
    expect(verdict(document)).toBe('holds');
    expect(verdict({ ...document, refresh: { pushServer: 'atInterval' } })).toBe('violated');
  });
});
