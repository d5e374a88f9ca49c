const slots = 1 << 8;

/** The places that a sink has given out lately, so that states of the same block need not be looked up each by itself. */
export class PlaceMemo {
  /** Per slot: the turn in which it was filled, what the place is for, and the place. */
  readonly #entries = new Int32Array(4 * slots);
  #turn = 0;

  /** Forgets all places. */
  clear(): void {
    this.#turn++;
  }

  /** The place for something in a block, or -1 where it is not known. */
  get(block: number, what: number): number {
    const at = slotOf(block, what);
    const entries = this.#entries;
    if (entries[at] !== this.#turn || entries[at + 1] !== block || entries[at + 2] !== what) return -1;
    return entries[at + 3] as number;
  }

  /** Remembers a place. */
  set(block: number, what: number, place: number): void {
    const at = slotOf(block, what);
    this.#entries[at] = this.#turn;
    this.#entries[at + 1] = block;
    this.#entries[at + 2] = what;
    this.#entries[at + 3] = place;
  }
}

const slotOf = (block: number, what: number): number => 4 * ((block * 21 + what) & (slots - 1));
