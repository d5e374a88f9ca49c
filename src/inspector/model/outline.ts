import { type AnyStateMachine, type AnyStateNode, createMachine } from 'xstate';
import { lineOf } from '../charts/line.ts';
import { childrenOf, pathOf, type Region } from '../charts/picture.ts';
import { wholeOf } from '../charts/whole.ts';

/** A state of some machine, with what leads out of it and the states within. */
export interface OutlineState {
  /** Its path from the root of the machine; empty for the machine itself. */
  readonly path: string;
  readonly name: string;
  readonly kind: AnyStateNode['type'];
  readonly isInitial: boolean;
  readonly lines: readonly OutlineLine[];
  /** The states within, in rows: those that take equally many transitions from the initial one stand side by side. */
  readonly rows: readonly (readonly OutlineState[])[];
}

/** One transition. */
export interface OutlineLine {
  /** The event that takes it, as the machine describes it; empty for one that needs none. */
  readonly event: string;
  readonly text: string;
  /** The paths of the states that it leads to; none for one that stays. */
  readonly targets: readonly string[];
}

const transitionsOf = (node: AnyStateNode) => [...[...node.transitions.values()].flat(), ...(node.always ?? [])];

function linesOf(node: AnyStateNode): OutlineLine[] {
  const lines = transitionsOf(node).map(({ eventType, guard, target }) => ({
    ...lineOf(eventType, guard, node.id),
    targets: (target ?? []).map(pathOf),
  }));
  const keys = lines.map((line) => JSON.stringify(line));
  return lines.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

const isWithin = (node: AnyStateNode, ancestor: AnyStateNode): boolean =>
  node === ancestor || (node.parent !== undefined && isWithin(node.parent, ancestor));

/** All transitions of a state and of what is within it. */
const outOf = (node: AnyStateNode): readonly AnyStateNode[] => [
  ...transitionsOf(node).flatMap(({ target }) => target ?? []),
  ...childrenOf(node).flatMap(outOf),
];

/** How many transitions each of the states within a state is away from its initial one. */
function distances(node: AnyStateNode): Map<AnyStateNode, number> {
  const children = childrenOf(node);
  const found = new Map<AnyStateNode, number>();
  let next = node.type === 'parallel' ? children : node.initial.target.flatMap((one) => siblingOf(children, one));
  for (let distance = 0; next.length > 0; distance++) {
    for (const one of next) found.set(one, distance);
    const reached = next.flatMap((one) => outOf(one).flatMap((target) => siblingOf(children, target)));
    next = [...new Set(reached)].filter((one) => !found.has(one));
  }
  return found;
}

const siblingOf = (children: readonly AnyStateNode[], target: AnyStateNode): AnyStateNode[] =>
  children.filter((child) => isWithin(target, child));

function rowsOf(node: AnyStateNode): OutlineState[][] {
  const children = childrenOf(node);
  if (children.length === 0) return [];
  const distance = distances(node);
  // What only a transition from outside leads to comes last.
  const last = Math.max(...distance.values()) + 1;
  const rows: OutlineState[][] = [];
  for (const child of children) {
    const row = distance.get(child) ?? last;
    rows[row] = [...(rows[row] ?? []), outlineState(child)];
  }
  return rows.filter((row) => row !== undefined);
}

function outlineState(node: AnyStateNode): OutlineState {
  const { parent, key, type } = node;
  return {
    path: pathOf(node),
    name: key,
    kind: type,
    isInitial: parent?.type === 'compound' && parent.initial.target.some((target) => isWithin(target, node)),
    lines: linesOf(node),
    rows: rowsOf(node),
  };
}

/** A machine as far as its definition was sent. */
export interface Outline {
  readonly machine: OutlineState;
  /** Whether the client cut off what lies deeper than its limit. */
  readonly isCut: boolean;
}

/** What the stock client writes in the place of what lies deeper than its `serializationDepthLimit`, usually 10. */
const isCutOff = (value: unknown): boolean => value === '[Array]' || value === '[Object]';

/** A value without what was cut off. Of a state that was, the name remains; without its states, none is the initial one. */
function remaining(value: unknown, isStates = false): unknown {
  if (Array.isArray(value)) return value.filter((one) => !isCutOff(one)).map((one) => remaining(one));
  if (typeof value !== 'object' || value === null) return value;
  const hasLostStates = isCutOff((value as { states?: unknown }).states);
  const entries = Object.entries(value).flatMap(([key, one]) => {
    if (isStates && isCutOff(one)) return [[key, {}]];
    return isCutOff(one) || (hasLostStates && key === 'initial') ? [] : [[key, remaining(one, key === 'states')]];
  });
  return Object.fromEntries(entries);
}

/** The machine that a definition describes, as an inspection carries it: JSON of its configuration. Throws where XState cannot read it. */
function machineOf(definition: string): { readonly machine: AnyStateMachine; readonly isCut: boolean } {
  const isCut = /"\[(Array|Object)\]"/.test(definition);
  const config = JSON.parse(definition);
  return { machine: createMachine(isCut ? remaining(config) : config), isCut };
}

/**
 * The states and transitions of a machine from its definition. Follows from the definition alone, so that nothing moves
 * while events come in.
 */
export function outlineOf(definition: string): Outline {
  const { machine, isCut } = machineOf(definition);
  return { machine: outlineState(machine.root), isCut };
}

/** What is to be drawn of the machine that a definition describes. */
export const regionOfDefinition = (definition: string): Region => wholeOf(machineOf(definition).machine);

/** Whether a transition waits for events of that type; `*` and `mouse.*` wait for many. */
export function hears(descriptor: string, type: string): boolean {
  if (descriptor === '*') return !type.startsWith('xstate.');
  return descriptor.endsWith('.*') ? `${type}.`.startsWith(descriptor.slice(0, -1)) : descriptor === type;
}

/** Every state of an outline, from the outside in. */
export const statesOf = (state: OutlineState): OutlineState[] => [state, ...state.rows.flat().flatMap(statesOf)];
