import type { Contradiction } from './contradiction.ts';
import type { ScenarioDocument, StepDocument } from './document.ts';
import { topologyKeys } from './topologySchema.ts';

const stepsThat = ({ steps }: ScenarioDocument, verb: StepDocument['do']): number[] =>
  steps.flatMap(({ do: what }, index) => (what === verb ? [index] : []));

/** A world has more of one thing at a time: what two such things are to each other is not said. */
function oneAtATime({ topology = {} }: ScenarioDocument): Contradiction[] {
  const [first, ...others] = topologyKeys.filter((key) => topology[key] !== undefined);
  return others.map((key) => ({
    path: ['topology', key],
    ofKey: true,
    found: `${key} beside ${first}`,
    expected: 'one of them',
  }));
}

/** A second server to which nobody has a reason to go. */
function secondServerProblems(document: ScenarioDocument): Contradiction[] {
  if (document.topology?.secondServer === undefined) return [];
  const path = ['topology', 'secondServer'];
  const [first, ...others] = stepsThat(document, 'crashSipServer');
  const only = 'one crash: there is no third server, and the first does not come back';
  return [
    ...(first === undefined
      ? [
          {
            path,
            ofKey: true,
            found: 'a second server where the first never dies',
            expected: 'a step `crashSipServer`',
          },
        ]
      : []),
    ...others.map(
      (index): Contradiction => ({ path: ['steps', index, 'do'], found: 'a second crashSipServer', expected: only }),
    ),
    ...stepsThat(document, 'call').map((index): Contradiction => {
      const expected = 'calls to the user only: which server a call of the user goes to is not said';
      return { path: ['steps', index, 'do'], found: 'a call of the user with two servers', expected };
    }),
  ];
}

/** Two registrars of which one dies. */
const registrarProblems = (document: ScenarioDocument): Contradiction[] =>
  document.topology?.registrars === undefined
    ? []
    : stepsThat(document, 'crashSipServer').map((index): Contradiction => {
        const found = 'crashSipServer of two registrars';
        return { path: ['steps', index, 'do'], found, expected: '`secondServer` in the place of `registrars`' };
      });

/** What contradicts itself about the servers of a scenario. */
export const serverTopologyProblems = (document: ScenarioDocument): Contradiction[] => [
  ...oneAtATime(document),
  ...secondServerProblems(document),
  ...registrarProblems(document),
];
