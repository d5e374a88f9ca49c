import { everyMode, type ModeName } from '../../machines/modeVariants.ts';
import { isPushedByServer, type RegistrationMode } from '../../machines/registrationModes.ts';
import { InputError, type InputProblem } from '../input/inputError.ts';
import type { Contradiction } from './contradiction.ts';
import type { NodesDocument, ScenarioDocument, StepDocument } from './document.ts';

const changes = ['crashPushServer', 'upgradePushServer', 'isolatePushServer'] as const satisfies StepDocument['do'][];

const makes = ({ steps }: ScenarioDocument, ...verbs: StepDocument['do'][]): boolean =>
  steps.some(({ do: what }) => verbs.includes(what));

/** Steps that are about a second node. */
const stepsWithoutNodes = ({ topology, steps }: ScenarioDocument): Contradiction[] =>
  steps.flatMap(({ do: what }, index): Contradiction[] => {
    if (topology?.nodes !== undefined || (what !== 'upgradePushServer' && what !== 'isolatePushServer')) return [];
    const found = `${what} where the push server is one process`;
    return [{ path: ['steps', index, 'do'], found, expected: '`topology: { nodes: {} }`, or `crashPushServer`' }];
  });

/** What the nodes are said to be like needs to come to bear. */
function nodesWithoutEffect(document: ScenarioDocument, { address, onStop, lease }: NodesDocument): Contradiction[] {
  const path = ['topology', 'nodes'];
  const steps = (...verbs: string[]) => `a step ${verbs.map((verb) => `\`${verb}\``).join(' or ')}`;
  if (!makes(document, ...changes))
    return [{ path, ofKey: true, found: 'two nodes, and nothing that befalls one', expected: steps(...changes) }];
  const unused = (key: string, found: string, ...verbs: string[]): Contradiction => ({
    path: [...path, key],
    ofKey: true,
    found: `topology.nodes.${key} ${found}`,
    expected: steps(...verbs),
  });
  return [
    ...(onStop !== undefined && !makes(document, 'upgradePushServer')
      ? [unused('onStop', 'where no node is stopped', 'upgradePushServer')]
      : []),
    ...(lease !== undefined && !makes(document, 'crashPushServer', 'isolatePushServer')
      ? [unused('lease', 'where every node ends it by itself', 'crashPushServer', 'isolatePushServer')]
      : []),
    ...(address !== 'own' &&
    makes(document, 'isolatePushServer') &&
    !makes(document, 'crashPushServer', 'upgradePushServer')
      ? [
          {
            path,
            ofKey: true,
            found: 'isolatePushServer of nodes with one address, at which only one is to be seen',
            expected: '`address: own`',
          },
        ]
      : []),
  ];
}

const combination = (found: string, expected: string, ...path: (string | number)[]): Contradiction => ({
  path,
  ofKey: true,
  found,
  expected,
});

/** What cannot be together with two nodes. */
function besideNodes({ pushEnabled, links }: ScenarioDocument, { address }: NodesDocument): Contradiction[] {
  const transport = links?.pushServerSip?.transport ?? 'udp';
  return [
    ...(pushEnabled === false
      ? [combination('two nodes with `pushEnabled: false`', 'a push server', 'topology', 'nodes')]
      : []),
    ...(address === 'own' && transport !== 'udp'
      ? [
          combination(
            `nodes with addresses of their own over ${transport}`,
            '`transport: udp`: connections are those of one address here',
            ...['links', 'pushServerSip', 'transport'],
          ),
        ]
      : []),
  ];
}

const whyNot = (mode: RegistrationMode, { address }: NodesDocument): string | null => {
  if (isPushedByServer(mode)) return 'another mode: a SIP server that pushes has no push server with nodes';
  const namesPushServer = mode.swap !== null && address === 'own';
  return namesPushServer ? 'another mode, or `address: shared`: the app names one contact of the push server' : null;
};

/** Modes that are not for two nodes. */
function modesWithoutNodes({ mode, expect = {} }: ScenarioDocument, nodes: NodesDocument): Contradiction[] {
  const problem = (name: ModeName, ofKey: boolean, ...path: string[]): Contradiction[] => {
    const expected = whyNot(everyMode[name], nodes);
    return expected === null ? [] : [{ path, ofKey, found: `mode ${name} with \`topology.nodes\``, expected }];
  };
  return [
    ...(mode === undefined ? [] : problem(mode, false, 'mode')),
    ...Object.entries(expect).flatMap(([server, cells]) =>
      (Object.keys(cells) as ModeName[]).flatMap((name) => problem(name, true, 'expect', server, name)),
    ),
  ];
}

/** What contradicts itself about the nodes of the push server. */
export const nodeProblems = (document: ScenarioDocument): Contradiction[] => {
  const nodes = document.topology?.nodes;
  return nodes === undefined
    ? stepsWithoutNodes(document)
    : [...nodesWithoutEffect(document, nodes), ...besideNodes(document, nodes), ...modesWithoutNodes(document, nodes)];
};

/** What is wrong with runs of the scenario in a mode that it does not name itself, or null: it may have nodes. */
export function wrongMode({ topology }: ScenarioDocument, mode: string): Contradiction | null {
  const expected = topology?.nodes && mode in everyMode ? whyNot(everyMode[mode as ModeName], topology.nodes) : null;
  const found = `mode ${mode} with \`topology.nodes\``;
  return expected ? { path: ['topology', 'nodes'], found, expected } : null;
}

/** Throws an InputError where the mode is not one for the nodes that the scenario has. */
export function refuseOtherModes(document: ScenarioDocument, mode: RegistrationMode): void {
  const expected = document.topology?.nodes && whyNot(mode, document.topology.nodes);
  if (!expected) return;
  const problem: InputProblem = { line: null, found: `mode ${mode.name} with \`topology.nodes\``, expected };
  throw new InputError({ file: document.name, problems: [problem] });
}
