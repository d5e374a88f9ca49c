import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate';
import { type Emitted, type MachineEvent, type PartyName, partyNames } from '../../machines/messages.ts';
import { partyDelays } from '../../machines/parties.ts';
import { canonical, deepFreeze } from './canonical.ts';
import { eventTable, sightingTable } from './eventTable.ts';

/** What a party does in one step, besides changing its state: in the order in which XState says so. */
export type Effect =
  | { readonly type: 'send'; readonly to: number; readonly event: number }
  | { readonly type: 'observe'; readonly sighting: number }
  | { readonly type: 'arm'; readonly timer: number; readonly event: number; readonly delay: number }
  | { readonly type: 'cancel'; readonly timer: number };

/** One step of a party: its next local state and its effects. */
export interface PartyStep {
  readonly next: number;
  readonly effects: readonly Effect[];
  /** Whether the machine had no transition for the event. */
  readonly ignored: boolean;
}

/**
 * A machine as a table: XState computes each distinct (local state, event) once, everything after that is look-up.
 *
 * Delays are left symbolic: the machine gets a number for each named delay, and the world knows its window.
 */
export class PartyTable {
  readonly party: PartyName;
  readonly delayNames: readonly string[];
  readonly snapshots: AnyMachineSnapshot[] = [];
  readonly initial: PartyStep;
  readonly #machine: AnyStateMachine;
  readonly #localIds = new Map<string, number>();
  readonly #steps: (PartyStep | undefined)[][] = [];
  readonly #timerIds = new Map<string, number>();

  constructor(party: PartyName, machine: AnyStateMachine) {
    this.party = party;
    this.delayNames = Object.keys(partyDelays[party]);
    this.#machine = machine.provide({
      delays: Object.fromEntries(this.delayNames.map((name, index) => [name, index])),
    });
    const [snapshot, actions] = initialTransition(this.#machine);
    this.initial = { next: this.#intern(snapshot), effects: this.#effects(actions), ignored: false };
  }

  /** The step that the party takes from a local state on an event. */
  step(local: number, event: number): PartyStep {
    const row = this.#steps[local];
    const known = row?.[event];
    return known ?? this.#compute(local, event);
  }

  /** Number of distinct local states seen so far. */
  get localCount(): number {
    return this.snapshots.length;
  }

  #compute(local: number, event: number): PartyStep {
    const snapshot = this.snapshots[local];
    if (snapshot === undefined) throw new RangeError(`${this.party} has no local state ${local}`);
    const value = eventTable.of(event);
    const [next, actions] = transition(this.#machine, snapshot, value as never);
    const step = {
      next: this.#intern(next),
      effects: this.#effects(actions),
      ignored: next === snapshot && actions.length === 0 && this.#hasNoTransition(snapshot, value),
    };
    const row = this.#steps[local] ?? [];
    row[event] = step;
    this.#steps[local] = row;
    return step;
  }

  #hasNoTransition(snapshot: AnyMachineSnapshot, event: MachineEvent): boolean {
    return (this.#machine.getTransitionData(snapshot as never, event as never) ?? []).length === 0;
  }

  #intern(snapshot: AnyMachineSnapshot): number {
    if (snapshot.status === 'error') throw snapshot.error;
    const key = canonical({ value: snapshot.value, context: snapshot.context });
    const known = this.#localIds.get(key);
    if (known !== undefined) return known;
    deepFreeze(snapshot.context);
    const id = this.snapshots.push(snapshot) - 1;
    this.#localIds.set(key, id);
    return id;
  }

  #timerId(name: string): number {
    const known = this.#timerIds.get(name);
    if (known !== undefined) return known;
    this.#timerIds.set(name, this.#timerIds.size);
    return this.#timerIds.size - 1;
  }

  #effects(actions: readonly { type: string; params: unknown }[]): Effect[] {
    return actions.flatMap(({ type, params }): Effect[] => {
      if (type === 'xstate.emit') return this.#emitted((params as { event: Emitted }).event);
      if (type === 'xstate.cancel') {
        return [{ type: 'cancel', timer: this.#timerId((params as { sendId: string }).sendId) }];
      }
      if (type === 'xstate.raise') return this.#armed(params as RaiseParams);
      throw new Error(`${this.party}: the machine performs ${type}, which is neither sending, showing nor a timer`);
    });
  }

  #emitted(emitted: Emitted): Effect[] {
    if (emitted.type === 'observe') return [{ type: 'observe', sighting: sightingTable.idOf(emitted.observation) }];
    const { to, message } = emitted;
    const send: Effect = { type: 'send', to: partyNames.indexOf(to), event: eventTable.idOf(message) };
    if (message.type !== 'REGISTER') return [send];
    return [send, { type: 'observe', sighting: sightingTable.idOf({ type: 'sent', from: this.party, message }) }];
  }

  /** An immediate raise has already been taken within the step; only delayed ones are timers. */
  #armed({ event, id, delay }: RaiseParams): Effect[] {
    if (delay === undefined) return [];
    if (id === undefined) throw new Error(`${this.party}: the timer for ${event.type} has no id`);
    return [{ type: 'arm', timer: this.#timerId(id), event: eventTable.idOf(event), delay }];
  }
}

interface RaiseParams {
  event: MachineEvent;
  id: string | undefined;
  delay: number | undefined;
}
