import { expect, test } from 'vitest';
import { modeVariants } from '../../src/machines/modeVariants.ts';
import { registrationModes } from '../../src/machines/registrationModes.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { InputError } from '../../src/sim/input/inputError.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { complaints } from '../support/complaints.ts';

const upgrade = '  - { at: 2s, do: upgradePushServer }\n';
const crash = '  - { at: 2s, do: crashPushServer }\n';
const isolate = '  - { at: 2s, do: isolatePushServer }\n';

const file = (third: string, steps: string) =>
  `name: x\ntitle: X\n${third}\nsteps:\n  - { at: 1s, do: open }\n${steps}`;
const nodes = (says: string) => `topology: { nodes: { ${says} } }`;

test.each<[text: string, found: RegExp]>([
  [
    file('mode: standard', upgrade),
    /^x\.yaml:6: found upgradePushServer where the push server is one process; expected/,
  ],
  [file('mode: standard', isolate), /^x\.yaml:6: found isolatePushServer where the push server is one process/],
  [file('topology: {}', ''), /^x\.yaml:3: .*expected one of phones, nodes, registrars, edge, secondServer/],
  [
    file(nodes(''), ''),
    /^x\.yaml:3: found two nodes, and nothing that befalls one; expected a step `crashPushServer` or/,
  ],
  [
    file(nodes('onStop: leaves'), crash),
    /^x\.yaml:3: found topology\.nodes\.onStop where no node is stopped; expected/,
  ],
  [file(nodes('lease: 15s'), upgrade), /^x\.yaml:3: found topology\.nodes\.lease where every node ends it by itself/],
  [file(nodes(''), isolate), /^x\.yaml:3: found isolatePushServer of nodes with one address.*expected `address: own`$/],
  [file(`pushEnabled: false\n${nodes('')}`, crash), /x\.yaml:4: found two nodes with `pushEnabled: false`/],
  [
    file(`${nodes('address: own')}\nlinks: { pushServerSip: { transport: tcp } }`, crash),
    /^x\.yaml:4: found nodes with addresses of their own over tcp; expected `transport: udp`/,
  ],
  [
    file(`mode: sipServerPushes\n${nodes('')}`, crash),
    /^x\.yaml:3: found mode sipServerPushes with `topology\.nodes`; expected another mode/,
  ],
  [
    file(`mode: swap\n${nodes('address: own')}`, crash),
    /^x\.yaml:3: found mode swap with `topology\.nodes`; expected another mode, or `address: shared`/,
  ],
  [
    file(`${nodes('')}\nexpect: { multi: { sipServerPushes: holds } }`, crash),
    /^x\.yaml:4: found mode sipServerPushes with `topology\.nodes`/,
  ],
  [file(nodes('address: virtual'), crash), /^x\.yaml:3: .*shared/],
])('two nodes that contradict the rest are refused with the line: %#', (text, found) => {
  expect(complaints(text)).toMatch(found);
});

test('a run in a mode without a push server is refused too', () => {
  const document = parseScenario(file(nodes(''), crash), 'x.yaml', everyServerProfile);
  expect(scenarioIn(document, registrationModes.continuous, everyServerProfile.multi).nodes).toEqual({
    address: 'shared',
    state: 'shared',
    onStop: 'leaves',
    leaseMs: null,
  });
  expect(() => scenarioIn(document, modeVariants.sipServerPushes, everyServerProfile.multi)).toThrow(InputError);
});
