import type { AnyMachineSnapshot } from 'xstate';
import type { Interned } from '../data/interned.ts';
import { InputError } from '../input/inputError.ts';
import { eventTable, sightingTable } from '../system/eventTable.ts';
import type { AnyEvent } from '../system/settings.ts';
import { messageCause, timerCause } from './causes.ts';
import type { Host, ProcessState } from './host.ts';
import type { Action, MachineTable } from './machineTable.ts';

/**
 * What a party does to the world in a reaction: it sends a message, arms a timer or cancels one. All have the same fields, which an engine
 * reads faster than three kinds: a simulated day has thousands of them.
 */
export interface Effect {
  readonly type: 'send' | 'arm' | 'cancel';
  /** Who gets the message. */
  readonly to: number;
  /** The link that the message names, null where it names none. */
  readonly over: string | null;
  /** The message, or what the timer tells its party. */
  readonly event: number;
  readonly cause: number;
  readonly timer: number;
  readonly delay: number;
}

/** In one place: effects that are spread from one with defaults are of no fixed shape to V8, and a day takes twice as long. */
const effectOf = (
  type: Effect['type'],
  { to = -1, over = null, event = -1, cause = -1, timer = -1, delay = -1 }: Partial<Omit<Effect, 'type'>>,
): Effect => ({ type, to, over, event, cause, timer, delay });

/** Each message of a reaction fails at most once; a machine that answers every failure with a message would never end. */
const mostEvents = 1_000;

/** One atomic reaction of a party, while it is computed: what comes from the network passes its host first, what leaves it last. */
export class ReactionBuilder {
  snapshot: number;
  /** What the host remembers. */
  transport: unknown;
  readonly effects: Effect[] = [];
  readonly sightings: number[] = [];
  ignored = true;
  undelivered: string | null = null;
  readonly #party: Named;
  readonly #machine: MachineTable;
  readonly #host: Host;
  readonly #timerId: (name: string) => number;
  /** What has come from the network in this reaction. */
  #request: AnyEvent | null = null;
  /** What the machine still has to be told in this reaction. */
  readonly #events: AnyEvent[] = [];

  constructor(
    party: Named,
    machine: MachineTable,
    host: Host,
    timerId: (name: string) => number,
    snapshot: number,
    transport: unknown,
  ) {
    this.#party = party;
    this.#machine = machine;
    this.#host = host;
    this.#timerId = timerId;
    this.snapshot = snapshot;
    this.transport = transport;
  }

  /** Takes in an event of the world. */
  take(event: AnyEvent): void {
    if (this.#host.isSegment(event)) {
      this.#request = event;
      this.#arrive(event);
    } else {
      const { state, tell } = this.#host.happen(this.transport, event);
      this.transport = state;
      if (tell !== null) this.#events.push(tell);
    }
    this.#drain();
  }

  /** Does what the machine says, and then what follows from it. */
  perform(actions: readonly Action[]): void {
    for (const { type, params } of actions) {
      if (type === 'xstate.emit') this.#emitted((params as { event: AnyEvent }).event);
      else if (type === 'xstate.cancel') {
        this.effects.push(effectOf('cancel', { timer: this.#timerId((params as { sendId: string }).sendId) }));
      } else if (type === 'xstate.raise') this.#arm(params as RaiseParams);
      else throw this.#misfit(`the action ${type}`, 'assign, emit, raise or cancel');
    }
  }

  get #process(): ProcessState {
    return processOf(this.#machine.snapshots[this.snapshot] as AnyMachineSnapshot);
  }

  #arrive(segment: AnyEvent): void {
    const { state, deliver, undelivered, reply } = this.#host.arrive(this.transport, segment, this.#process);
    this.transport = state;
    this.undelivered = undelivered;
    if (deliver !== null) this.#events.push(deliver);
    if (reply !== null) this.#send(this.#host.senderOf(segment), reply, null);
  }

  #drain(): void {
    let count = 0;
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
      if (count++ > mostEvents)
        throw new Error(`${this.#party.name}: a reaction never ends, as each failure to send leads to another`);
      this.#tell(event);
    }
  }

