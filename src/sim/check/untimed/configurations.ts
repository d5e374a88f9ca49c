import { Interned } from '../../data/interned.ts';
import { IntVector } from '../../data/intVector.ts';
import { PairTable } from '../../data/pairTable.ts';
import { environmentSighting } from '../../system/eventTable.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { fieldBits } from './fieldLayout.ts';
import type { Inbox, Messages } from './messages.ts';
import type { PartyStates, Reaction } from './partyStates.ts';
import type { SightingLists } from './sightingLists.ts';

/** What all parties of an exploration share. */
export interface Shared {
  readonly definition: WorldDefinition;
  readonly messages: Messages;
  readonly sightings: SightingLists;
  /** Rows of all configurations, see `row`, and what steps lead to, see `onStep`. */
  readonly rows: IntVector;
  /** What events do beyond their own party, see `outcomeOf`. */
  readonly outcomes: IntVector;
  readonly outcomeAt: Map<string, number>;
}

/**
 * A row is everything that can happen to a party in a configuration, except steps of the environment: the number of
 * events, then per event: link and sender of a message (the sender in the lowest `fieldBits`) or -1 for a timer,
 */
export const rowHead = 1;
/** the next configuration, the outcome, the configuration if the message is lost instead, the message or timer. */
export const eventConfiguration = 1;
export const eventOutcome = 2;
export const eventConfigurationIfLost = 3;
export const eventNumber = 4;
export const eventLength = 5;

/** An outcome: the sightings and the number of messages, then per message the receiver and the message. */
export const outcomeHead = 2;

/** What is seen of every step of the environment. */
/**
 * The configurations of one party as numbers. A configuration is a party's state with its armed timers and its inbox, as
 * in the theory of communicating finite-state machines.
 */
export class Configurations {
  readonly initial: number;
  readonly #states: PartyStates;
  readonly #shared: Shared;
  readonly #inboxes = new Interned<Inbox>((inbox) => inbox.join());
  readonly #numbers = new PairTable();
  readonly #stateOf = new IntVector();
  readonly #inboxOf = new IntVector();
  readonly #rowAt = new IntVector();
  /** Per message, per configuration: 1 + the configuration with that message more, or 0. */
  readonly #added: Int32Array[] = [];
  readonly #afterStep = new PairTable();

  constructor(states: PartyStates, shared: Shared) {
    this.#states = states;
    this.#shared = shared;
    this.initial = this.#numberOf(states.initial.next, []);
  }

  get count(): number {
    return this.#stateOf.length;
  }

  /** Memory in bytes; what is kept per inbox is estimated at 200. */
  get bytes(): number {
    const tables = [this.#numbers, this.#stateOf, this.#inboxOf, this.#rowAt, this.#afterStep];
    const added = this.#added.reduce((sum, { byteLength }) => sum + byteLength, 200 * this.#inboxes.count);
    return tables.reduce((sum, { bytes }) => sum + bytes, added);
  }

  /** Most messages of a kind that are in one inbox. */
  longest(isOfKind: (message: number) => boolean): number {
    return Math.max(0, ...this.#inboxes.values.map((inbox) => inbox.filter(isOfKind).length));
  }

  /** The configuration with one message more. */
  add(configuration: number, message: number): number {
    const known = this.#added[message]?.[configuration];
    if (known !== undefined && known > 0) return known - 1;
    const inbox = this.#shared.messages.add(this.inboxOf(configuration), message);
    const next = this.#numberOf(this.stateOf(configuration), inbox);
    const row = withRoomFor(configuration, this.#added[message]);
    row[configuration] = next + 1;
    this.#added[message] = row;
    return next;
  }

  /** Where the row of a configuration begins. */
  row(configuration: number): number {
    const known = this.#rowAt.data[configuration] as number;
    if (known >= 0) return known;
    const events = [...this.#arrivals(configuration), ...this.#timers(configuration)];
    const at = this.#shared.rows.append(events.length, ...events.flat());
    this.#rowAt.data[configuration] = at;
    return at;
  }

  #arrivals(configuration: number): number[][] {
    const { messages } = this.#shared;
    const [state, inbox] = [this.stateOf(configuration), this.inboxOf(configuration)];
    return inbox
      .filter((number) => messages.mayArrive(inbox, number))
      .map((number) => {
        const { from, link, event } = messages.of(number);
        const { next, ...reaction } = this.#states.on(state, event);
        const lost = this.#numberOf(state, messages.without(inbox, number));
        const after = this.#numberOf(next, messages.arrived(inbox, number));
        return [(link << fieldBits) + from, after, this.#outcome(reaction), lost, number];
      });
  }

  #timers(configuration: number): number[][] {
    const [state, inbox] = [this.stateOf(configuration), this.inboxOf(configuration)];
    return this.#states.timersOf(state).map((timer) => {
      const { next, ...reaction } = this.#states.onTimer(state, timer);
      return [-1, this.#numberOf(next, inbox), this.#outcome(reaction), -1, timer[0]];
    });
  }

  /** Where [next configuration, outcome] of a step of the environment that happens to the party begins. */
  onStep(configuration: number, step: number): number {
    const known = this.#afterStep.get(configuration, step);
    if (known >= 0) return known;
    const { definition, messages, rows } = this.#shared;
    const event = definition.steps[step]?.event ?? -1;
    const { next, sends, sightings } = this.#states.on(this.stateOf(configuration), event);
    const after = this.#numberOf(next, messages.after(this.inboxOf(configuration), event));
    const at = rows.append(after, this.#outcome({ sends, sightings: [environmentSighting, ...sightings] }));
    this.#afterStep.add(configuration, step, at);
    return at;
  }

  stateOf = (configuration: number): number => this.#stateOf.data[configuration] as number;

  inboxOf = (configuration: number): Inbox => this.#inboxes.of(this.#inboxOf.at(configuration));

  #outcome(reaction: Omit<Reaction, 'next'>): number {
    return outcomeOf(this.#shared, reaction);
  }

  #numberOf(state: number, inbox: Inbox): number {
    const inboxNumber = this.#inboxes.idOf(inbox);
    const known = this.#numbers.get(state, inboxNumber);
    if (known >= 0) return known;
    const number = this.#stateOf.push(state);
    this.#inboxOf.push(inboxNumber);
    this.#rowAt.push(-1);
    this.#numbers.add(state, inboxNumber, number);
    return number;
  }
}

/** The position of an outcome. Equal ones have the same; that of nothing at all is 0. */
export function outcomeOf(shared: Shared, { sends, sightings }: Omit<Reaction, 'next'>): number {
  const { messages, outcomes, outcomeAt } = shared;
  const seen = shared.sightings.idOf(sightings);
  const key = `${seen}:${sends.join()}`;
  const known = outcomeAt.get(key);
  if (known !== undefined) return known;
  const sent = sends.flatMap((number) => [messages.of(number).to, number]);
  const at = outcomes.append(seen, sends.length, ...sent);
  outcomeAt.set(key, at);
  return at;
}

/** The array, or a longer one, in which there is an entry of that number. */
function withRoomFor(entry: number, array: Int32Array = new Int32Array(64)): Int32Array {
  if (entry < array.length) return array;
  const grown = new Int32Array(Math.max(2 * array.length, entry + 1));
  grown.set(array);
  return grown;
}
