import type { HandOver, LossOfBinding, Moment } from './registrations.ts';
import type { Side } from './sides.ts';
import { grown, nothing, SmallMap } from './smallMap.ts';

/** What is known when a contact is bound that was not bound before. */
export interface Newcomer {
  readonly side: Side;
  readonly at: Moment;
  /** Other sides that are bound, but for those of which an un-REGISTER is under way. */
  readonly others: readonly Side[];
  /** Whether the same REGISTER removed a contact of somebody else. */
  readonly removesOther: boolean;
}

/** A later un-REGISTER than that says nothing any more about the hand-over before it. */
const openForMs = 10_000;

/** Follows who owns the registration, and in which order it changes hands. */
export class HandOvers {
  #all: HandOver[] = nothing;
  #owner: Side | null = null;
  #open: HandOver | null = null;
  #lastLoss: SmallMap<Side, { readonly cause: LossOfBinding; readonly at: Moment }> | null = null;

  /** Everything it knows, from which it can be made again. */
  get state() {
    return [this.#all, this.#owner, this.#open, this.#lastLoss] as const;
  }

  static restored([all, owner, open, lastLoss]: HandOvers['state']): HandOvers {
    const handOvers = new HandOvers();
    handOvers.#all = all;
    handOvers.#owner = owner;
    handOvers.#open = open;
    handOvers.#lastLoss = lastLoss;
    return handOvers;
  }

  get all(): readonly HandOver[] {
    return this.#all;
  }

  bound({ side, at, others, removesOther }: Newcomer): void {
    const from = this.#owner;
    this.#owner = side;
    if (from === null || from === side) return;
    this.#decide('takeover');
    const loss = this.#lastLoss?.get(from);
    const handOver: HandOver = { from, to: side, at, order: null };
    this.#all = grown(this.#all, handOver);
    if (removesOther) handOver.order = 'swap';
    else if (others.includes(from)) this.#open = handOver;
    else if (loss?.cause === 'replaced') handOver.order = 'takeover';
    else handOver.order = loss?.cause === 'expired' ? 'afterExpiry' : 'unregisterFirst';
  }

  lost(side: Side, cause: LossOfBinding, at: Moment): void {
    this.#lastLoss ??= new SmallMap();
    this.#lastLoss.set(side, { cause, at });
    const open = this.#open;
    if (open === null || cause !== 'unregistered') return;
    if (open.from === side) this.#decide('registerFirst');
    else if (open.to === side) {
      this.#decide('cameAndWent');
      this.#owner = open.from;
    }
  }

  /** A hand-over just before the end of the capture stays undecided: an un-REGISTER may have followed. */
  end(endMs: number): void {
    if (this.#open !== null && endMs - this.#open.at.replyMs >= openForMs) this.#decide('takeover');
  }

  #decide(order: NonNullable<HandOver['order']>): void {
    if (this.#open !== null) this.#open.order = order;
    this.#open = null;
  }
}
