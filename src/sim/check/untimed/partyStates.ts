import { Interned } from '../../data/interned.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { linkOf } from '../../world/linkOf.ts';
import type { Effect } from '../../world/partyReaction.ts';
import type { PartyReaction, PartyTable } from '../../world/partyTable.ts';
import type { Messages } from './messages.ts';

/** A timer by its identity and the event that it ends in. */
export type Timer = readonly [timer: number, event: number];

/** What a party does on an event, without a word about time. */
export interface Reaction {
  readonly next: number;
  /** The messages sent, in order. */
  readonly sends: readonly number[];
  readonly sightings: readonly number[];
}

interface PartyState {
  readonly local: number;
  readonly timers: readonly Timer[];
}

/** A party with its armed timers as numbers: what it does on an event depends on nothing else. */
export class PartyStates {
  readonly party: number;
  readonly initial: Reaction;
  readonly #definition: WorldDefinition;
  readonly #table: PartyTable;
  readonly #messages: Messages;
  readonly #states = new Interned<PartyState>(({ local, timers }) => `${local}:${timers.join(' ')}`);
  readonly #reactions: (Reaction | undefined)[][] = [];

  constructor(party: number, definition: WorldDefinition, messages: Messages) {
    this.party = party;
    this.#definition = definition;
    this.#table = definition.parties[party] as PartyTable;
    this.#messages = messages;
    this.initial = this.#reaction(this.#table.initial, []);
  }

  get count(): number {
    return this.#states.count;
  }

  /** The timers that are armed in a state, by identity. */
  timersOf(state: number): readonly Timer[] {
    return this.#states.of(state).timers;
  }

  /** On a message or on an event of the environment. */
  on(state: number, event: number): Reaction {
    return this.#react(state, event, -1);
  }

  /** What `on` has already found out. */
  known(state: number, event: number): Reaction | undefined {
    return this.#reactions[state]?.[2 * event];
  }

  /** When an armed timer goes off. */
  onTimer(state: number, [timer, event]: Timer): Reaction {
    return this.#react(state, event, timer);
  }

  #react(state: number, event: number, fired: number): Reaction {
    const reactions = this.#reactions[state] ?? [];
    this.#reactions[state] = reactions;
    const key = fired < 0 ? 2 * event : 2 * fired + 1;
    const known = reactions[key];
    if (known !== undefined) return known;
    const { local, timers } = this.#states.of(state);
    const left = timers.filter(([timer]) => timer !== fired);
    const reaction = this.#reaction(this.#table.react(local, event), left);
    reactions[key] = reaction;
    return reaction;
  }

  #reaction({ next, effects, sightings }: PartyReaction, armed: readonly Timer[]): Reaction {
    const timers = new Map(armed);
    const sends: number[] = [];
    for (const effect of effects) {
      if (effect.type === 'arm') timers.set(effect.timer, effect.event);
      else if (effect.type === 'cancel') timers.delete(effect.timer);
      else sends.push(this.#messageOf(effect, next));
    }
    const sorted = [...timers].sort(([one], [other]) => one - other);
    return { next: this.#states.idOf({ local: next, timers: sorted }), sends, sightings };
  }

  #messageOf(sending: Effect, local: number): number {
    const link = linkOf(this.#definition, this.party, sending, local);
    return this.#messages.numberOf(this.party, sending.to, link, sending.event);
  }
}
