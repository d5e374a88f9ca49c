import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import type { MachineEvent, PartyName } from '../../machines/messages.ts';
import { partyDelays } from '../../machines/parties.ts';
import { Interned } from '../data/interned.ts';
import { eventTable } from './eventTable.ts';
import { MachineTable } from './machineTable.ts';
import { type Effect, ReactionBuilder } from './partyReaction.ts';
import { type TransportConfiguration, TransportLayer, type TransportState, type Undelivered } from './transport.ts';

/** What a party does on an event: its next local state and its effects. */
export interface PartyReaction {
  readonly next: number;
  readonly effects: readonly Effect[];
  /** What an onlooker sees of it, in order. */
  readonly sightings: readonly number[];
  /** Whether the machine had no transition for the event. */
  readonly ignored: boolean;
  /** Why a message did not get to the machine; null where it did, and where it waits in a buffer. */
  readonly undelivered: Undelivered | null;
}

/** A party between two events: what its machine is in, and what its host remembers. */
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
  readonly initial: PartyReaction;
  readonly #machine: MachineTable;
  /** The transport layer of this party's host. */
  readonly layer: TransportLayer;
  readonly #hosts = new Interned<TransportState>();
  readonly #locals = new Interned<LocalState>();
  readonly #reactions: (PartyReaction | undefined)[][] = [];
  readonly #timerIds = new Map<string, number>();

  constructor(party: PartyName, machine: AnyStateMachine, transport: TransportConfiguration) {
    this.party = party;
    this.delayNames = Object.keys(partyDelays[party]);
    this.#machine = new MachineTable(machine, this.delayNames);
    this.layer = new TransportLayer(party, transport);
    const { next, actions } = this.#machine.initial;
    const reaction = this.#begin(next, this.layer.initial);
    reaction.perform(actions);
    this.initial = this.#ended(reaction);
  }

  /** What the party does in a local state on an event. */
  react(local: number, event: number): PartyReaction {
    return this.#reactions[local]?.[event] ?? this.#compute(local, event);
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

  #begin(snapshot: number, transport: TransportState): ReactionBuilder {
    return new ReactionBuilder(
      this.party,
      this.#machine,
      this.layer,
      (name) => this.#timerId(name),
      snapshot,
      transport,
    );
  }

  #compute(local: number, event: number): PartyReaction {
    const { snapshot, transport } = this.#locals.of(local);
    const reaction = this.#begin(snapshot, this.#hosts.of(transport));
    reaction.take(eventTable.of(event));
    const outcome = this.#ended(reaction);
    const row = this.#reactions[local] ?? [];
    row[event] = outcome;
    this.#reactions[local] = row;
    return outcome;
  }

  #ended({ snapshot, transport, effects, sightings, ignored, undelivered }: ReactionBuilder): PartyReaction {
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
