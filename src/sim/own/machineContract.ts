import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { InputProblem } from '../input/inputError.ts';
import { nearestWord } from '../input/nearestWord.ts';
import { guardProblems, isAsync, whereIn } from './guardContract.ts';

/** Actions of XState that a machine may perform: they change its context, send, show, arm and disarm. */
const allowed = ['xstate.assign', 'xstate.emit', 'xstate.raise', 'xstate.cancel', 'xstate.enqueueActions'];

/** What to write instead of an action that is not allowed. */
const instead: Readonly<Record<string, string>> = {
  'xstate.spawnChild': 'a region of the machine, or a party of its own',
  'xstate.stopChild': 'a region of the machine, or a party of its own',
  'xstate.sendTo': "emit({ type: 'send', to, message })",
  'xstate.log': "emit({ type: 'observe', observation })",
};

/** An action as XState keeps it: a name, or a function with the type and the delay of a built-in one. */
type Action = string | { readonly type?: string; readonly delay?: unknown };

/** A delay that some action of a machine has: by name, in milliseconds, or computed. */
interface UsedDelay {
  readonly node: AnyStateNode;
  readonly delay: unknown;
}

function* nodesOf(node: AnyStateNode): Generator<AnyStateNode> {
  yield node;
  for (const child of Object.values(node.states)) yield* nodesOf(child);
}

/** The types of events that a machine has transitions for, with those that do nothing: XState's own list leaves them out. */
export const eventTypesOf = (machine: AnyStateMachine): string[] => [
  ...new Set([...nodesOf(machine.root)].flatMap((node) => [...node.transitions.keys()])),
];

/** Whether one of these types is that type, by name or by a wildcard. */
export const hears = (events: readonly string[], type: string): boolean =>
  events.some((one) => one === type || one === '*' || (one.endsWith('.*') && `${type}.`.startsWith(one.slice(0, -1))));

function actionsOf(node: AnyStateNode): Action[] {
  const transitions = [...[...node.transitions.values()].flat(), ...(node.always ?? []), node.initial];
  return [node.entry, node.exit, ...transitions.map((one) => one?.actions ?? [])].flat() as Action[];
}

/** The action itself: a name stands for what the machine provides under it. */
const resolved = (machine: AnyStateMachine, action: Action): Action | undefined => {
  const name = typeof action === 'string' ? action : typeof action === 'function' ? undefined : action.type;
  return name === undefined ? action : (machine.implementations.actions[name] as Action | undefined);
};

/** The delays that a machine uses. */
function usedDelays(machine: AnyStateMachine): UsedDelay[] {
  return [...nodesOf(machine.root)].flatMap((node) =>
    actionsOf(node).flatMap((action) => {
      const found = resolved(machine, action);
      const delay = typeof found === 'function' ? (found as { delay?: unknown }).delay : undefined;
      return delay === undefined ? [] : [{ node, delay }];
    }),
  );
}

/**
 * The names of the delays that a machine uses or provides: what `enqueueActions` will use is not known before. A literal one is
 * named by its number.
 */
export const delayNamesOf = (machine: AnyStateMachine): string[] => [
  ...new Set([
    ...usedDelays(machine).flatMap(({ delay }) => (typeof delay === 'function' ? [] : [String(delay)])),
    ...Object.keys(machine.implementations.delays),
  ]),
];

/** How long a delay takes by the machine itself: a literal one, or a number that it provides; undefined elsewhere. */
export function ownDelayMs(machine: AnyStateMachine, name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  const provided = machine.implementations.delays[name];
  return typeof provided === 'number' ? provided : undefined;
}

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
  const delays = usedDelays(machine).flatMap(({ node, delay }): InputProblem[] => {
    const where = `in ${whereIn(node)} of the machine of ${party}`;
    if (typeof delay === 'function')
      return [
        {
          line: null,
          found: `a delay that is computed ${where}`,
          expected: 'a named delay, whose window the system says',
        },
      ];
    const name = String(delay);
    if (!known.includes(name) && ownDelayMs(machine, name) === 0)
      return [{ line: null, found: `a delay of 0 ms ${where}`, expected: 'at least 1 ms: time must go on' }];
    if (known.includes(name) || ownDelayMs(machine, name) !== undefined) return [];
    const hint = nearestWord(name, known);
    return [
      {
        line: null,
        found: `the delay ${name} ${where}, which has no value`,
        expected: `\`delays: { ${name}: '1s' }\` beside the machine`,
        ...(hint !== undefined && { hint }),
      },
    ];
  });
  const unused = given.filter((name) => !delayNamesOf(machine).includes(name));
  return saidOnce([
    ...actors,
    ...nodes.flatMap((node) => [...actionProblems(machine, party, node), ...guardProblems(machine, party, node)]),
    ...delays,
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
