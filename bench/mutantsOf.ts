import { type AnyStateMachine, enqueueActions } from 'xstate';
import type { PartyName } from '../src/machines/messages.ts';

/** One rule of one machine, broken. */
export interface Mutant {
  readonly party: PartyName;
  /** What is broken, such as `guard fits is always true`. */
  readonly name: string;
  /** What the right machine must do somewhere for the broken one to differ there: a name that `watched` notes. */
  readonly replaces: string;
  /** The broken machine, of the right one in any configuration. */
  readonly apply: (machine: AnyStateMachine) => AnyStateMachine;
}

type Implementations = Parameters<AnyStateMachine['provide']>[0];
type Implementation = Record<'check' | 'resolve', (...args: unknown[]) => unknown> & ((...args: unknown[]) => unknown);

const implementationsOf = (machine: AnyStateMachine) =>
  machine.implementations as unknown as Readonly<
    Record<'guards' | 'actions', Readonly<Record<string, Implementation>>>
  >;

/** An action that does nothing, not even leave a trace of itself. */
const nothing = enqueueActions(() => {});

const answer = (name: string, value: boolean) => `guard ${name} is ${value}`;

/** Every guard of a machine forced to either value, and every action left out, one at a time. */
export function mutantsOf(party: PartyName, machine: AnyStateMachine): Mutant[] {
  const { guards, actions } = implementationsOf(machine);
  const mutant = (name: string, replaces: string, broken: Implementations): Mutant => ({
    party,
    name,
    replaces,
    apply: (given) => given.provide(broken),
  });
  return [
    ...Object.keys(guards).flatMap((name) =>
      [true, false].map((value) =>
        mutant(`guard ${name} is always ${value}`, answer(name, !value), { guards: { [name]: () => value } }),
      ),
    ),
    ...Object.keys(actions).map((name) => mutant(`no ${name}`, `action ${name}`, { actions: { [name]: nothing } })),
  ];
}

/** The machine as it is, telling what each guard answers and which actions it takes. */
export function watched(machine: AnyStateMachine, note: (use: string) => void): AnyStateMachine {
  const { guards, actions } = implementationsOf(machine);
  const noting = (name: string, decide: Implementation) =>
    ((...args: unknown[]) => {
      const value = Boolean(decide(...args));
      note(answer(name, value));
      return value;
    }) as Implementation;
  const guard = (name: string, given: Implementation) =>
    // What `and`, `or`, `not` and `stateIn` make has the properties that XState reads, and decides in `check`.
    'check' in given
      ? Object.assign(() => {}, given, { check: noting(name, given.check as never) })
      : noting(name, given);
  const action = (name: string, given: Implementation) =>
    Object.assign(() => {}, given, {
      resolve: (...args: unknown[]) => {
        note(`action ${name}`);
        return given.resolve(...args);
      },
    });
  const each = (record: Readonly<Record<string, Implementation>>, wrap: typeof guard | typeof action) =>
    Object.fromEntries(Object.entries(record).map(([name, given]) => [name, wrap(name, given)]));
  return machine.provide({ guards: each(guards, guard), actions: each(actions, action) } as never);
}
