import type { AnyProperty } from '../system/property.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { Seen } from '../world/partyTable.ts';
import { type Change, type Combination, type Combinations, combinationsIn } from './combinations.ts';
import { firstMsOf, Watches } from './watches.ts';

/** The properties during one of many runs, which share what was computed of all of them together. */
export class QuickWatches extends Watches {
  readonly #combinations: Combinations;
  /** Null from where none is kept on. */
  #combination: Combination | null;

  constructor(definition: WorldDefinition, properties?: readonly AnyProperty[]) {
    super(definition, properties);
    this.#combinations = combinationsIn(this.tables);
    this.#combination = this.#combinations.initial;
  }

  override advance(nowMs: number, step: number): boolean {
    if (!super.advance(nowMs, step)) return false;
    this.#combination &&= this.#combinations.of(this.watches.map(({ state }) => state));
    return true;
  }

  override see(seen: Seen, nowMs: number, step: number): void {
    if (seen.sightings.length === 0) return;
    const change = this.#combination && this.#combinations.change(this.#combination, seen.list, seen.sightings);
    if (change === null) {
      this.#combination = null;
      super.see(seen, nowMs, step);
    } else if (change.entered.length > 0) this.#enter(change, nowMs, step);
  }

  #enter({ to, entered }: Change, nowMs: number, step: number): void {
    this.#combination = to;
    for (let index = 0; index < entered.length; index++) {
      const { property, state } = entered[index] as Change['entered'][number];
      this.watches[property]?.enter(state, nowMs, step);
    }
    this.nextMs = firstMsOf(this.watches);
  }
}
