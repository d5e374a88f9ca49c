import { type AnyStateMachine, enqueueActions } from 'xstate';
import type { PartyName } from '../src/machines/messages.ts';
import type { PartyMachines } from '../src/machines/parties.ts';

/** One rule of one machine, broken. */
export interface Mutant {
  readonly party: PartyName;
  /** What is broken, such as `guard fits is always true`. */
  readonly name: string;
  /** The broken machine in place of the right one. */
  readonly apply: (machines: PartyMachines) => Partial<PartyMachines>;
}

/** An action that does nothing, not even leave a trace of itself. */
const nothing = enqueueActions(() => {});

type Implementations = Parameters<AnyStateMachine['provide']>[0];

/** Every guard of the machines forced to either value, and every action left out, one at a time. */
export function mutantsOf(machines: PartyMachines): Mutant[] {
  return (Object.keys(machines) as PartyName[]).flatMap((party) => {
    const { guards, actions } = machines[party].implementations as { guards: object; actions: object };
    const mutant = (name: string, broken: Implementations): Mutant => ({
      party,
      name,
      apply: (given) => ({ [party]: (given[party] as AnyStateMachine).provide(broken) }) as Partial<PartyMachines>,
    });
    return [
      ...Object.keys(guards).flatMap((name) =>
        [true, false].map((value) => mutant(`guard ${name} is always ${value}`, { guards: { [name]: () => value } })),
      ),
      ...Object.keys(actions).map((name) => mutant(`no ${name}`, { actions: { [name]: nothing } })),
    ];
  });
}
