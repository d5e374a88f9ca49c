import type { AnyMachineSnapshot } from 'xstate';
import { type Emitted, type MachineEvent, type Message, type PartyName, partyNames } from '../../machines/messages.ts';
import { messageCause, timerCause } from './causes.ts';
import { eventTable, sightingTable } from './eventTable.ts';
import type { Action, MachineTable } from './machineTable.ts';
import {
  isSegment,
  type ProcessState,
  type Segment,
  type TransportLayer,
  type TransportState,
  type Undelivered,
} from './transport.ts';

/** What a party does to the world in one reaction, in the order in which XState says so. */
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

/** Each message of a reaction fails at most once; a machine that answers every failure with a message would never end. */
const mostEvents = 1_000;

/** One atomic reaction of a party, while it is computed: what comes from the network passes its transport layer first, what leaves it last. */
export class ReactionBuilder {
  snapshot: number;
  transport: TransportState;
  readonly effects: Effect[] = [];
  readonly sightings: number[] = [];
  ignored = true;
  undelivered: Undelivered | null = null;
  readonly #party: PartyName;
  readonly #machine: MachineTable;
  readonly #layer: TransportLayer;
  readonly #timerId: (name: string) => number;
  /** What has come from the network in this reaction. */
  #request: Segment | null = null;
  /** What the machine still has to be told in this reaction. */
  readonly #events: MachineEvent[] = [];

  constructor(
    party: PartyName,
    machine: MachineTable,
    layer: TransportLayer,
    timerId: (name: string) => number,
    snapshot: number,
    transport: TransportState,
  ) {
    this.#party = party;
    this.#machine = machine;
    this.#layer = layer;
    this.#timerId = timerId;
    this.snapshot = snapshot;
    this.transport = transport;
  }

  /** Takes in an event of the world. */
  take(event: MachineEvent | Segment): void {
    if (isSegment(event)) {
      this.#request = event;
      this.#arrive(event);
    } else {
      const isTold = event.type !== 'network.change' || this.#layer.tellsOfChange(this.transport);
      if (event.type === 'network.change') this.transport = this.#layer.changeNetwork(this.transport);
      if (isTold) this.#events.push(event);
    }
    this.#drain();
  }

  /** Does what the machine says, and then what follows from it. */
  perform(actions: readonly Action[]): void {
    for (const { type, params } of actions) {
      if (type === 'xstate.emit') this.#emitted((params as { event: Emitted }).event);
      else if (type === 'xstate.cancel') {
        this.effects.push({ type: 'cancel', timer: this.#timerId((params as { sendId: string }).sendId) });
      } else if (type === 'xstate.raise') this.#arm(params as RaiseParams);
      else
        throw new Error(`${this.#party}: the machine performs ${type}, which is neither sending, showing nor a timer`);
    }
  }

  get #process(): ProcessState {
    return processOf(this.#machine.snapshots[this.snapshot] as AnyMachineSnapshot);
  }

  #arrive(segment: Segment): void {
    const { state, deliver, undelivered, reply } = this.#layer.arrive(this.transport, segment, this.#process);
    this.transport = state;
    this.undelivered = undelivered;
    if (deliver !== null) this.#events.push(deliver);
    if (reply !== null) this.#send(this.#layer.senderOf(segment), reply);
  }

  #drain(): void {
    let count = 0;
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
      if (count++ > mostEvents)
        throw new Error(`${this.#party}: a reaction never ends, as each failure to send leads to another`);
      this.#tell(event);
    }
  }

  #tell(event: MachineEvent): void {
    const before = this.#process;
    const { next, actions, ignored } = this.#machine.transition(this.snapshot, eventTable.idOf(event));
    this.snapshot = next;
    this.ignored &&= ignored;
    this.perform(actions);
    const after = this.#process;
    if (before === after) return;
    const { state, deliver, notices } = this.#layer.changeProcess(this.transport, before, after);
    this.transport = state;
    this.#events.push(...deliver);
    for (const { to, segment } of notices) this.#send(to, segment);
  }

  #emitted(emitted: Emitted): void {
    if (emitted.type === 'observe') {
      this.sightings.push(sightingTable.idOf(emitted.observation));
      return;
    }
    const { to, message } = emitted;
    const { state, segment, told } = this.#layer.send(this.transport, to, message, this.#request);
    this.transport = state;
    if (segment !== null) this.#send(to, segment);
    if (told !== null) this.#events.push(told);
    if (message.type === 'REGISTER') this.#sawRegister(message);
  }

  #sawRegister(message: Extract<Message, { type: 'REGISTER' }>): void {
    this.sightings.push(sightingTable.idOf({ type: 'sent', from: this.#party, message }));
  }

  #send(to: PartyName, segment: Segment): void {
    const cause = messageCause(this.#party, to, segment.type);
    this.effects.push({ type: 'send', to: partyNames.indexOf(to), event: eventTable.idOf(segment), cause });
  }

  /** An immediate raise has already been taken within the reaction; only delayed ones are timers. */
  #arm({ event, id, delay }: RaiseParams): void {
    if (delay === undefined) return;
    if (id === undefined) throw new Error(`${this.#party}: the timer for ${event.type} has no id`);
    const cause = timerCause(this.#party, event.type);
    this.effects.push({ type: 'arm', timer: this.#timerId(id), event: eventTable.idOf(event), delay, cause });
  }
}

interface RaiseParams {
  event: MachineEvent;
  id: string | undefined;
  delay: number | undefined;
}

/** The tags with which a machine says how its process takes part in the network. */
const processOf = (snapshot: AnyMachineSnapshot): ProcessState =>
  snapshot.hasTag('absent') ? 'absent' : snapshot.hasTag('suspended') ? 'suspended' : 'running';
