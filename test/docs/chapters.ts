import type { ModeName } from '../../src/machines/modeVariants.ts';
import { modeTitle } from '../../src/sim/report/modeTitle.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { topologyScenarios } from '../support/fieldScenarios.ts';

const documentOf = (name: string): ScenarioDocument => {
  const found = topologyScenarios.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no topologies/${name}`);
  return found;
};

const verdictOf = (expected: unknown): string =>
  Array.isArray(expected)
    ? expected.map((name) => (name === 'noInviteLost' ? '**lost**' : `\`${name}\``)).join(' ')
    : 'holds';

const rowsOf = ({ expect: expected = {} }: ScenarioDocument): string[] =>
  Object.entries(expected).flatMap(([server, cells]) =>
    Object.entries(cells).map(([mode, said]) => `| ${modeTitle(mode as ModeName)} | ${server} | ${verdictOf(said)} |`),
  );

/** A chapter of a page: a scenario of examples/topologies, what is to be said of it, and its verdicts. */
export type Chapter = readonly [name: string, says: string];

/** The chapter in Markdown. */
export const chapterText = ([name, says]: Chapter): string[] => {
  const document = documentOf(name);
  return [
    `### ${document.title}`,
    '',
    `[${name}](../examples/topologies/${name}.yaml). ${says}`,
    '',
    '| mode | server | violated |',
    '|---|---|---|',
    ...rowsOf(document),
    '',
  ];
};
