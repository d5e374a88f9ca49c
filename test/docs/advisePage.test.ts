import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { everydayTrials, roughTrials, triedProperties } from '../../src/stretto/trials.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const args = ['advise', '--provisioning', 'examples/provisioning/four-numbers.ini', '--profile', 'asterisk-single'];

const run = () =>
  spawnSync(process.execPath, ['dist/cli/main.js', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  }).stdout;

const listed = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');

const page = () =>
  `${[
    '# Advice',
    '',
    '`ringproof advise` reads a Stretto provisioning file and never changes it. It',
    '',
    '1. lists the errors of the file: unknown and misspelt settings, wrong values, one setting with two values;',
    '2. reviews the settings of each account against the server profile: push switched off, a private domain without',
    '   OutboundProxy, a port that only one side uses, a refresh that the server does not grant or that comes after its SBC',
    '   has forgotten the flow, what AutoSend180 and NATEmulation cost, no room for another device of the user;',
    '3. puts right what can be, and has the four modes checked with these settings for every order of events and every delay;',
    '4. recommends a mode, says why the others are none, what to change, and what remains at risk.',
    '',
    `An ordinary day: ${listed(everydayTrials)}.`,
    `Where something breaks, or another device has a say: ${listed(roughTrials)}. Tried are ${listed(triedProperties)}.`,
    '',
    'The mode that is configured stays if it fails in nothing on an ordinary day. Else the one is recommended, of those that',
    'do not fail, that loses least where something breaks; Continuous only where no other is left, because every call then',
    'goes through the push server.',
    '',
    'Exit codes: 0 nothing to change, 1 something to change or no mode that works, 2 the file has errors.',
    '`--format json` and `markdown`; `--network` and `--push` try the modes on another network or push service.',
    '',
    '```sh',
    `ringproof ${args.join(' ')}`,
    '```',
    '',
    '```text',
    run().trimEnd(),
    '```',
  ].join('\n')}\n`;

test('docs/advise.md shows what the command prints (vitest -u writes it)', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/advise.md');
});
