import { describe, expect, test } from 'vitest';
import {
  type RegistrationModeName,
  registrationModeNames,
  registrationModes,
} from '../../src/machines/registrationModes.ts';
import { intendedServer } from '../../src/profiles/intended.ts';
import { renderLadder } from '../../src/sim/report/ladder.ts';
import { modeTitle } from '../../src/sim/report/modeTitle.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { violatedIn } from '../support/fieldScenarios.ts';
import { scenarioOf } from '../support/scenarios.ts';

/** One of the situations that every mode has to deal with. */
interface Situation {
  readonly title: string;
  readonly steps: ScenarioDocument['steps'];
  readonly fromMs: number;
  readonly toMs: number;
}

const background = [
  { at: '1s', do: 'open' },
  { at: '10s', do: 'home' },
] as const;

const situations: readonly Situation[] = [
  { title: 'The app goes to the background', steps: [...background], fromMs: 9_900, toMs: 36_000 },
  {
    title: 'The OS kills the app',
    steps: [
      { at: '1s', do: 'open' },
      { at: '10s', do: 'kill' },
    ],
    fromMs: 9_900,
    toMs: 100_000,
  },
  {
    title: 'The user opens the app',
    steps: [...background, { at: '60s', do: 'open' }],
    fromMs: 59_900,
    toMs: 63_000,
  },
  {
    title: 'A call while the app is asleep',
    steps: [...background, { at: '60s', do: 'dial', call: 1 }],
    fromMs: 59_900,
    toMs: 70_000,
  },
  {
    title: 'A call during the hand-over',
    steps: [...background, { at: '10.1s', do: 'dial', call: 1 }],
    fromMs: 9_900,
    toMs: 14_000,
  },
  {
    title: 'The user makes a call',
    steps: [
      { at: '1s', do: 'open' },
      { at: '20s', do: 'call' },
    ],
    fromMs: 19_900,
    toMs: 28_000,
  },
  {
    title: 'The user logs out',
    steps: [
      { at: '1s', do: 'open' },
      { at: '20s', do: 'logOut' },
    ],
    fromMs: 19_900,
    toMs: 25_000,
  },
  {
    title: 'A new installation with a new token',
    steps: [...background, { at: '30s', do: 'reinstall' }, { at: '40s', do: 'open' }, { at: '60s', do: 'home' }],
    fromMs: 29_900,
    toMs: 62_000,
  },
];

const plain = (text: string) => text;
const palette = { dim: plain, red: plain, green: plain, blue: plain, yellow: plain, magenta: plain };

function section(mode: RegistrationModeName, { title, steps, fromMs, toMs }: Situation): string[] {
  const server = intendedServer[mode];
  const trace = simulate(scenarioOf({ steps }, mode, server), 1);
  const violated = violatedIn({ name: 'x', title: 'X', steps }, mode, server);
  const verdict =
    violated.length === 0
      ? 'nothing is violated'
      : `${violated.map((name) => `\`${name}\``).join(', ')} can be violated`;
  return [
    '',
    `## ${title}`,
    '',
    `For every order of events and every delay within the usual windows: ${verdict}.`,
    '',
    '```text',
    renderLadder(trace, { width: 100, palette, fromMs, toMs }),
    '```',
  ];
}

const releases = {
  afterPeerRegisters: "removes its binding once the other side's is committed",
  beforePeerRegisters: 'removes its binding before the other side may register',
  never: 'sends nothing: it stops refreshing and leaves its binding to the newcomer',
} as const;

function page(name: RegistrationModeName): string {
  const { appRegisters, release } = registrationModes[name];
  return `${[
    `# ${modeTitle(name)}`,
    '',
    appRegisters
      ? `App and push server register in turn; the side that gives the registration up ${releases[release]}.`
      : 'The push server is registered at all times; the app never is, and every call goes through the push server.',
    `Drawn on \`${intendedServer[name]}\`, the kind of server that it is meant for, with seed 1.`,
    ...situations.flatMap((situation) => section(name, situation)),
  ].join('\n')}\n`;
}

describe('generated from the machines (vitest -u writes them)', () => {
  test.each(registrationModeNames)('docs/modes/%s.md', async (name) => {
    await expect(page(name)).toMatchFileSnapshot(`../../docs/modes/${name}.md`);
  });
});
