import { describe, expect, test } from 'vitest';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { everyServerProfile, serverKinds } from '../../src/profiles/furtherServers.ts';
import { productSheets } from '../../src/profiles/products.ts';
import { axisTable, axisText, serverAxes } from '../../src/profiles/serverAxes.ts';
import type { ServerSheet } from '../../src/profiles/serverSheet.ts';
import { modeTitle } from '../../src/sim/report/modeTitle.ts';
import { violatedIn } from '../support/fieldScenarios.ts';
import { example } from '../support/scenarios.ts';

const sheets: readonly ServerSheet[] = Object.values(productSheets);

/** What tells servers apart most: the two hand-overs, and a call between them. */
const shown = ['call-while-going-to-background', 'call-while-suspended', 'call-while-coming-to-foreground'] as const;

/** The modes of the product, and what the server could do by itself. */
const designs: readonly ModeName[] = [...registrationModeNames, 'sipServerPushes'];

const cell = (server: string, scenario: string, mode: ModeName): string => {
  const violated = violatedIn(example(scenario), mode, server);
  if (violated.length === 0) return 'holds';
  return violated.includes('noInviteLost') ? '**lost**' : violated.map((name) => `\`${name}\``).join(' ');
};

function page({ name, title, source, axes }: ServerSheet): string {
  const profile = everyServerProfile[name as keyof typeof everyServerProfile];
  return `${[
    `# ${name}`,
    '',
    `${title[0]?.toUpperCase()}${title.slice(1)}. ${source}.`,
    '',
    '| | this server | known from |',
    '|---|---|---|',
    ...serverAxes.map((axis) => `| ${axisTable[axis].title} | ${axisText(profile, axis)} | ${axes[axis][1]} |`),
    '',
    'What the modes make of it, for every order of events and every delay within the windows of the bundled scenarios:',
    '',
    `| scenario | ${designs.map(modeTitle).join(' | ')} |`,
    '|---|---|---|---|---|---|',
    ...shown.map((scenario) => `| ${scenario} | ${designs.map((mode) => cell(name, scenario, mode)).join(' | ')} |`),
    '',
    '```sh',
    `ringproof advise --provisioning mine.ini --profile ${name}`,
    '```',
  ].join('\n')}\n`;
}

const index = () =>
  `${[
    '# Servers',
    '',
    'Kinds tell servers apart by what a second REGISTER meets; products are servers as configured, each value with its',
    'source on a page of its own. `ringproof profiles NAME` prints the same.',
    '',
    '| kind | |',
    '|---|---|',
    ...Object.values(serverKinds).map(({ name, title }) => `| \`${name}\` | ${title} |`),
    '',
    '| product | |',
    '|---|---|',
    ...sheets.map(({ name, title }) => `| [${name}](servers/${name}.md) | ${title} |`),
    '',
    'Not here: 3CX, of whose registrar nothing usable is known.',
    '',
    '## Your own',
    '',
    'A YAML file says what differs from a profile: see [our-asterisk.yaml](../examples/profiles/our-asterisk.yaml). So it is',
    'within an axis of several keys too: `wakes: { wait: 20s }` changes that and leaves the rest of `wakes` as it is in the',
    'profile that is extended; only a rule that does (`do`) something else has nothing of the old one. Every',
    'command takes it as `--profile FILE`; `ringproof export profile-schema` writes its schema for editors.',
  ].join('\n')}\n`;

describe('generated from src/profiles/products (vitest -u writes them)', () => {
  test('docs/servers.md', async () => {
    await expect(index()).toMatchFileSnapshot('../../docs/servers.md');
  });

  test.each(sheets)('docs/servers/$name.md', async (sheet) => {
    await expect(page(sheet)).toMatchFileSnapshot(`../../docs/servers/${sheet.name}.md`);
  });
});
