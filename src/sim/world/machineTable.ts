import {
  type AnyActorRef,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
} from 'xstate';
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

/** A machine computes: the snapshot and the event from which on, null at the start. */
export interface Computing {
  readonly snapshot: AnyMachineSnapshot | null;
  readonly event: AnyEvent | null;
  /** The actor that the machine's code is shown: it never runs, and what it is asked is about no state. */
  readonly self: AnyActorRef;
}

/** What stands around each computation of a machine, to watch over one that is not ours. */
export type Around = (computing: Computing, compute: () => MachineTransition) => MachineTransition;

const asItIs: Around = (_, compute) => compute();

/** A named delay in an action of XState: a number so far below 0 that no literal one is it. */
const lowestCode = -(2 ** 50);
const codeOf = (index: number): number => lowestCode + index;
const indexOf = (code: number): number => code - lowestCode;

/** Delays by their names; one that there is not would be none at all to XState, which raises the event at once. */
const known = (delays: object): Record<string, number> =>
  new Proxy(Object.assign(Object.create(null), delays), {
    get: (from, name) => {
      if (typeof name === 'string' && !(name in from)) throw new Error(`the delay ${name} has no value`);
      return from[name];
    },
  });

/** No transition of a machine comes near this; one that does would never end, and XState throws. */
const mostMicrosteps = 1_000;

/** What the history states of a snapshot would go back to: no less a part of it than its value. */
const rememberedIn = ({ historyValue }: AnyMachineSnapshot): Record<string, string[]> =>
  Object.fromEntries(Object.entries(historyValue).map(([id, nodes]) => [id, nodes.map((node) => node.id)]));

/**
 * Where a machine computes without doing anything: its actions go to `actions`. XState's own `transition` makes one for each
 * transition, with an actor that begins anew, which takes a third of its time.
 */
function inertScope(machine: AnyStateMachine, actions: (action: Action) => void): AnyActorScope {
  const self = createActor(machine);
  const nothing = () => {};
  const ignored = { logger: nothing, defer: nothing, emit: nothing, stopChild: nothing };
  return { self, id: '', sessionId: '', system: self.system, ...ignored, actionExecutor: actions };
}

/**
 * A machine as a table: XState computes each distinct (snapshot, event) once, everything after that is look-up.
 *
 * Delays are left symbolic: the machine gets a number for each named delay, and the world knows its window. A literal
 * delay is one whose name is its number.
 */
export class MachineTable {
  readonly snapshots: AnyMachineSnapshot[] = [];
  /** Each snapshot as a text: equal texts, equal snapshots. */
  readonly texts: string[] = [];
  readonly initial: MachineTransition;
  /** The machine whose table this is, its delays being numbers. */
  readonly machine: AnyStateMachine;
  readonly #delayNames: readonly string[];
  readonly #around: Around;
  readonly #ids = new Map<string, number>();
  readonly #transitions: (MachineTransition | undefined)[][] = [];
  readonly #scope: AnyActorScope;
  /** Those of the transition that is being computed. */
  #actions: Action[] = [];

  constructor(machine: AnyStateMachine, delayNames: readonly string[], around: Around = asItIs) {
    this.#delayNames = delayNames;
    this.#around = around;
    this.machine = machine.provide({
      delays: Object.fromEntries(delayNames.map((name, index) => [name, codeOf(index)])),
    });
    this.machine.implementations.delays = known(this.machine.implementations.delays);
    // XState itself would follow a cycle of eventless transitions without end.
    this.machine.options = { ...this.machine.options, maxIterations: mostMicrosteps };
    this.#scope = inertScope(this.machine, (action) => this.#actions.push(action));
    this.initial = around({ snapshot: null, event: null, self: this.#scope.self }, () => {
      const actions: Action[] = [];
      this.#actions = actions;
      const snapshot = this.machine.getInitialSnapshot(this.#scope);
      return { next: this.#intern(snapshot), actions, ignored: false };
    });
  }

  /** The place of a delay among those of the machine, or -1: of the number that XState says. */
  delayOf(delay: number): number {
    const named = indexOf(delay);
    return named < this.#delayNames.length ? named : this.#delayNames.indexOf(String(delay));
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

  /** Computes all that has been asked for once more, the last first, for whom watches: nothing of it may be otherwise. */
  computeAgain(): void {
    for (const [id, row] of [...this.#transitions.entries()].reverse())
      for (const event of [...(row?.keys() ?? [])].reverse()) if (row?.[event] !== undefined) this.#compute(id, event);
  }

  #compute(id: number, event: number): MachineTransition {
    const snapshot = this.snapshots[id];
    if (snapshot === undefined) throw new RangeError(`the machine has no snapshot ${id}`);
    const value = eventTable.of(event);
    const computed = this.#around({ snapshot, event: value, self: this.#scope.self }, () => {
      const actions: Action[] = [];
      this.#actions = actions;
      // An actor that has come to its end takes nothing any more.
      if (snapshot.status === 'done') return { next: id, actions, ignored: true };
      const next = this.machine.transition(snapshot, value as never, this.#scope);
      const ignored = next === snapshot && actions.length === 0 && this.#hasNoTransition(snapshot, value);
      return { next: this.#intern(next), actions, ignored };
    });
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
    if (Object.keys(snapshot.children).length > 0) throw new Error('an actor that is spawned');
    const { value, context } = snapshot;
    const key = canonical({ value, context, remembered: rememberedIn(snapshot) });
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    deepFreeze(snapshot.context);
    const id = this.snapshots.push(snapshot) - 1;
    this.texts.push(key);
    this.#ids.set(key, id);
    return id;
  }
}
