import { describe, expect, test } from 'vitest';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { mitigated } from '../../src/sim/scenarioFile/mitigated.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { complaints } from '../support/complaints.ts';

const two = 'topology: { phones: 2 }\n';
const open = '  - { at: 1s, do: open }\n';
const both = `${open}  - { at: 2s, do: open, phone: 2 }\n`;

const file = (third: string, steps: string, end = '') => `name: x\ntitle: X\n${third}steps:\n${steps}${end}`;

const fault = (what: string) => `faults:\n  - { do: lose, message: REGISTER, ${what} }\n`;

describe('a topology that contradicts itself is refused with its line, and what it lacks', () => {
  test.each<[text: string, found: RegExp]>([
    [
      file('', both),
      /^x\.yaml:5: found phone 2 in a world with one phone; expected `topology` with `phones: 2`, or no `phone`$/,
    ],
    [
      file(two, `${both}  - { at: 3s, do: home, phone: 3 }\n`),
      /^x\.yaml:7: found phone 3 in a world with 2 phones; expected a phone from 1 to 2$/,
    ],
    [file(two, `${both}  - { at: 3s, do: home, phone: 4 }\n`), /^x\.yaml:7: .*expected 1, 2 or 3$/],
    [file('topology: { phones: 1 }\n', open), /^x\.yaml:3: .*expected 2 or 3: without `phones` there is one$/],
    [file('topology: { phone2: { user: ignores } }\n', both), /^x\.yaml:3: .*phones/],
    [
      file('topology: { phones: 2, phone3: { push: fcm } }\n', both),
      /^x\.yaml:3: found phone3 with `phones: 2`; expected `phones: 3`$/,
    ],
    [file(two, open), /^x\.yaml:3: found phone 2, which nobody opens; expected a step `\{ do: open, phone: 2 \}`$/],
    [file('', open, fault('from: app, phone: 2')), /^x\.yaml:6: found phone 2 in a world with one phone/],
    [
      file(two, both, fault('phone: 2')),
      /^x\.yaml:8: found phone 2 of a fault that names no party of one; expected `from` or `to`: app, pushServer/,
    ],
    [
      file(two, `${both}  - { at: 3s, do: cut, link: callerSip, phone: 2 }\n`),
      /^x\.yaml:7: found callerSip of phone 2; expected no `phone`/,
    ],
    [
      file('topology: { phones: 2, phone2: { user: ignores } }\n', both),
      /^x\.yaml:3: found topology\.phone2\.user without a call; expected a step that dials one$/,
    ],
    [file(two, `${both}  - { at: 3s, do: call, phone: 2 }\n`), /^x\.yaml:7: .*phone/],
    // Only the keys of that step: a caller has no phone of the user's.
    [
      file(two, `${both}  - { at: 3s, do: dial, call: 1, phone: 2 }\n`),
      /^x\.yaml:7: found the unknown key phone in steps\[3\]; expected one of at, after, do, call$/,
    ],
  ])('%j', (text, found) => {
    expect(complaints(text)).toMatch(found);
  });

  test.each([
    [file(two, both)],
    [file('topology: { phones: 3, phone3: { push: fcm } }\n', `${both}  - { at: 3s, do: open, phone: 3 }\n`)],
    [file(two, `${both}  - { at: 3s, do: cut, link: control, phone: 2 }\n`)],
    [file(two, both, fault('from: app, phone: 2'))],
    [file(`mode: sipServerPushes\n${two}`, both, 'expect:\n  multi:\n    sipServerPushes: holds\n')],
    [file('topology: { phones: 2, phone2: { timing: { app: { coldStart: 9s } } } }\n', both)],
  ])('%j is taken', (text) => expect(complaints(text)).toBe(''));
});

describe('the second phone', () => {
  const scenario = (text: string) =>
    scenarioIn(parseScenario(text, 'x.yaml', everyServerProfile), 'standard', everyServerProfile.multi);

  test('is like the first in all that it does not say itself', () => {
    const { phones = [], ...first } = scenario(
      file(
        'timing: { app: { coldStart: 3s, resume: 1s } }\nnetwork: lte\ntopology: { phones: 2, phone2: { push: doze, timing: { app: { coldStart: 9s } } } }\n',
        both,
      ),
    );
    const [second] = phones;
    expect(second?.timing.app).toMatchObject({ coldStart: [9_000, 9_000], resume: [1_000, 1_000] });
    expect(second?.links.appSip).toEqual(first.links.appSip);
    expect(second?.links.notification.latencyMs).toEqual([30_000, 600_000]);
    expect(second?.suspendedSockets).toBe('kept');
    expect(first.suspendedSockets).toBe('defunct');
  });

  test('is crashed with the first where the push server crashes, which is one process for both', () => {
    const { steps } = scenario(file(two, `${both}  - { at: 3s, do: crashPushServer }\n`));
    const crashes = steps.filter(({ action }) => 'event' in action && action.event.type === 'pushServer.crash');
    expect(crashes).toMatchObject([
      { from: 'start', afterMs: [3_000, 3_000], action: { party: 'pushServer' } },
      { from: 'previous', afterMs: [0, 0], action: { party: 'pushServer2' } },
    ]);
  });

  test('can be what a mitigation changes', () => {
    const text = file(
      two,
      `${both}  - { at: 3s, do: dial, call: 1 }\n`,
      'mitigation:\n  says: x\n  change:\n    topology: { phones: 2, phone2: { user: declines } }\n',
    );
    const document = mitigated(parseScenario(text, 'x.yaml', everyServerProfile));
    expect(document.topology).toEqual({ phones: 2, phone2: { user: 'declines' } });
  });
});
