/**
 * Dates of pending events, as all that bounds each other: entry [i][j] is the most by which event i comes after event j.
 * Event 0 is the present. Every conclusion is drawn, always: Dill, CAV 1989.
 */
export class Zone {
  readonly size: number;
  /** Whether no dates are left. */
  isEmpty = false;
  readonly #most: number[];

  constructor(size: number, most = new Array<number>(size * size).fill(Number.POSITIVE_INFINITY)) {
    this.size = size;
    this.#most = most;
    for (let event = 0; event < size; event++) most[event * size + event] = 0;
  }

  copy(): Zone {
    return new Zone(this.size, this.#most.slice());
  }

  /** The most by which one event comes after another one. */
  most(one: number, other: number): number {
    return this.#most[one * this.size + other] as number;
  }

  /** Demands that one event comes at most `ms` after another one: a step of Floyd and Warshall through the new bound. */
  demand(one: number, other: number, ms: number): this {
    const { size } = this;
    const most = this.#most;
    if (ms >= this.most(one, other)) return this;
    if (ms + this.most(other, one) < 0) this.isEmpty = true;
    for (let from = 0; from < size; from++) {
      const first = (most[from * size + one] as number) + ms;
      // What is bounded by `other` as tightly already learns nothing of what bounds that.
      if (first >= (most[from * size + other] as number)) continue;
      for (let to = 0, at = from * size; to < size; to++, at++) {
        const sum = first + (most[other * size + to] as number);
        if (sum < (most[at] as number)) most[at] = sum;
      }
    }
    return this;
  }

  /** Whether an event can be the next one; where it is the last of its date, all others can be later. */
  canBeNext(event: number, isLast: boolean): boolean {
    for (let other = 1; other < this.size; other++) {
      if (other !== event && this.most(other, event) < (isLast ? 1 : 0)) return false;
    }
    return true;
  }

  /**
   * The dates after an event that can be the next one, of which the date is then the present. `origins`: which event each of
   * those that are pending then was before, 0 for one of which nothing is known.
   */
  after(event: number, origins: readonly number[]): Zone {
    const { size } = this;
    const most = this.#most;
    // It comes before each other one, and so after anything by no more than the others do.
    const first = most.slice(event * size, (event + 1) * size);
    for (let other = size; other < most.length; other += size) {
      for (let to = 0; to < size; to++) {
        if ((most[other + to] as number) < (first[to] as number)) first[to] = most[other + to] as number;
      }
    }
    const kept = [event, ...origins];
    const after = new Zone(kept.length);
    for (let one = 0; one < kept.length; one++) {
      const from = (kept[one] as number) * size;
      // What bounds it bounds all others through it.
      const past = one === 0 ? 0 : (most[from + event] as number);
      for (let other = 0; other < kept.length && from > 0; other++) {
        const to = kept[other] as number;
        if (to === 0 || one === other) continue;
        const through = past + (first[to] as number);
        const before = one === 0 ? through : (most[from + to] as number);
        after.#most[one * kept.length + other] = before < through ? before : through;
      }
    }
    return after;
  }

  /** Whether all of these dates are within bounds: two events each, and the most by which the first comes after the second. */
  isWithin(bounds: readonly number[]): boolean {
    for (let at = 0; at < bounds.length; at += 3) {
      if (this.most(bounds[at] as number, bounds[at + 1] as number) > (bounds[at + 2] as number)) return false;
    }
    return true;
  }
}

/** The dates within bounds as a certificate says them, of so many events from the present on; null where there are none. */
export function readZone(bounds: readonly number[], events: number): Zone | null {
  const isEvent = (value: number | undefined) => value !== undefined && value >= 0 && value <= events;
  const zone = new Zone(events + 1);
  for (let event = 1; event <= events; event++) zone.demand(0, event, 0);
  for (let at = 0; at < bounds.length; at += 3) {
    if (at + 2 >= bounds.length || !isEvent(bounds[at]) || !isEvent(bounds[at + 1])) return null;
    zone.demand(bounds[at] as number, bounds[at + 1] as number, bounds[at + 2] as number);
  }
  return zone.isEmpty ? null : zone;
}
