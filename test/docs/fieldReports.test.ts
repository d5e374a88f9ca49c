import { describe, expect, test } from 'vitest';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { effectOf, fieldScenarios } from '../support/fieldScenarios.ts';
import { unexpressedReports } from './unexpressedReports.ts';
import { verdictTable } from './verdictTable.ts';

const isFault = ({ name }: ScenarioDocument) => /^w\d\d-/.test(name);
const faults = fieldScenarios.filter(isFault);
const reports = fieldScenarios.filter((document) => !isFault(document));

/** `kamailio issue 59` for a thread on GitHub, the host elsewhere. */
function threadLink(thread: string): string {
  const { hostname, pathname } = new URL(thread);
  const [, , repository = '', kind = '', number = ''] = pathname.split('/');
  const text = hostname === 'github.com' ? `${repository} ${kind === 'pull' ? 'PR' : 'issue'} ${number}` : hostname;
  return `[${text}](${thread})`;
}

const listed = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ') || 'nothing';

function reportRow(document: ScenarioDocument): string {
  const { name, server, mode, report, mitigation } = document;
  const { caught, left } = effectOf(document);
  const columns = [
    (report?.threads ?? []).map(threadLink).join(', '),
    report?.says ?? '',
    `[${name}](../examples/field/${name}.yaml)`,
    `${mode} on ${server}`,
    listed([
      ...caught,
      ...left.filter(
        (one) => !caught.includes(one) && document.expect?.[server ?? '']?.[mode ?? 'standard']?.includes(one),
      ),
    ]),
    `${mitigation?.says ?? ''}${left.length === 0 ? '' : ` (leaves ${listed(left)})`}`,
  ];
  return `| ${columns.join(' | ')} |`;
}

const reportsPage = () =>
  `${[
    '# Field reports',
    '',
    'What people have reported, as scenarios. Each is decided by `check` for every order of events and every delay within',
    'its windows: the properties named are violated as it stands, and those that the mitigation cures hold with it.',
    'The conclusions are ours, not those of the threads.',
    '',
    '```sh',
    'ringproof check field/stale-contact-takes-the-only-place --mode 0 --profile asterisk-refuse',
    'ringproof check field/stale-contact-takes-the-only-place --mode 0 --profile asterisk-single --mitigated',
    '```',
    '',
    '| report | lesson | scenario | decided for | violated | mitigation |',
    '|---|---|---|---|---|---|',
    ...reports.map(reportRow),
    '',
    '## Not expressed',
    '',
    '| report | lesson | why no scenario shows it |',
    '|---|---|---|',
    ...unexpressedReports.map(({ thread, says, why }) => `| ${threadLink(thread)} | ${says} | ${why} |`),
  ].join('\n')}\n`;

function faultSection(document: ScenarioDocument): string[] {
  const { title, about, name, mitigation } = document;
  return [
    '',
    `## ${title}`,
    '',
    `${about} Scenario: [${name}](../examples/field/${name}.yaml).`,
    ...(mitigation === undefined ? [] : ['', `What helps: ${mitigation.says}.`]),
    '',
    ...verdictTable(document),
  ];
}

const faultsPage = () =>
  `${[
    '# Faults',
    '',
    'Ten ways to lose a call or a registration, each decided by `check` for every order of events and every delay within',
    'its windows. **lost**: some order and some delays lose a call. Else the properties that are violated; an empty cell',
    'violates nothing.',
    ...faults.flatMap(faultSection),
  ].join('\n')}\n`;

describe('generated from examples/field (vitest -u writes them)', () => {
  test('docs/field-reports.md', async () => {
    await expect(reportsPage()).toMatchFileSnapshot('../../docs/field-reports.md');
  });

  test('docs/faults.md', async () => {
    await expect(faultsPage()).toMatchFileSnapshot('../../docs/faults.md');
  });

  test('every report has a scenario or a reason', () => {
    const threads = [
      ...reports.map(({ report }) => report?.threads[0] ?? ''),
      ...unexpressedReports.map(({ thread }) => thread),
    ];
    expect(threads).toHaveLength(70);
    expect(new Set(threads).size).toBe(70);
  });
});