  #tell(event: AnyEvent): void {
    const before = this.#process;
    const { next, actions, ignored } = this.#machine.transition(this.snapshot, eventTable.idOf(event));
    this.snapshot = next;
    this.ignored &&= ignored;
    this.perform(actions);
    const after = this.#process;
    if (before === after) return;
    const { state, deliver, notices } = this.#host.changeProcess(this.transport, before, after);
    this.transport = state;
    this.#events.push(...deliver);
    for (const { to, segment } of notices) this.#send(to, segment, null);
  }

  #emitted(emitted: AnyEvent): void {
    if (emitted.type === 'observe') {
      this.#show((emitted as Observed).observation);
      return;
    }
    if (emitted.type !== 'send') throw this.#misfit(`the emitted event ${emitted.type}`, 'send or observe');
    const { to, over = null, message } = emitted as Sent;
    if (typeof message?.type !== 'string') throw this.#misfit(`a message to ${to} without a type`, '{ type }');
    if (over !== null && typeof over !== 'string')
      throw this.#misfit(`${JSON.stringify(over)} for \`over\` of ${message.type} to ${to}`, 'the name of a link');
    const { state, segment, told } = this.#host.send(this.transport, to, message, this.#request);
    this.transport = state;
    if (segment !== null) this.#send(to, segment, over);
    if (told !== null) this.#events.push(told);
    const seen = this.#host.sightingOf(message);
    if (seen !== null) this.sightings.push(sightingTable.idOf(seen));
  }

  #show(observation: AnyEvent): void {
    if (typeof observation?.type !== 'string') throw this.#misfit('an observation without a type', '{ type }');
    const seen = this.#host.shown?.(observation) ?? observation;
    this.sightings.push(this.#interned(sightingTable, seen, 'the observation'));
  }

  /** The number of what the machine sends or shows. */
  #interned(table: Interned<AnyEvent>, value: AnyEvent, what: string): number {
    try {
      return table.idOf(value);
    } catch (error) {
      throw this.#misfit(`${(error as Error).message} in ${what} ${value.type}`, 'plain data');
    }
  }

  /** What the machine does that does not fit, said of the state to which it leads. */
  #misfit(found: string, expected: string): InputError {
    const { value } = this.#machine.snapshots[this.snapshot] as AnyMachineSnapshot;
    const where = `in the machine of ${this.#party.name}, in state ${JSON.stringify(value)}`;
    return new InputError({ file: this.#party.name, problems: [{ line: null, found: `${found} ${where}`, expected }] });
  }

  #send(to: string, segment: AnyEvent, over: string | null): void {
    const cause = messageCause(this.#party.name, to, segment.type, over);
    const receiver = this.#party.peers.indexOf(to);
    if (receiver < 0) throw this.#misfit(`${segment.type} sent to ${to}`, `one of ${this.#party.peers.join(', ')}`);
    const event = this.#interned(eventTable, segment, 'the message');
    this.effects.push(effectOf('send', { to: receiver, over, event, cause }));
  }

  /** An immediate raise has already been taken within the reaction; only delayed ones are timers. */
  #arm({ event, id, delay }: RaiseParams): void {
    if (delay === undefined) return;
    if (id === undefined) throw this.#misfit(`a timer for ${event.type} without an id`, '`raise` with { delay, id }');
    const cause = timerCause(this.#party.name, event.type);
    const place = this.#machine.delayOf(delay);
    if (place < 0) throw this.#misfit(`a timer for ${event.type} of ${delay} ms`, 'a named delay');
    const timer = this.#timerId(id);
    this.effects.push(effectOf('arm', { timer, event: eventTable.idOf(event), delay: place, cause }));
  }
}

/** A party among all of its world. */
export interface Named {
  readonly name: string;
  readonly peers: readonly string[];
}

/** What a machine emits: something that it sends, something that it shows. */
type Sent = AnyEvent & { readonly to: string; readonly over?: string; readonly message: AnyEvent };
type Observed = AnyEvent & { readonly observation: AnyEvent };

interface RaiseParams {
  event: AnyEvent;
  id: string | undefined;
  delay: number | undefined;
}

/** The tags with which a machine says how its process takes part in the network. */
const processOf = (snapshot: AnyMachineSnapshot): ProcessState =>
  snapshot.hasTag('absent') ? 'absent' : snapshot.hasTag('suspended') ? 'suspended' : 'running';
