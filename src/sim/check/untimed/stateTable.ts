/** Above this share of full slots the table grows, by this factor. */
const fullest = 0.75;
const growth = 2;
const smallest = 1 << 12;

/**
 * All states found so far, each with its ordinal and its parent's: a hash table with open addressing and the states
 * inline. It grows in place within memory that is reserved at once, which the operating system hands out page by page
 * as it is used; so growing never needs a second table.
 *
 * A slot is the words of the state, then its ordinal + 1, or 0 where the slot is free. While the table is arranged anew
 * the negative of it marks a state that has not yet found its place.
 */
export class StateTable {
  /** Number of states. */
  count = 0;
  /** What `touch` has read; kept so that it is read. */
  touched = 0;
  #words: number;
  #capacity = smallest;
  /** Slots per hash. */
  #scale = smallest / 2 ** 32;
  readonly #slots: Int32Array;
  readonly #parents: Int32Array;

  /** Reserves `bytes`, or as much of that as there is, for states of so many words. */
  constructor(bytes: number, words: number) {
    this.#words = words;
    const most = Math.max(smallest, Math.floor(bytes / (4 * (words + 1) + 4 * fullest)));
    this.#slots = reserved(most * (words + 1));
    this.#parents = reserved(Math.ceil((this.#slots.length / (words + 1)) * fullest) + 1);
  }

