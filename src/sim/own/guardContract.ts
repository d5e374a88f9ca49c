import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { InputProblem } from '../input/inputError.ts';
import { nearestWord } from '../input/nearestWord.ts';
import { whereIn } from './machineParts.ts';

/** A guard as XState keeps it: a name, or a function; `and`, `or` and `not` are functions with the guards that they ask. */
type Guard = string | { readonly type?: string; readonly guards?: readonly Guard[] };

/** A guard and those that it asks, by their names too; one that asks itself is looked into once. */
function within(
  guard: Guard,
  provided: Readonly<Record<string, unknown>>,
  seen: ReadonlySet<unknown> = new Set(),
): Guard[] {
  if (seen.has(guard)) return [];
  const inner = new Set([...seen, guard]);
  const name = nameOf(guard);
  const code = name === undefined ? guard : provided[name];
  const { guards = [] } = (code ?? {}) as { readonly guards?: readonly Guard[] };
  return [guard, ...guards.flatMap((one) => within(one, provided, inner))];
}

const nameOf = (guard: Guard): string | undefined =>
  typeof guard === 'string' ? guard : typeof guard === 'function' ? undefined : guard.type;

/** A promise is true whatever comes of it, and what it does comes too late. */
export const isAsync = (code: unknown): boolean => Object.prototype.toString.call(code) === '[object AsyncFunction]';

/** What of the guards in a state does not fit: names of none, and those that answer later. */
export function guardProblems(machine: AnyStateMachine, party: string, node: AnyStateNode): InputProblem[] {
  // Without what every object has: a guard of the name `constructor` is provided only where somebody does.
  const guards: Readonly<Record<string, unknown>> = Object.assign(Object.create(null), machine.implementations.guards);
  const used = [...[...node.transitions.values()].flat(), ...(node.always ?? [])].flatMap(({ guard }) =>
    guard === undefined ? [] : within(guard as Guard, guards),
  );
  const where = `in ${whereIn(node)} of the machine of ${party}`;
  return used.flatMap((guard): InputProblem[] => {
    const name = nameOf(guard);
    const code = name === undefined ? guard : guards[name];
    const said = name === undefined ? '' : ` ${name}`;
    if (isAsync(code))
      return [{ line: null, found: `the async guard${said} ${where}`, expected: 'a guard that answers at once' }];
    if (code !== undefined || name === undefined) return [];
    const valid = Object.keys(guards);
    const hint = nearestWord(name, valid);
    const expected = valid.length === 0 ? 'a guard in `setup({ guards })`' : `one of ${valid.join(', ')}`;
    const found = `the guard ${name} ${where}, which is not provided`;
    return [{ line: null, found, expected, ...(hint !== undefined && { hint }) }];
  });
}
