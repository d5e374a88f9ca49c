/** Something that is due at some time. */
interface Due {
  readonly dueMs: number;
}

/** What is due first comes first; of several at the same instant, the one with the lower number. */
export class DueHeap {
  readonly #all: readonly Due[];
  /** Numbers of what waits, as a binary heap. */
  readonly #heap: number[] = [];

  constructor(all: readonly Due[]) {
    this.#all = all;
    for (let one = 0; one < all.length; one++) {
      this.#heap.push(one);
      this.#rise(one);
    }
  }

  /** The number of what is due first. */
  get first(): number {
    return this.#heap[0] as number;
  }

  /** Finds its place again for what was due first, which now is due at another time. */
  settle(): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && this.#isBefore(heap[child] as number, heap[least] as number)) least = child;
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least] as number, heap[at] as number];
      at = least;
    }
  }

  #rise(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(heap[at] as number, heap[parent] as number)) return;
      [heap[at], heap[parent]] = [heap[parent] as number, heap[at] as number];
      at = parent;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#all[one] as Due, this.#all[other] as Due];
    return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && one < other);
  }
}
