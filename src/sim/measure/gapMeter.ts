import { noBlackout } from '../properties/registrations.ts';
import { Histogram } from '../statistics/histogram.ts';
import { type AnyProperty, PropertyTable } from '../system/property.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { Fired } from '../world/world.ts';
import type { Measured } from './measured.ts';

/** The times in which nothing can reach the user: those whose length `noBlackout` bounds. */
export class GapMeter {
  readonly #table: PropertyTable;
  readonly #fromMs: number;
  readonly #gapMs = new Histogram();
  /** By state and list of sightings, whether that leaves it in that state all along. */
  readonly #stays: (true | undefined)[][] = [];
  #gapsOpen = 0;
  #unreachableMs = 0;
  #state = 0;
  #sinceMs: number | null = null;

  constructor({ scenario }: WorldDefinition, fromMs: number) {
    this.#fromMs = fromMs;
    this.#table = new PropertyTable(noBlackout as unknown as AnyProperty, scenario);
  }

  begin(): void {
    this.#state = this.#table.initial;
    this.#sinceMs = null;
  }

  happened({ reaction }: Fired, nowMs: number): void {
    if (reaction === null || this.#stays[this.#state]?.[reaction.list]) return;
    const before = this.#state;
    let isLeft = false;
    for (const sighting of reaction.sightings) {
      const next = this.#table.next(this.#state, sighting);
      if (next === this.#state) continue;
      isLeft = true;
      this.#enter(next, nowMs);
    }
    if (isLeft) return;
    this.#stays[before] ??= [];
    (this.#stays[before] as true[])[reaction.list] = true;
  }

  end(nowMs: number): void {
    if (this.#sinceMs === null) return;
    this.#gapsOpen++;
    this.#unreachableMs += nowMs - Math.max(this.#sinceMs, this.#fromMs);
  }

  measured(): Pick<Measured, 'gapMs' | 'gapsOpen' | 'unreachableMs'> {
    return { gapMs: this.#gapMs.distribution(), gapsOpen: this.#gapsOpen, unreachableMs: this.#unreachableMs };
  }

  #enter(state: number, nowMs: number): void {
    this.#state = state;
    // What it demands an end of is the gap.
    const isDark = this.#table.obligations(state).length > 0;
    if (isDark) this.#sinceMs ??= nowMs;
    else if (this.#sinceMs !== null) {
      // Within an instant there is no gap.
      const fromMs = Math.max(this.#sinceMs, this.#fromMs);
      if (nowMs > fromMs) {
        this.#gapMs.add(nowMs - this.#sinceMs);
        this.#unreachableMs += nowMs - fromMs;
      }
      this.#sinceMs = null;
    }
  }
}
