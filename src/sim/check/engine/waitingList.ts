import { IntVector } from '../../data/intVector.ts';

/** In which order classes are expanded: fewest events first, newest first, or lowest cost first. */
export type ExplorationOrder = 'breadthFirst' | 'depthFirst' | 'cheapestFirst';

/** The classes that wait to be expanded. */
export class WaitingList {
  readonly #order: ExplorationOrder;
  readonly #waiting = new IntVector();
  #taken = 0;
  readonly #costs: number[] = [];
  readonly #heap: number[] = [];

  constructor(order: ExplorationOrder) {
    this.#order = order;
  }

  get length(): number {
    return this.#order === 'cheapestFirst' ? this.#heap.length : this.#waiting.length - this.#taken;
  }

  /** `cost` is what `cheapestFirst` goes by; of equal ones the newest comes first. */
  add(id: number, cost: number): void {
    if (this.#order === 'cheapestFirst') this.#rise(id, cost);
    else this.#waiting.push(id);
  }

  take(): number {
    if (this.#order === 'cheapestFirst') return this.#sink();
    if (this.#order === 'breadthFirst') return this.#waiting.at(this.#taken++);
    return this.#waiting.at(--this.#waiting.length);
  }

  #isBefore(one: number, other: number): boolean {
    const difference = (this.#costs[one] as number) - (this.#costs[other] as number);
    return difference < 0 || (difference === 0 && one > other);
  }

  #rise(id: number, cost: number): void {
    this.#costs[id] = cost;
    let at = this.#heap.push(id) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(id, this.#heap[parent] as number)) break;
      this.#heap[at] = this.#heap[parent] as number;
      at = parent;
    }
    this.#heap[at] = id;
  }

  #sink(): number {
    const first = this.#heap[0] as number;
    const last = this.#heap.pop() as number;
    if (this.#heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#heap.length) break;
      if (child + 1 < this.#heap.length && this.#isBefore(this.#heap[child + 1] as number, this.#heap[child] as number))
        child++;
      if (!this.#isBefore(this.#heap[child] as number, last)) break;
      this.#heap[at] = this.#heap[child] as number;
      at = child;
    }
    this.#heap[at] = last;
    return first;
  }
}
