import type { Certificate } from '../sim/certificate/certificate.ts';
import { localName } from '../sim/certificate/names.ts';
import { eventTable } from '../sim/system/eventTable.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { mayOutdate } from '../sim/world/linkRules.ts';
import { Refusal } from './refusal.ts';

/**
 * What a certificate leaves out as inert: a message, for a party in some of its local states. That is sound where the party
 * ignores it in each of them, and where no step leads from one of them to another local state. Then each run of the world
 * is one that is followed here, with arrivals in between that change nothing.
 */
export class Inert {
  readonly #definition: WorldDefinition;
  readonly #names: readonly ReadonlyMap<string, number>[];
  /** Per party, the place of each local state in the certificate, and which one is at each place. */
  readonly #places: Map<number, number>[];
  readonly #locals: Map<number, number>[];
  /** Per party and place, the messages that are left out. */
  readonly #claims: Map<number, Set<number>>[];
  readonly #justified = new Set<string>();

  constructor(definition: WorldDefinition, { locals, inert }: Certificate) {
    this.#definition = definition;
    this.#names = locals.map((names) => new Map(names.map((name, place) => [name, place])));
    this.#places = definition.parties.map(() => new Map());
    this.#locals = definition.parties.map(() => new Map());
    this.#claims = definition.parties.map(() => new Map());
    for (const [party, message, places] of inert) {
      for (const place of places) {
        const messages = this.#claims[party]?.get(place) ?? new Set<number>();
        this.#claims[party]?.set(place, messages.add(eventTable.idOf(message)));
      }
    }
  }

  /** The place of a local state in the certificate; -1 where it has none. */
  placeOf(party: number, local: number): number {
    const places = this.#places[party] as Map<number, number>;
    const known = places.get(local);
    if (known !== undefined) return known;
    const table = this.#definition.parties[party];
    const place = (table && this.#names[party]?.get(localName(table, local))) ?? -1;
    const other = this.#locals[party]?.get(place);
    if (place >= 0 && other !== undefined) throw new Refusal(`two local states of ${table?.party} have one name`);
    places.set(local, place);
    this.#locals[party]?.set(place, local);
    return place;
  }

  readonly has = (party: number, local: number, event: number): boolean => {
    if (!this.#claims[party]?.get(this.placeOf(party, local))?.has(event)) return false;
    this.#justify(party, local, event);
    return true;
  };

  /** Takes note of a step: what is left out before it must be left out after it. */
  step(before: readonly number[], after: readonly number[]): void {
    for (const [party, from] of before.entries()) {
      const to = after[party] as number;
      if (from === to) continue;
      for (const event of this.#claims[party]?.get(this.placeOf(party, from)) ?? []) {
        if (this.has(party, to, event)) continue;
        throw new Refusal(`${this.#said(party, event)} is left out as inert, but a step leads to where it is not`);
      }
    }
  }

  #justify(party: number, local: number, event: number): void {
    const key = `${party} ${local} ${event}`;
    if (this.#justified.has(key)) return;
    const reaction = this.#definition.parties[party]?.react(local, event);
    const isIgnored = reaction?.next === local && reaction.effects.length + reaction.sightings.length === 0;
    if (!isIgnored || mayOutdate(this.#definition, event))
      throw new Refusal(`${this.#said(party, event)} is left out as inert, but it has an effect`);
    this.#justified.add(key);
  }

  #said(party: number, event: number): string {
    return `${eventTable.of(event).type} to ${this.#definition.parties[party]?.party}`;
  }
}
