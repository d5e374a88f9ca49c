import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate';
import { canonical, deepFreeze } from '../data/canonical.ts';
import { eventTable } from '../system/eventTable.ts';
import type { AnyEvent } from '../system/settings.ts';

/** What XState says that a machine does, in its order. */
export interface Action {
  readonly type: string;
  readonly params: unknown;
}

/** One transition of a machine: to which of its snapshots, and with which actions. */
export interface MachineTransition {
  readonly next: number;
  readonly actions: readonly Action[];
  /** Whether the machine had no transition for the event. */
  readonly ignored: boolean;
}

/** No transition of a machine comes near this; one that does would never end, and XState throws. */
const mostMicrosteps = 1_000;

/**
 * A machine as a table: XState computes each distinct (snapshot, event) once, everything after that is look-up.
 *
 * Delays are left symbolic: the machine gets a number for each named delay, and the world knows its window.
 */
export class MachineTable {
  readonly snapshots: AnyMachineSnapshot[] = [];
  readonly initial: MachineTransition;
  /** The machine whose table this is, its delays being numbers. */
  readonly machine: AnyStateMachine;
  readonly #ids = new Map<string, number>();
  readonly #transitions: (MachineTransition | undefined)[][] = [];

  constructor(machine: AnyStateMachine, delayNames: readonly string[]) {
    this.machine = machine.provide({ delays: Object.fromEntries(delayNames.map((name, index) => [name, index])) });
    // XState itself would follow a cycle of eventless transitions without end.
    this.machine.options = { ...this.machine.options, maxIterations: mostMicrosteps };
    const [snapshot, actions] = initialTransition(this.machine);
    this.initial = { next: this.#intern(snapshot), actions, ignored: false };
  }

  /** The transition from a snapshot on an event. Throws a RangeError where there is no such snapshot. */
  transition(id: number, event: number): MachineTransition {
    return this.#transitions[id]?.[event] ?? this.#compute(id, event);
  }

  /** Every snapshot and event whose transition has been asked for. */
  *explored(): Generator<{ snapshot: AnyMachineSnapshot; event: AnyEvent }> {
    for (const [id, row] of this.#transitions.entries()) {
      const snapshot = this.snapshots[id];
      if (row === undefined || snapshot === undefined) continue;
      for (const [event, computed] of row.entries())
        if (computed !== undefined) yield { snapshot, event: eventTable.of(event) };
    }
  }

  #compute(id: number, event: number): MachineTransition {
    const snapshot = this.snapshots[id];
    if (snapshot === undefined) throw new RangeError(`the machine has no snapshot ${id}`);
    const value = eventTable.of(event);
    const [next, actions] = transition(this.machine, snapshot, value as never);
    const computed = {
      next: this.#intern(next),
      actions,
      ignored: next === snapshot && actions.length === 0 && this.#hasNoTransition(snapshot, value),
    };
    const row = this.#transitions[id] ?? [];
    row[event] = computed;
    this.#transitions[id] = row;
    return computed;
  }

  #hasNoTransition(snapshot: AnyMachineSnapshot, event: AnyEvent): boolean {
    return (this.machine.getTransitionData(snapshot as never, event as never) ?? []).length === 0;
  }

  #intern(snapshot: AnyMachineSnapshot): number {
    if (snapshot.status === 'error') throw snapshot.error;
    const key = canonical({ value: snapshot.value, context: snapshot.context });
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    deepFreeze(snapshot.context);
    const id = this.snapshots.push(snapshot) - 1;
    this.#ids.set(key, id);
    return id;
  }
}
