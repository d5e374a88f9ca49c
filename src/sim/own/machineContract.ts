import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { isObject } from '../data/shape.ts';
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

/**
 * The types of observations that a machine can show; null where that is not known before it runs: what it emits is computed.
 */
export function shownTypes(machine: AnyStateMachine): readonly string[] | null {
  const actions = [...nodesOf(machine.root)].flatMap((node) => actionsOf(node).map((one) => resolved(machine, one)));
  const emitted = actions.map((action) => action as { readonly type?: string; readonly event?: unknown } | undefined);
  const isComputed = emitted.some(
    (one) => one?.type === 'xstate.enqueueActions' || (one?.type === 'xstate.emit' && typeof one.event === 'function'),
  );
  if (isComputed) return null;
  return emitted.flatMap((one) => {
    const { observation } = (one?.event ?? {}) as { readonly observation?: { readonly type?: unknown } };
    return one?.type === 'xstate.emit' && typeof observation?.type === 'string' ? [observation.type] : [];
  });
}

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

/** What a machine itself says of a delay; undefined where it says nothing. */
const providedDelay = ({ implementations: { delays } }: AnyStateMachine, name: string): unknown =>
  Object.hasOwn(delays, name) ? delays[name] : undefined;

/** How long a delay takes by the machine itself: a literal one, or a number that it provides; undefined elsewhere. */
export function ownDelayMs(machine: AnyStateMachine, name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  const provided = providedDelay(machine, name);
  return typeof provided === 'number' ? provided : undefined;
}

/** What is wrong with what a machine says of a delay; null where that is a time. Time must go on, millisecond by millisecond. */
function wrongDelay(delay: unknown): Pick<InputProblem, 'found' | 'expected'> | null {
  if (typeof delay === 'function')
    return { found: 'a delay that is computed', expected: 'a named delay, whose window the system says' };
  if (Number.isSafeInteger(delay) && Number(delay) >= 1) return null;
  const found = typeof delay === 'number' ? `a delay of ${delay} ms` : `${typeof delay} as a delay`;
  return { found, expected: 'whole milliseconds, at least 1 ms: time must go on' };
}

/** What of the delays of a machine is no time and has no window. `known`: the names of those that have one. */
function delayProblems(machine: AnyStateMachine, party: string, known: readonly string[]): InputProblem[] {
  const used = usedDelays(machine).flatMap(({ node, delay }): InputProblem[] => {
    const where = `in ${whereIn(node)} of the machine of ${party}`;
    const name = String(delay);
    // A literal of no time may get a window from beside the machine, one that is no date at all may not.
    const isNamed = typeof delay === 'string' || delay === 0;
    if (isNamed && known.includes(name)) return [];
    const own = typeof delay === 'string' ? providedDelay(machine, name) : delay;
    if (own === undefined) {
      const hint = nearestWord(name, known);
      return [
        {
          line: null,
          found: `the delay ${name} ${where}, which has no value`,
          expected: `\`delays: { ${name}: '1s' }\` beside the machine`,
          ...(hint !== undefined && { hint }),
        },
      ];
    }
    const wrong = wrongDelay(own);
    return wrong === null
      ? []
      : [{ line: null, ...wrong, found: `${wrong.found}${typeof delay === 'string' ? ` for ${name}` : ''} ${where}` }];
  });
  const isUsed = new Set(usedDelays(machine).map(({ delay }) => delay));
  const provided = Object.keys(machine.implementations.delays).filter((name) => !isUsed.has(name));
  const others = provided.flatMap((name): InputProblem[] => {
    const wrong = known.includes(name) ? null : wrongDelay(providedDelay(machine, name));
    const found = `${wrong?.found} for ${name} in the machine of ${party}`;
    return wrong === null ? [] : [{ line: null, ...wrong, found }];
  });
  return [...used, ...others];
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
