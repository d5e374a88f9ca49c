import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { isObject } from '../data/shape.ts';
import type { InputProblem } from '../input/inputError.ts';
import { nearestWord } from '../input/nearestWord.ts';
import { delayNamesOf, delayProblems } from './delayContract.ts';
import { guardProblems, isAsync } from './guardContract.ts';
import { actionsOf, nodesOf, resolved, whereIn } from './machineParts.ts';

/** Actions of XState that a machine may perform: they change its context, send, show, arm and disarm. */
const allowed = ['xstate.assign', 'xstate.emit', 'xstate.raise', 'xstate.cancel', 'xstate.enqueueActions'];

/** What to write instead of an action that is not allowed. */
const instead: Readonly<Record<string, string>> = {
  'xstate.spawnChild': 'a region of the machine, or a party of its own',
  'xstate.stopChild': 'a region of the machine, or a party of its own',
  'xstate.sendTo': "emit({ type: 'send', to, message })",
  'xstate.log': "emit({ type: 'observe', observation })",
};

function actionProblems(machine: AnyStateMachine, party: string, node: AnyStateNode): InputProblem[] {
  return actionsOf(node).flatMap((action): InputProblem[] => {
    const found = resolved(machine, action);
    const name = typeof action === 'string' ? ` ${action}` : '';
    const where = `in ${whereIn(node)} of the machine of ${party}`;
    if (found === undefined) {
      const valid = Object.keys(machine.implementations.actions);
      const hint = nearestWord(name.trim(), valid);
      return [
        {
          line: null,
          found: `the action${name} ${where}, which is not provided`,
          expected: valid.length === 0 ? 'an action in `setup({ actions })`' : `one of ${valid.join(', ')}`,
          ...(hint !== undefined && { hint }),
        },
      ];
    }
    const { type, collect } = found as { readonly type?: string; readonly collect?: unknown };
    if (isAsync(collect))
      return [{ line: null, found: `an async function in enqueueActions ${where}`, expected: 'one that ends at once' }];
    if (type !== undefined && allowed.includes(type)) return [];
    const what = type === undefined ? `code of its own as an action${name}` : `the action ${type}`;
    return [
      {
        line: null,
        found: `${what} ${where}`,
        expected: instead[type ?? ''] ?? 'assign, emit, raise or cancel: a machine has no side effects',
      },
    ];
  });
}

/** What a machine does with an input that nobody gives it. */
function inputProblems({ config }: AnyStateMachine, party: string): InputProblem[] {
  const { context } = config as { readonly context?: unknown };
  if (typeof context !== 'function') return [];
  let isAsked = false;
  const given = {
    get input() {
      isAsked = true;
      return undefined;
    },
  };
  const found = `the input of the machine of ${party}, which nobody gives it`;
  const problem = {
    line: null,
    found,
    expected: 'what it needs in its context: a function can make the machine with it',
  };
  try {
    const made: unknown = context(given);
    const isMissing = isObject(made) && Object.values(made).includes(undefined);
    return isAsked && isMissing ? [problem] : [];
  } catch {
    return isAsked ? [problem] : [];
  }
}

/** What several transitions of a state have in common is one problem. */
const saidOnce = (problems: readonly InputProblem[]): InputProblem[] => [
  ...new Map(problems.map((one) => [one.found, one])).values(),
];

/** Whether something is a machine, and of a version of XState that can be run. */
const isMachine = (given: unknown): boolean => {
  const { root, provide } = (given ?? {}) as { readonly root?: AnyStateNode; readonly provide?: unknown };
  return typeof provide === 'function' && root?.transitions instanceof Map;
};

/**
 * What of a machine does not fit: actors, actions with side effects, delays that have no value. `given`: the delays that the
 * user gave a value; `usual`: those that have one anyway.
 */
export function machineProblems(
  machine: AnyStateMachine,
  party: string,
  given: readonly string[],
  usual: readonly string[] = [],
): InputProblem[] {
  if (!isMachine(machine)) {
    const found = `no machine of XState 5 as the machine of ${party}`;
    return [{ line: null, found, expected: '`createMachine` or `setup` of xstate 5' }];
  }
  const known = [...given, ...usual];
  const nodes = [...nodesOf(machine.root)];
  const actors = nodes.flatMap((node) =>
    node.invoke.map(
      ({ src }): InputProblem => ({
        line: null,
        found: `the actor ${typeof src === 'string' ? src : 'inline'} invoked in ${whereIn(node)} of the machine of ${party}`,
        expected: 'no actors: send a message, and take the answer as an event',
      }),
    ),
  );
  const unused = given.filter((name) => !delayNamesOf(machine).includes(name));
  return saidOnce([
    ...inputProblems(machine, party),
    ...actors,
    ...nodes.flatMap((node) => [...actionProblems(machine, party, node), ...guardProblems(machine, party, node)]),
    ...delayProblems(machine, party, known),
    ...unused.map((name): InputProblem => {
      const valid = delayNamesOf(machine);
      const hint = nearestWord(name, valid);
      return {
        line: null,
        found: `the delay ${name}, which the machine of ${party} does not use`,
        expected: valid.length === 0 ? 'no delays' : `one of ${valid.join(', ')}`,
        ...(hint !== undefined && { hint }),
      };
    }),
  ]);
}
