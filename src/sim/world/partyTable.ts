import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { canonical } from '../data/canonical.ts';
import { Interned } from '../data/interned.ts';
import { eventTable, sightingLists } from '../system/eventTable.ts';
import type { AnyEvent } from '../system/settings.ts';
import type { Host } from './host.ts';
import { type Around, MachineTable } from './machineTable.ts';
import { type Effect, type Named, ReactionBuilder } from './partyReaction.ts';

/** What an onlooker sees of one event. */
export interface Seen {
  /** In order. */
  readonly sightings: readonly number[];
  /** The number of their list. */
  readonly list: number;
}

/** What a party does on an event: its next local state and its effects. */
export interface PartyReaction extends Seen {
  readonly next: number;
  readonly effects: readonly Effect[];
  /** Whether the machine had no transition for the event. */
  readonly ignored: boolean;
  /** Why a message did not get to the machine; null where it did, and where it waits in a buffer. */
  readonly undelivered: string | null;
}

/** A party between two events: what its machine is in, and what its host remembers. */
interface LocalState {
  readonly snapshot: number;
  readonly host: number;
}

/**
 * A party as a table: its machine above its host. Each distinct (local state, event) is computed
 * once, everything after that is look-up.
 */
export class PartyTable {
  readonly named: Named;
  readonly delayNames: readonly string[];
  readonly initial: PartyReaction;
  readonly #machine: MachineTable;
  readonly host: Host;
  readonly #hosts = new Interned<unknown>();
  readonly #locals = new Interned<LocalState>();
  readonly #reactions: (PartyReaction | undefined)[][] = [];
  readonly #timerIds = new Map<string, number>();

  constructor(named: Named, machine: AnyStateMachine, delayNames: readonly string[], host: Host, around?: Around) {
    this.named = named;
    this.delayNames = delayNames;
    this.#machine = new MachineTable(machine, delayNames, around);
    this.host = host;
    const { next, actions } = this.#machine.initial;
    const reaction = this.#begin(next, host.initial);
    reaction.perform(actions);
    this.initial = this.#ended(reaction);
  }

  /** The name of this party. */
  get party(): string {
    return this.named.name;
  }

  /** What the party does in a local state on an event. */
  react(local: number, event: number): PartyReaction {
    return this.#reactions[local]?.[event] ?? this.#compute(local, event);
  }

  /** What the machine is in, in a local state. */
  snapshotOf(local: number): AnyMachineSnapshot {
    return this.#machine.snapshots[this.#locals.of(local).snapshot] as AnyMachineSnapshot;
  }

  /** What the host remembers, in a local state. */
  hostStateOf(local: number): unknown {
    return this.#hosts.of(this.#locals.of(local).host);
  }

  /** A local state as a text: equal texts, equal states. */
  textOf(local: number): string {
    const { snapshot, host } = this.#locals.of(local);
    return `${this.#machine.texts[snapshot]} ${canonical(this.#hosts.of(host))}`;
  }

  /** The machine of this party, its delays being numbers. */
  get machine(): AnyStateMachine {
    return this.#machine.machine;
  }

  /** The same party with another machine in the place of its own. */
  withMachine(machine: AnyStateMachine): PartyTable {
    return new PartyTable(this.named, machine, this.delayNames, this.host);
  }

  /** Every snapshot of the machine and event whose transition has been asked for. */
  explored(): Generator<{ snapshot: AnyMachineSnapshot; event: AnyEvent }> {
    return this.#machine.explored();
  }

  /** Has its machine compute once more what it has computed, for whom watches over it. */
  computeAgain(): void {
    this.#machine.computeAgain();
  }

  /** Number of distinct local states seen so far. */
  get localCount(): number {
    return this.#locals.values.length;
  }

  #begin(snapshot: number, transport: unknown): ReactionBuilder {
    return new ReactionBuilder(
      this.named,
      this.#machine,
      this.host,
      (name) => this.#timerId(name),
      snapshot,
      transport,
    );
  }

  #compute(local: number, event: number): PartyReaction {
    const { snapshot, host } = this.#locals.of(local);
    const reaction = this.#begin(snapshot, this.#hosts.of(host));
    reaction.take(eventTable.of(event));
    const outcome = this.#ended(reaction);
    const row = this.#reactions[local] ?? [];
    row[event] = outcome;
    this.#reactions[local] = row;
    return outcome;
  }

  #ended({ snapshot, transport, effects, sightings, ignored, undelivered }: ReactionBuilder): PartyReaction {
    const next = this.#locals.idOf({ snapshot, host: this.#hosts.idOf(transport) });
    return { next, effects, sightings, list: sightingLists.idOf(sightings), ignored, undelivered };
  }

  #timerId(name: string): number {
    const known = this.#timerIds.get(name);
    if (known !== undefined) return known;
    this.#timerIds.set(name, this.#timerIds.size);
    return this.#timerIds.size - 1;
  }
}
