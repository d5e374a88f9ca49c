import { describe, expect, test } from 'vitest';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { sentenceAbout, verdictSentences } from '../../src/sim/report/sentence.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { example } from '../support/scenarios.ts';
import { exactRun, homeThenCall } from './support.ts';

test('the verdict is a sentence that says why', () => {
  const scenario = resolveScenario(example('call-while-going-to-background'), serverProfiles, {
    mode: 'singleDeviceEmulation',
    server: serverProfiles.reject,
  });
  expect(verdictSentences(simulate(scenario, 3))).toMatchInlineSnapshot(`
    [
      "Call 1 was lost: nobody was registered for 0.193 s, and the INVITE came 0.125 s into it; the caller got 480 at 10.203 s.",
    ]
  `);
});

test('the sentence about a property is never one about another', () => {
  const run = exactRun({ steps: homeThenCall('50s') }, 'continuous', 'multi');
  expect(sentenceAbout('noBlackout', run)).toBe('noBlackout is violated.');
});

/** The sentence about the first call of a run in which everything takes the same time. */
const told = (...choice: Parameters<typeof exactRun>) => verdictSentences(exactRun(...choice))[0];

describe('another device of the user', () => {
  const steps = homeThenCall('50s');

  test('is named where the server calls it alone, and counts for neither side of the hand-over', () => {
    expect(told({ steps, otherDevice: 'ignores' }, 'continuous', 'asterisk')).toMatch(
      /^Call 1 was lost: the server calls one contact only, and that was the other device's; the caller gave up/,
    );
    expect(told({ steps, otherDevice: 'ignores' }, 'continuous', 'kamailio-single')).toMatch(
      /^Call 1 was lost: neither app nor push server was registered from 0.000 s on/,
    );
  });

  test('is where a call was answered', () => {
    const timing = { caller: { otherDeviceReaction: '500ms' } };
    expect(told({ steps, otherDevice: 'answers', timing }, 'continuous', 'kamailio')).toMatch(
      /^Call 1 was answered on another device 0.\d+ s after it was dialled\.$/,
    );
  });
});

test('a push server that restarts takes the INVITE when it is sent again', () => {
  const steps = [...homeThenCall('50.1s').slice(0, 2), { at: '60s', do: 'crashPushServer' }] as const;
  const document = {
    steps: [...steps, { at: '60.1s', do: 'dial', call: 1 } as const],
    timing: { pushServer: { restart: '10s' }, caller: { patience: '16s' } },
  };
  expect(told(document, 'continuous', 'multi')).toMatch(
    /^Call 1 was lost: the push server took the INVITE only 15\.\d+ s/,
  );
});

describe('an app that refuses a call although it has the INVITE', () => {
  test('do-not-disturb is no late push', () => {
    expect(told({ steps: homeThenCall('50s'), user: 'doNotDisturb' }, 'continuous', 'multi')).toMatch(
      /^Call 1 was lost: the app refused it with 486 at \d+\.\d+ s; the caller got 486 at/,
    );
  });

  test.each(['continuous', 'standard'] as const)('a phone that is busy needs no push (%s)', (mode) => {
    const steps = [
      { at: '1s', do: 'open' } as const,
      { at: '10s', do: 'dial', call: 1 } as const,
      { at: '12s', do: 'dial', call: 2 } as const,
    ];
    const document = { steps, callWaiting: false, timing: { app: { userReaction: '20s' } } };
    expect(verdictSentences(exactRun(document, mode, 'multi'))).toContainEqual(
      expect.stringMatching(
        /^Call 2 was lost: the app refused it with 486 at 12\.\d+ s; the caller got 486 at 12\.\d+ s\.$/,
      ),
    );
  });
});
