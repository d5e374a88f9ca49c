import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { modeTitle } from '../../src/sim/report/modeTitle.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';

/** A cell: whether a call is lost, and else, or with `all` besides, what is violated. */
function verdictOf(
  document: ScenarioDocument,
  server: string,
  mode: (typeof registrationModeNames)[number],
  all: boolean,
) {
  const expected = document.expect?.[server]?.[mode];
  if (expected === undefined || expected === 'holds') return '';
  const lost = expected.includes('noInviteLost') ? ['**lost**'] : [];
  const others = expected.flatMap((name) => (name === 'noInviteLost' ? [] : [`\`${name}\``]));
  return [...lost, ...(all || lost.length === 0 ? others : [])].join(' ');
}

/** The expected verdicts of a scenario, as the tests decide them, as a table in Markdown. */
export const verdictTable = (document: ScenarioDocument, all = false): string[] => [
  `| server | ${registrationModeNames.map(modeTitle).join(' | ')} |`,
  '|---|---|---|---|---|',
  ...Object.keys(document.expect ?? {}).map(
    (server) =>
      `| ${server} | ${registrationModeNames.map((mode) => verdictOf(document, server, mode, all)).join(' | ')} |`,
  ),
];
