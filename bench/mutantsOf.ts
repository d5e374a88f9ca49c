import { type AnyStateMachine, enqueueActions } from 'xstate';
import type { Role } from '../src/machines/messages.ts';

/** What is broken: a guard that always answers the same, or an action that is left out. */
export type Defect = { readonly guard: string; readonly value: boolean } | { readonly action: string };

/** One rule of one machine, broken. */
export interface Mutant {
  readonly party: Role;
  readonly defect: Defect;
}

type Implementation = Record<'check' | 'resolve', (...args: unknown[]) => unknown> & ((...args: unknown[]) => unknown);

const implementationsOf = (machine: AnyStateMachine) =>
  machine.implementations as unknown as Readonly<
    Record<'guards' | 'actions', Readonly<Record<string, Implementation>>>
  >;

/** An action that does nothing, not even leave a trace of itself. */
const nothing = enqueueActions(() => {});

/** The machine with that defect, in whatever configuration it is. */
export const broken = (machine: AnyStateMachine, defect: Defect): AnyStateMachine =>
  machine.provide(
    'guard' in defect ? { guards: { [defect.guard]: () => defect.value } } : { actions: { [defect.action]: nothing } },
  );

/** What is broken, in words. */
export const nameOf = (defect: Defect): string =>
  'guard' in defect ? `guard ${defect.guard} is always ${defect.value}` : `no ${defect.action}`;

const answer = (guard: string, value: boolean) => `guard ${guard} is ${value}`;
const taking = (action: string) => `action ${action}`;

/** What the right machine must do somewhere for the broken one to differ there, as `watched` notes it. */
export const useOf = (defect: Defect): string =>
  'guard' in defect ? answer(defect.guard, !defect.value) : taking(defect.action);

/** Every guard of a machine forced to either value, and every action left out, one at a time. */
export function mutantsOf(party: Role, machine: AnyStateMachine): Mutant[] {
  const { guards, actions } = implementationsOf(machine);
  const defects: Defect[] = [
    ...Object.keys(guards).flatMap((guard) => [true, false].map((value) => ({ guard, value }))),
    ...Object.keys(actions).map((action) => ({ action })),
  ];
  return defects.map((defect) => ({ party, defect }));
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
        note(taking(name));
        return given.resolve(...args);
      },
    });
  const each = (record: Readonly<Record<string, Implementation>>, wrap: typeof guard | typeof action) =>
    Object.fromEntries(Object.entries(record).map(([name, given]) => [name, wrap(name, given)]));
  return machine.provide({ guards: each(guards, guard), actions: each(actions, action) } as never);
}