  /** Memory in use, in bytes. */
  get bytes(): number {
    return 4 * (this.#capacity * (this.#words + 1) + this.count);
  }

  /** The ordinal of the state from which a state was first reached. */
  parentOf(ordinal: number): number {
    return this.#parents[ordinal] as number;
  }

  /** The slot at which the search for a hash begins: slots are in the order of hashes. */
  home(hash: number): number {
    return ((hash >>> 0) * this.#scale) >>> 0;
  }

  /** Reads where the search for each hash begins, so that all that is in the cache when the searches come. */
  touch(hashes: Int32Array, count: number): void {
    const slots = this.#slots;
    const scale = this.#scale;
    const length = this.#words + 1;
    let touched = 0;
    for (let index = 0; index < count; index++) {
      const slot = (((hashes[index] as number) >>> 0) * scale) >>> 0;
      touched ^= slots[slot * length] as number;
    }
    this.touched = touched;
  }

  /** Makes room for so many states more, or says that there is none. */
  reserve(more: number): boolean {
    while (this.count + more > this.#capacity * fullest) {
      const capacity = Math.floor(this.#capacity * growth);
      if (capacity * (this.#words + 1) > this.#slots.length) return false;
      this.#capacity = capacity;
      this.#scale = capacity / 2 ** 32;
      this.#arrange((slot) => this.#mark(slot));
    }
    return true;
  }

  /**
   * Takes in states whose words follow each other. Writes the places of those that are new into `fresh` and returns how
   * many they are; they get the ordinals from `count` as it was before. There must be room: see `reserve`.
   */
  addAll(source: Int32Array, hashes: Int32Array, parents: Int32Array, count: number, fresh: Int32Array): number {
    const slots = this.#slots;
    const words = this.#words;
    const length = words + 1;
    const capacity = this.#capacity;
    const scale = this.#scale;
    let added = 0;
    for (let index = 0, at = 0; index < count; index++, at += words) {
      const first = source[at];
      const second = source[at + 1];
      const third = source[at + 2];
      let slot = (((hashes[index] as number) >>> 0) * scale) >>> 0;
      let base = slot * length;
      while (slots[base + words] !== 0) {
        const isSame = slots[base] === first && slots[base + 1] === second && slots[base + 2] === third;
        if (isSame && (words === 3 || this.#hasSameRest(base, source, at))) break;
        slot = slot + 1 === capacity ? 0 : slot + 1;
        base = slot * length;
      }
      if (slots[base + words] !== 0) continue;
      for (let word = 0; word < words; word++) slots[base + word] = source[at + word] as number;
      this.#parents[this.count] = parents[index] as number;
      slots[base + words] = ++this.count;
      fresh[added++] = index;
    }
    return added;
  }

  /** The ordinal of the state whose words begin at a position, or -1. */
  find(source: Int32Array, at: number, hash: number): number {
    return (this.#slots[this.#baseFor(source, at, hash) + this.#words] as number) - 1;
  }

  /** Where the slot begins that holds a state, or the free one that it belongs into. */
  #baseFor(source: Int32Array, at: number, hash: number): number {
    const slots = this.#slots;
    const words = this.#words;
    const first = source[at] as number;
    const second = source[at + 1] as number;
    const third = source[at + 2] as number;
    const capacity = this.#capacity;
    for (let slot = this.home(hash); ; slot = slot + 1 === capacity ? 0 : slot + 1) {
      const base = slot * (words + 1);
      if (slots[base + words] === 0) return base;
      if (slots[base] !== first || slots[base + 1] !== second || slots[base + 2] !== third) continue;
      if (words === 3 || this.#hasSameRest(base, source, at)) return base;
    }
  }

  /** Writes every state anew, with `rewrite(slots, from, to)`, as it has other words now. False where there is no room. */
  rewrite(words: number, rewrite: (slots: Int32Array, from: number, to: number) => void): boolean {
    const old = this.#words;
    if (this.#capacity * (words + 1) > this.#slots.length) return false;
    this.#words = words;
    this.#arrange((slot) => {
      const ordinal = this.#slots[slot * (old + 1) + old] as number;
      if (ordinal !== 0) rewrite(this.#slots, slot * (old + 1), slot * (words + 1));
      this.#slots[slot * (words + 1) + words] = ordinal;
      this.#mark(slot);
    });
    return true;
  }

  #mark(slot: number): void {
    const at = slot * (this.#words + 1) + this.#words;
    this.#slots[at] = -(this.#slots[at] as number);
  }

  /** Puts every state where it belongs now; `prepare` marks what a slot holds. From the last slot, as states move up. */
  #arrange(prepare: (slot: number) => void): void {
    for (let slot = this.#capacity - 1; slot >= 0; slot--) prepare(slot);
    const moving = new Int32Array(this.#words + 1);
    for (let slot = this.#capacity - 1; slot >= 0; slot--) {
      while ((this.#slots[slot * (this.#words + 1) + this.#words] as number) < 0) this.#place(slot, moving);
    }
  }

  /** Takes the unplaced state out of a slot and puts it into the first slot from its home that holds no placed one. */
  #place(from: number, moving: Int32Array): void {
    const slots = this.#slots;
    const words = this.#words;
    const taken = from * (words + 1);
    for (let word = 0; word <= words; word++) moving[word] = slots[taken + word] as number;
    moving[words] = -(moving[words] as number);
    slots[taken + words] = 0;
    let slot = this.home(hashOf(moving, 0, words));
    for (;;) {
      const base = slot * (words + 1);
      const stored = slots[base + words] as number;
      if (stored <= 0) {
        // What had this slot, unplaced, goes to the one that has just become free.
        for (let word = 0; word <= words; word++) {
          if (stored < 0) slots[taken + word] = slots[base + word] as number;
          slots[base + word] = moving[word] as number;
        }
        return;
      }
      slot = slot + 1 === this.#capacity ? 0 : slot + 1;
    }
  }

  #hasSameRest(base: number, source: Int32Array, at: number): boolean {
    for (let word = 3; word < this.#words; word++) if (this.#slots[base + word] !== source[at + word]) return false;
    return true;
  }
}

/** An array of that length, or of the half, the quarter... for which there is memory. */
function reserved(length: number): Int32Array {
  try {
    return new Int32Array(length);
  } catch (error) {
    if (!(error instanceof RangeError) || length < smallest) throw error;
    return reserved(Math.ceil(length / 2));
  }
}

/** A 32-bit hash of words, all bits of which are used. MurmurHash3's finaliser. */
export function hashOf(source: Int32Array, at: number, words: number): number {
  let hash = 0;
  for (let word = 0; word < words; word++) {
    hash = Math.imul(hash ^ (source[at + word] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
