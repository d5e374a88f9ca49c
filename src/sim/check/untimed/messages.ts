import { PairTable } from '../../data/pairTable.ts';
import { mostLinks, mostParties, type WorldDefinition } from '../../world/definition.ts';

/** A message that may be under way. */
export interface Message {
  readonly from: number;
  readonly to: number;
  readonly link: number;
  readonly event: number;
  /** Whether its link keeps the order. */
  readonly ordered: boolean;
  /**
   * Whether it matters what was sent before it: on ordered links, and among the messages of a sender of which an older one is
   * outdated by a newer one that overtakes it.
   */
  readonly inOrder: boolean;
}

/** The messages under way to one party: those in order by sender and link, oldest first; then the others by number. */
export type Inbox = readonly number[];

/** How many copies of a message can be under way at a time: sending it again has no effect. */
export const mostEqualMessages = 1;

/** The messages of an exploration as numbers, and what can become of an inbox. */
export class Messages {
  readonly all: Message[] = [];
  readonly #links: WorldDefinition['links'];
  readonly #rules: WorldDefinition['rules'];
  readonly #numbers = new PairTable();

  constructor({ links, rules }: WorldDefinition) {
    this.#rules = rules;
    this.#links = links;
  }

  of(number: number): Message {
    return this.all[number] as Message;
  }

  numberOf(from: number, to: number, link: number, event: number): number {
    const way = (from * mostParties + to) * mostLinks + link;
    const known = this.#numbers.get(way, event);
    if (known >= 0) return known;
    const ordered = this.#links[link]?.ordered === true;
    const inOrder = ordered || this.#rules.outdates(event, link);
    const number = this.all.push({ from, to, link, event, ordered, inOrder }) - 1;
    this.#numbers.add(way, event, number);
    return number;
  }

  /** The inbox with one message more: see `mostEqualMessages`. */
  add(inbox: Inbox, number: number): Inbox {
    if (inbox.includes(number)) return inbox;
    const rank = this.#rank(number);
    const after = inbox.findIndex((other) => this.#rank(other) > rank);
    return after < 0 ? [...inbox, number] : inbox.toSpliced(after, 0, number);
  }

  /** Whether a message of the inbox may arrive next: on an ordered link only the one sent first. */
  mayArrive(inbox: Inbox, number: number): boolean {
    const { from, link, ordered } = this.of(number);
    return !ordered || inbox.find((other) => this.of(other).from === from && this.of(other).link === link) === number;
  }

  without = (inbox: Inbox, number: number): Inbox => inbox.filter((other) => other !== number);

  /** The inbox once a message of it has arrived: older messages of the same sender may be outdated by a newer one. */
  arrived(inbox: Inbox, number: number): Inbox {
    const { from, to, link, event } = this.of(number);
    const others = this.without(inbox, number);
    if (!this.#rules.outdates(event, link)) return others;
    const rank = this.#rank(number);
    const older = inbox.slice(0, inbox.indexOf(number)).filter((other) => this.#rank(other) === rank);
    const outdated = (other: number) => this.#rules.outdatedBy(event, this.of(other).event, link);
    const changed = older.map((other) => this.numberOf(from, to, link, outdated(other)));
    const rest = others.filter((other) => !older.includes(other));
    return changed.reduce<Inbox>((so, other) => this.add(so, other), rest);
  }

  /** The inbox after a step of the environment. */
  after(inbox: Inbox, stepEvent: number): Inbox {
    return inbox.filter((number) => !this.#rules.isLostBy(stepEvent, this.of(number).to, this.of(number).link));
  }

  /** In order: by sender and link, new ones last. The others: by number. */
  #rank(number: number): number {
    const { from, link, inOrder } = this.of(number);
    return inOrder ? from * mostLinks + link : mostParties * mostLinks + number;
  }
}
