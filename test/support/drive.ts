import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  initialTransition,
  matchesState,
  type StateValue,
  transition,
} from 'xstate';
import type { MachineEvent, Message, Observation, PartyName } from '../../src/machines/messages.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { machinesOf } from '../../src/sim/world/definition.ts';

/** One machine alone, fed with events one by one: what it then sends and shows, and where it stands. */
export class Driven {
  #snapshot: AnyMachineSnapshot;
  readonly #machine: AnyStateMachine;

  constructor(scenario: Scenario, party: PartyName) {
    this.#machine = machinesOf(scenario)[party];
    [this.#snapshot] = initialTransition(this.#machine);
  }

  /** What the machine sends on the last of these events, by type and in full, and what it shows. */
  on(...events: MachineEvent[]): { sent: string[]; messages: Message[]; shown: Observation[] } {
    let emitted: { type: string; message?: Message; observation?: Observation }[] = [];
    for (const event of events) {
      const [next, all] = transition(this.#machine, this.#snapshot, event as never);
      const actions = all as readonly { type: string; params: unknown }[];
      this.#snapshot = next;
      emitted = actions.flatMap(({ type, params }) =>
        type === 'xstate.emit' ? [(params as { event: (typeof emitted)[number] }).event] : [],
      );
    }
    const messages = emitted.flatMap(({ message }) => (message ? [message] : []));
    return {
      sent: messages.map(({ type }) => type),
      messages,
      shown: emitted.flatMap(({ observation }) => (observation ? [observation] : [])),
    };
  }

  is(value: StateValue): boolean {
    return matchesState(value, this.#snapshot.value as StateValue);
  }

  get context(): Record<string, unknown> {
    return this.#snapshot.context as Record<string, unknown>;
  }
}

/** The event of a delayed transition: the delay's name and the path of the state that armed it. */
export const elapsed = (delay: string, path: string) => ({ type: `xstate.after.${delay}.${path}` }) as never;
