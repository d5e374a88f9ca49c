import { describe, expect, test } from 'vitest';
import { defineScenario } from '../../src/index.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { InputError } from '../../src/sim/input/inputError.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';

/** What has an effect only where the SIP server pushes, or only where a push server does, is refused elsewhere. */

type Modes = Parameters<typeof parseScenario>[4];

const text = (...lines: string[]) =>
  ['name: one', 'title: One', 'steps:', '  - { at: 1s, do: open }', ...lines, ''].join('\n');

function complaint(lines: string[], modes?: Modes): string | null {
  try {
    parseScenario(text(...lines), 'one.yaml', everyServerProfile, undefined, modes);
    return null;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

const ofSipServer = [
  'pushProvider: unsupported',
  'withoutPushes: sleeps',
  'refreshesOnPush: false',
  'reportsPush: callsOnly',
];
const ofPushServer = [
  'autoSend180: true',
  'repeatsPush: true',
  'delivery: byRefork',
  'replacesToken: true',
  'natEmulation: true',
  'timing: { pushServer: { giveUp: 20s } }',
  'expires: { pushServer: 300s }',
  'refresh: { pushServer: atInterval }',
];

describe('where the SIP server pushes', () => {
  const there = (...lines: string[]) => complaint([...lines, 'mode: sipServerPushes']);
  const step = (what: string) => ['  - { at: 5s, do: home }', `  - { at: 6s, do: ${what} }`];

  test.each([
    ['a link', ['links: { control: { latency: 1s } }'], /:5: found links\.control in mode sipServerPushes/],
    ['a step', step('crashPushServer'), /:6: found crashPushServer in mode sipServerPushes, which has no push server/],
    ['a cut', step('cut, link: pushServerSip'), /:6: found cut of pushServerSip in mode sipServerPushes/],
    ['a fault', ['faults: [{ do: delay, message: control.background, latency: 1s }]'], /:5: found/],
  ])('%s of a push server is refused', (_, lines, found) => {
    expect(there(...lines)).toMatch(found);
    expect(there(...lines)).toMatch(/mode sipServerPushes/);
    expect(complaint([...lines, 'mode: sipServerPushes'], ['standard']) ?? '').not.toContain(
      'which has no push server',
    );
  });

  test.each(['refreshesOnPush: false', 'reportsPush: withInvite', 'unreportedPush: terminates'])(
    '%s is refused of a phone that nobody pushes',
    (line) => {
      expect(there(line)).toBeNull();
      expect(there('pushProvider: unsupported', line)).toMatch(
        /:6: found .* with `pushProvider: unsupported`, so that nobody is pushed/,
      );
    },
  );

  test('what is about pushes that refresh a binding is refused on a server that sends none', () => {
    const fault = 'faults: [{ do: lose, message: notification.refresh }]';
    const asleep = 'server: kamailio-tsilo';
    for (const line of [fault, 'reportsPush: callsOnly']) {
      expect(there(line)).toBeNull();
      expect(there(line, asleep)).toMatch(/:5: found .* on kamailio-tsilo, which pushes no app to refresh its binding/);
    }
  });
});

describe.each(ofSipServer)('%s', (line) => {
  test('is refused with its line in another mode, named or not', () => {
    const key = line.split(':', 1)[0];
    for (const mode of [[], ['mode: singleDeviceEmulation']]) {
      const said = complaint([line, ...mode]);
      expect(said).toContain('one.yaml:5');
      expect(said).toContain(`${key} in mode ${mode.length === 0 ? 'standard' : 'singleDeviceEmulation'}`);
      expect(said).toContain('mode sipServerPushes');
    }
  });

  test('is taken in the mode of a SIP server that pushes, named, expected or asked for', () => {
    expect(complaint([line, 'mode: sipServerPushes'])).toBeNull();
    expect(complaint([line, 'expect: { multi: { sipServerPushes: holds } }'])).toBeNull();
    expect(complaint([line], ['sipServerPushes'])).toBeNull();
  });

  test('is refused where another mode is asked for', () => {
    expect(complaint([line, 'mode: sipServerPushes'], ['continuous'])).toContain('in mode continuous');
  });
});

test('what a phone beside the first one says is refused too', () => {
  const said = complaint(['topology: { phones: 2, phone2: { pushProvider: unsupported } }']);
  expect(said).toContain('topology.phone2.pushProvider in mode standard');
});

describe.each(ofPushServer)('%s', (line) => {
  const isCall = line.startsWith('autoSend180') || line.startsWith('delivery');
  const more = isCall ? ['links: { appSip: { transport: tls } }'] : [];

  test('is refused where the SIP server pushes in every mode that the file names', () => {
    expect(complaint([line, 'mode: sipServerPushes', ...more])).toContain('in mode sipServerPushes');
  });

  test('is taken where another mode is named besides, and where that mode is asked for', () => {
    const expected = 'expect: { multi: { sipServerPushes: holds, standard: holds } }';
    expect(complaint([line, expected, ...more])).toBeNull();
    expect(complaint([line, ...more], ['sipServerPushes'])).toBeNull();
  });
});

test('a mitigation is held to it, too', () => {
  const said = complaint(['mitigation: { says: x, change: { refreshesOnPush: false } }']);
  expect(said).toContain('refreshesOnPush in mode standard');
});

test('defineScenario is told by its own mode', () => {
  const document = {
    ...{ name: 'one', title: 'One' },
    refreshesOnPush: false,
    steps: [{ at: '1s', do: 'open' }],
  } as const;
  expect(() => defineScenario(document, { mode: 'sipServerPushes' })).not.toThrow();
  expect(() => defineScenario(document, { mode: 'continuous' })).toThrow('refreshesOnPush in mode continuous');
  expect(() => defineScenario(document)).toThrow('refreshesOnPush in mode standard');
});
