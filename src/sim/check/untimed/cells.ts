import { partyNames } from '../../../machines/messages.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { sightingTable } from '../../world/eventTable.ts';
import type { Inbox, Messages } from './messages.ts';
import { Numbers } from './numbers.ts';
import type { Observers } from './observers.ts';
import { PairTable } from './pairTable.ts';
import type { PartyStates, Reaction } from './partyStates.ts';

/** What all parties of an exploration share. */
export interface Shared {
  readonly definition: WorldDefinition;
  readonly messages: Messages;
  readonly observers: Observers;
  /** Rows of all cells, see `row`, and what steps lead to, see `onStep`. */
  readonly rows: Numbers;
  /**
   * What events do beyond their own party: [sightings, number of messages, (receiver, message)...]. At 0: nothing.
   * Equal ones have the same position.
   */
  readonly outcomes: Numbers;
  readonly outcomeAt: Map<string, number>;
}

/** Numbers per event in a row, and before the first. */
export const rowHead = 2;
export const rowStride = 5;

/** In the second number of a row: whether some event of it shows something. The lower bits: to whom it may send. */
export const showsBit = 1 << partyNames.length;

/** What is seen of every step of the environment. */
export const environmentSighting = sightingTable.idOf({ type: 'environment' });

/** The cells of one party as numbers. A cell is a party's state with its armed timers and its inbox. */
export class Cells {
  readonly initial: number;
  readonly #states: PartyStates;
  readonly #shared: Shared;
  readonly #inboxes: Inbox[] = [];
  readonly #inboxNumbers = new Map<string, number>();
  readonly #numbers = new PairTable();
  readonly #stateOf = new Numbers();
  readonly #inboxOf = new Numbers();
  readonly #rowAt = new Numbers();
  readonly #added = new PairTable();
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
    const tables = [this.#numbers, this.#stateOf, this.#inboxOf, this.#rowAt, this.#added, this.#afterStep];
    return tables.reduce((sum, { bytes }) => sum + bytes, 200 * this.#inboxes.length);
  }

  /** Most messages of a kind that are in one inbox. */
  longest(isOfKind: (message: number) => boolean): number {
    return Math.max(0, ...this.#inboxes.map((inbox) => inbox.filter(isOfKind).length));
  }

  /** The cell with one message more. */
  add(cell: number, message: number): number {
    const known = this.#added.get(cell, message);
    if (known >= 0) return known;
    const inbox = this.#shared.messages.add(this.inboxOf(cell), message);
    const next = this.#numberOf(this.stateOf(cell), inbox);
    this.#added.add(cell, message, next);
    return next;
  }

  /**
   * Where the row of a cell begins: everything that can happen to its party but for steps of the environment.
   * [number of events, to whom they send and whether they show, then per event: link and sender of the message or -1
   * for a timer, the next cell, the outcome, the cell if the message is lost, the message or the timer].
   */
  row(cell: number): number {
    const known = this.#rowAt.array[cell] as number;
    if (known >= 0) return known;
    const { messages, rows, outcomes } = this.#shared;
    const [state, inbox] = [this.stateOf(cell), this.inboxOf(cell)];
    const events: number[][] = [];
    for (const number of inbox.filter((one) => messages.mayArrive(inbox, one))) {
      const { from, link, event } = messages.of(number);
      const { next, ...reaction } = this.#states.on(state, event);
      const lost = this.#numberOf(state, messages.without(inbox, number));
      const after = this.#numberOf(next, messages.arrived(inbox, number));
      events.push([link * 8 + from, after, this.#outcome(reaction), lost, number]);
    }
    for (const timer of this.#states.timersOf(state)) {
      const { next, ...reaction } = this.#states.onTimer(state, timer);
      events.push([-1, this.#numberOf(next, inbox), this.#outcome(reaction), -1, timer[0]]);
    }
    const effects = events.reduce((so, [, , outcome = 0]) => so | effectsOf(outcomes.array, outcome), 0);
    const at = rows.append(events.length, effects, ...events.flat());
    this.#rowAt.array[cell] = at;
    return at;
  }

  /** Where [next cell, outcome] of a step of the environment that happens to the party begins. */
  onStep(cell: number, step: number): number {
    const known = this.#afterStep.get(cell, step);
    if (known >= 0) return known;
    const { definition, messages, rows } = this.#shared;
    const event = definition.steps[step]?.event ?? -1;
    const { next, sends, sightings } = this.#states.on(this.stateOf(cell), event);
    const after = this.#numberOf(next, messages.after(this.inboxOf(cell), event));
    const at = rows.append(after, this.#outcome({ sends, sightings: [environmentSighting, ...sightings] }));
    this.#afterStep.add(cell, step, at);
    return at;
  }

  stateOf = (cell: number): number => this.#stateOf.array[cell] as number;

  inboxOf = (cell: number): Inbox => this.#inboxes[this.#inboxOf.array[cell] as number] as Inbox;

  #outcome(reaction: Omit<Reaction, 'next'>): number {
    return outcomeOf(this.#shared, reaction);
  }

  #numberOf(state: number, inbox: Inbox): number {
    const inboxNumber = this.#inboxNumber(inbox);
    const known = this.#numbers.get(state, inboxNumber);
    if (known >= 0) return known;
    const number = this.#stateOf.append(state);
    this.#inboxOf.append(inboxNumber);
    this.#rowAt.append(-1);
    this.#numbers.add(state, inboxNumber, number);
    return number;
  }

  #inboxNumber(inbox: Inbox): number {
    const key = inbox.join();
    const known = this.#inboxNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#inboxes.push(inbox) - 1;
    this.#inboxNumbers.set(key, number);
    return number;
  }
}

/** The position of an outcome. */
export function outcomeOf(shared: Shared, { sends, sightings }: Omit<Reaction, 'next'>): number {
  const { messages, observers, outcomes, outcomeAt } = shared;
  const seen = observers.sightingsOf(sightings);
  const key = `${seen}:${sends.join()}`;
  const known = outcomeAt.get(key);
  if (known !== undefined) return known;
  const at = outcomes.append(seen, sends.length, ...sends.flatMap((number) => [messages.of(number).to, number]));
  outcomeAt.set(key, at);
  return at;
}

function effectsOf(outcomes: Int32Array, at: number): number {
  let effects = outcomes[at] === 0 ? 0 : showsBit;
  const end = at + 2 + 2 * (outcomes[at + 1] as number);
  for (let send = at + 2; send < end; send += 2) effects |= 1 << (outcomes[send] as number);
  return effects;
}
