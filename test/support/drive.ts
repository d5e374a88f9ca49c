import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  initialTransition,
  matchesState,
  type StateValue,
  transition,
} from 'xstate';
import type { MachineEvent } from '../../src/machines/events.ts';
import type { Message, Role, TransactionNumber } from '../../src/machines/messages.ts';
import type { Observation } from '../../src/machines/observations.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { machinesOf } from '../../src/sim/sipWorld/definition.ts';

interface Params {
  readonly event?: { readonly message?: Message; readonly observation?: Observation };
  readonly id?: string;
  readonly delay?: unknown;
  readonly sendId?: string;
}

/** What a machine does on an event. */
interface Reaction {
  readonly sent: string[];
  readonly messages: Message[];
  readonly transactions: (TransactionNumber | undefined)[];
  readonly shown: Observation[];
  readonly armed: string[];
  readonly cancelled: string[];
}

function withoutTransaction(message: Message): Message {
  if (message.type !== 'REGISTER') return message;
  const { transaction: _, ...others } = message;
  return others;
}

/** One machine alone, fed with events one by one: what it then sends and shows, and where it stands. */
export class Driven {
  #snapshot: AnyMachineSnapshot;
  readonly #machine: AnyStateMachine;

  constructor(scenario: Scenario, party: Role) {
    this.#machine = machinesOf(scenario)[party];
    [this.#snapshot] = initialTransition(this.#machine);
  }

  /**
   * What the machine sends on the last of these events, by type and in full but for the numbers of its REGISTER
   * transactions, which stand apart; what it shows, and its timers by name.
   */
  on(...events: MachineEvent[]): Reaction {
    let actions: readonly { type: string; params: unknown }[] = [];
    for (const event of events) [this.#snapshot, actions] = transition(this.#machine, this.#snapshot, event as never);
    const paramsOf = (type: string) => actions.flatMap((one) => (one.type === type ? [one.params as Params] : []));
    const emitted = paramsOf('xstate.emit').map(({ event }) => event);
    const messages = emitted.flatMap((one) => one?.message ?? []);
    return {
      sent: messages.map(({ type }) => type),
      messages: messages.map(withoutTransaction),
      transactions: messages.flatMap((one) => (one.type === 'REGISTER' ? [one.transaction] : [])),
      shown: emitted.flatMap((one) => one?.observation ?? []),
      armed: paramsOf('xstate.raise').flatMap(({ id, delay }) => (delay === undefined ? [] : [id ?? ''])),
      cancelled: paramsOf('xstate.cancel').map(({ sendId }) => sendId ?? ''),
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
