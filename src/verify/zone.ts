import type { Window } from '../sim/data/window.ts';

/**
 * Dates of pending events, as all that bounds each other: entry [i][j] is the most by which event i comes after event j.
 * Event 0 is the present. Dill, CAV 1989.
 */
export class Zone {
  readonly size: number;
  readonly #most: number[];
  /** Events about which something has been demanded since it was closed. */
  #open: number[];

  constructor(size: number, most = new Array<number>(size * size).fill(Number.POSITIVE_INFINITY), open: number[] = []) {
    this.size = size;
    this.#most = most;
    this.#open = open;
    for (let event = 0; event < size; event++) most[event * size + event] = 0;
  }

  copy(): Zone {
    return new Zone(this.size, this.#most.slice(), this.#open.slice());
  }

  /** The most by which one event comes after another one. */
  most(one: number, other: number): number {
    return this.#most[one * this.size + other] as number;
  }

  /** Demands that one event comes at most `ms` after another one. */
  demand(one: number, other: number, ms: number): this {
    const at = one * this.size + other;
    if (ms >= (this.#most[at] as number)) return this;
    this.#most[at] = ms;
    for (const event of [one, other]) if (!this.#open.includes(event)) this.#open.push(event);
    return this;
  }

  /** Demands that an event comes within a window from now on. */
  demandWindow(event: number, [earliest, latest]: Window): this {
    return this.demand(event, 0, latest).demand(0, event, -earliest);
  }

  /**
   * Draws every conclusion: Floyd and Warshall, through the events about which something new is demanded. False where no
   * dates are left.
   */
  close(): boolean {
    const { size } = this;
    const most = this.#most;
    for (const through of this.#open) {
      for (let one = 0; one < size; one++) {
        const first = most[one * size + through] as number;
        if (first === Number.POSITIVE_INFINITY) continue;
        for (let other = 0; other < size; other++) {
          const sum = first + (most[through * size + other] as number);
          if (sum < (most[one * size + other] as number)) most[one * size + other] = sum;
        }
      }
    }
    this.#open = [];
    for (let event = 0; event < size; event++) if (this.most(event, event) < 0) return false;
    return true;
  }

  /** The dates of some of the events, from one of them on; what is at 0 is an event of which nothing is known. */
  among(events: readonly number[]): Zone {
    const { length } = events;
    const among = new Zone(length);
    for (let one = 0; one < length; one++) {
      const from = events[one] as number;
      for (let other = 0; from > 0 && other < length; other++) {
        const to = events[other] as number;
        if (to > 0) among.#most[one * length + other] = this.most(from, to);
      }
    }
    return among;
  }

  /** Two events, the first of which may come later after the second one here than in another zone; null where none do. */
  beyond(other: Zone): [number, number] | null {
    for (let at = 0; at < this.#most.length; at++) {
      if ((this.#most[at] as number) > (other.#most[at] as number)) return [Math.floor(at / this.size), at % this.size];
    }
    return null;
  }
}

/** Reads a zone: two events each, 0 for the present, and the most by which the first comes after the second. Null for none. */
export function readZone(numbers: readonly number[], events: number): Zone | null {
  const zone = new Zone(events + 1);
  for (let event = 1; event <= events; event++) zone.demand(0, event, 0);
  for (let at = 0; at < numbers.length; at += 3) {
    const [one, other] = [numbers[at] as number, numbers[at + 1] as number];
    if (at + 2 >= numbers.length || !isEvent(one, events) || !isEvent(other, events)) return null;
    zone.demand(one, other, numbers[at + 2] as number);
  }
  return zone.close() ? zone : null;
}

const isEvent = (value: number, events: number): boolean => value >= 0 && value <= events;

/** Whether an event (1 is the first) can be the next one; where it is the last of its date, all others can be later. */
export function isFirable(zone: Zone, event: number, isLast: boolean): boolean {
  for (let other = 1; other < zone.size; other++) {
    if (other !== event && zone.most(other, event) < (isLast ? 1 : 0)) return false;
  }
  return true;
}

/** The dates at which a firable event is the next one. */
export function whereFirst(zone: Zone, event: number): Zone {
  const first = zone.copy();
  for (let other = 1; other < zone.size; other++) first.demand(event, other, 0);
  first.close();
  return first;
}

/** A new event: its place (1 is the first), its window, and the place of the one that it may not overtake, 0 for none. */
export interface Added {
  readonly event: number;
  readonly window: Window;
  readonly behind: number;
}

/**
 * The zones after an event, where it is the next one in `first`: the present is then its date. `origins`: which one before
 * it each of the pending events was, 0 for new ones.
 */
export function zonesAfter(first: Zone, fired: number, origins: readonly number[], added: readonly Added[]): Zone[] {
  let zones = [first.among([fired, ...origins])];
  for (const one of added) zones = zones.flatMap((zone) => withNew(zone, one));
  return zones.filter((one) => one.close());
}

/** A new event: within its window, or with the one before it on its connection where that is later. */
function withNew(zone: Zone, { event, window, behind }: Added): Zone[] {
  const late = behind > 0 && zone.most(behind, 0) > window[1] ? [zone.copy()] : [];
  for (const one of late) one.demand(event, behind, 0).demand(behind, event, 0).demand(0, behind, -window[0]);
  zone.demandWindow(event, window);
  if (behind > 0) zone.demand(behind, event, 0);
  return [zone, ...late];
}
