import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** Where in a machine something stands. */
export const whereIn = (node: AnyStateNode): string =>
  node.path.length === 0 ? 'its root' : `state ${node.path.join('.')}`;

/** An action as XState keeps it: a name, or a function with the type and the delay of a built-in one. */
export type Action = string | { readonly type?: string; readonly delay?: unknown };

/** A state and all within it. */
export function* nodesOf(node: AnyStateNode): Generator<AnyStateNode> {
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

/** All that a state does by itself: on its way in and out, and in its transitions. */
export function actionsOf(node: AnyStateNode): Action[] {
  const transitions = [...[...node.transitions.values()].flat(), ...(node.always ?? []), node.initial];
  return [node.entry, node.exit, ...transitions.map((one) => one?.actions ?? [])].flat() as Action[];
}

/** The action itself: a name stands for what the machine provides under it. */
export const resolved = (machine: AnyStateMachine, action: Action): Action | undefined => {
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
