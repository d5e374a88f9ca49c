import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate';
import { type Emitted, type MachineEvent, type PartyName, partyNames } from '../../machines/messages.ts';
import { partyDelays } from '../../machines/parties.ts';
import { canonical, deepFreeze } from '../data/canonical.ts';
import { messageCause, timerCause } from './causes.ts';
import { eventTable, sightingTable } from './eventTable.ts';

/** What a party does to the world in one step, in the order in which XState says so. */
export type Effect =
  | { readonly type: 'send'; readonly to: number; readonly event: number; readonly cause: number }
  | {
      readonly type: 'arm';
      readonly timer: number;
      readonly event: number;
      readonly delay: number;
      readonly cause: number;
    }
  | { readonly type: 'cancel'; readonly timer: number };

/** One step of a party: its next local state and its effects. */
export interface PartyStep {
  readonly next: number;
  readonly effects: readonly Effect[];
  /** What an onlooker sees of it, in order. */
  readonly sightings: readonly number[];
  /** Whether the machine had no transition for the event. */
  readonly ignored: boolean;
}

/** No step of a machine comes near this; one that does would never end, and XState throws. */
const mostMicrosteps = 1_000;

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
    // XState itself would go round a cycle of eventless transitions for ever.
    this.#machine.options = { ...this.#machine.options, maxIterations: mostMicrosteps };
    const [snapshot, actions] = initialTransition(this.#machine);
    this.initial = { next: this.#intern(snapshot), ...this.#outcome(actions), ignored: false };
  }

  /** The step that the party takes from a local state on an event. */
  step(local: number, event: number): PartyStep {
    return this.#steps[local]?.[event] ?? this.#compute(local, event);
  }

  /** The machine whose table this is, its delays being numbers. */
  get machine(): AnyStateMachine {
    return this.#machine;
  }

  /** Every local state and event whose step has been asked for. */
  *explored(): Generator<{ snapshot: AnyMachineSnapshot; event: MachineEvent }> {
    for (const [local, row] of this.#steps.entries()) {
      const snapshot = this.snapshots[local];
      if (row === undefined || snapshot === undefined) continue;
      for (const [event, step] of row.entries())
        if (step !== undefined) yield { snapshot, event: eventTable.of(event) };
    }
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
      ...this.#outcome(actions),
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

  #outcome(actions: readonly { type: string; params: unknown }[]): Pick<PartyStep, 'effects' | 'sightings'> {
    const effects: Effect[] = [];
    const sightings: number[] = [];
    for (const { type, params } of actions) {
      if (type === 'xstate.emit') this.#emitted((params as { event: Emitted }).event, effects, sightings);
      else if (type === 'xstate.cancel') {
        effects.push({ type: 'cancel', timer: this.#timerId((params as { sendId: string }).sendId) });
      } else if (type === 'xstate.raise') effects.push(...this.#armed(params as RaiseParams));
      else
        throw new Error(`${this.party}: the machine performs ${type}, which is neither sending, showing nor a timer`);
    }
    return { effects, sightings };
  }

  #emitted(emitted: Emitted, effects: Effect[], sightings: number[]): void {
    if (emitted.type === 'observe') {
      sightings.push(sightingTable.idOf(emitted.observation));
      return;
    }
    const { to, message } = emitted;
    const cause = messageCause(this.party, to, message.type);
    effects.push({ type: 'send', to: partyNames.indexOf(to), event: eventTable.idOf(message), cause });
    if (message.type === 'REGISTER') sightings.push(sightingTable.idOf({ type: 'sent', from: this.party, message }));
  }

  /** An immediate raise has already been taken within the step; only delayed ones are timers. */
  #armed({ event, id, delay }: RaiseParams): Effect[] {
    if (delay === undefined) return [];
    if (id === undefined) throw new Error(`${this.party}: the timer for ${event.type} has no id`);
    const cause = timerCause(this.party, event.type);
    return [{ type: 'arm', timer: this.#timerId(id), event: eventTable.idOf(event), delay, cause }];
  }
}

interface RaiseParams {
  event: MachineEvent;
  id: string | undefined;
  delay: number | undefined;
}
