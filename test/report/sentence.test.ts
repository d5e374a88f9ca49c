import { expect, test } from 'vitest';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { verdictSentences } from '../../src/sim/report/sentence.ts';
import { resolveScenario } from '../../src/sim/scenario/resolve.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { example } from '../support/scenarios.ts';

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
