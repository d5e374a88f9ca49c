import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { MachineEvent, PartyName } from '../../machines/messages.ts';
import { partyDelays } from '../../machines/parties.ts';
import { Interned } from '../data/interned.ts';
import { eventTable } from './eventTable.ts';
import { MachineTable } from './machineTable.ts';
import { type Effect, Step } from './partyStep.ts';
import { type TransportConfiguration, TransportLayer, type TransportState, type Undelivered } from './transport.ts';

/** One step of a party: its next local state and its effects. */
export interface PartyStep {
  readonly next: number;
  readonly effects: readonly Effect[];
  /** What an onlooker sees of it, in order. */
  readonly sightings: readonly number[];
  /** Whether the machine had no transition for the event. */
  readonly ignored: boolean;
  /** Why a message did not get to the machine; null where it did, and where it waits in a buffer. */
  readonly undelivered: Undelivered | null;
}

/** A party between two steps: what its machine is in, and what its host remembers. */
interface LocalState {
  readonly snapshot: number;
  readonly transport: number;
}

/**
 * A party as a table: its machine above the transport layer of its host. Each distinct (local state, event) is computed
 * once, everything after that is look-up.
 */
export class PartyTable {
  readonly party: PartyName;
  readonly delayNames: readonly string[];
  readonly initial: PartyStep;
  readonly #machine: MachineTable;
  /** The transport layer of this party's host. */
  readonly layer: TransportLayer;
  readonly #hosts = new Interned<TransportState>();
  readonly #locals = new Interned<LocalState>();
  readonly #steps: (PartyStep | undefined)[][] = [];
  readonly #timerIds = new Map<string, number>();

  constructor(party: PartyName, machine: AnyStateMachine, transport: TransportConfiguration) {
    this.party = party;
    this.delayNames = Object.keys(partyDelays[party]);
    this.#machine = new MachineTable(machine, this.delayNames);
    this.layer = new TransportLayer(party, transport);
    const { next, actions } = this.#machine.initial;
    const step = this.#stepFrom(next, this.layer.initial);
    step.perform(actions);
    this.initial = this.#ended(step);
  }

  /** The step that the party takes from a local state on an event. */
  step(local: number, event: number): PartyStep {
    return this.#steps[local]?.[event] ?? this.#compute(local, event);
  }

  /** What the machine is in, in a local state. */
  snapshotOf(local: number): AnyMachineSnapshot {
    return this.#machine.snapshots[this.#locals.of(local).snapshot] as AnyMachineSnapshot;
  }

  /** What the host remembers of its network, in a local state. */
  transportOf(local: number): TransportState {
    return this.#hosts.of(this.#locals.of(local).transport);
  }

  /** The machine of this party, its delays being numbers. */
  get machine(): AnyStateMachine {
    return this.#machine.machine;
  }

  /** The same party with another machine in the place of its own. */
  withMachine(machine: AnyStateMachine): PartyTable {
    return new PartyTable(this.party, machine, this.layer.configuration);
  }

  /** Every snapshot of the machine and event whose transition has been asked for. */
  explored(): Generator<{ snapshot: AnyMachineSnapshot; event: MachineEvent }> {
    return this.#machine.explored();
  }

  /** Number of distinct local states seen so far. */
  get localCount(): number {
    return this.#locals.values.length;
  }

  #stepFrom(snapshot: number, transport: TransportState): Step {
    return new Step(this.party, this.#machine, this.layer, (name) => this.#timerId(name), snapshot, transport);
  }

  #compute(local: number, event: number): PartyStep {
    const { snapshot, transport } = this.#locals.of(local);
    const step = this.#stepFrom(snapshot, this.#hosts.of(transport));
    step.take(eventTable.of(event));
    const outcome = this.#ended(step);
    const row = this.#steps[local] ?? [];
    row[event] = outcome;
    this.#steps[local] = row;
    return outcome;
  }

  #ended({ snapshot, transport, effects, sightings, ignored, undelivered }: Step): PartyStep {
    const next = this.#locals.idOf({ snapshot, transport: this.#hosts.idOf(transport) });
    return { next, effects, sightings, ignored, undelivered };
  }

  #timerId(name: string): number {
    const known = this.#timerIds.get(name);
    if (known !== undefined) return known;
    this.#timerIds.set(name, this.#timerIds.size);
    return this.#timerIds.size - 1;
  }
}
