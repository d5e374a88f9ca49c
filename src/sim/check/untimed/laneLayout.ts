const leastWords = 2;
/** A block is at least one word of 32 states. */
export const leastBlockBits = 5;

/**
 * States that differ in so many of the lowest bits of one party's lane, and in nothing else, make a block: it is kept as
 * words of 32 states, a bit each.
 */
export interface BlockShape {
  /** That party. */
  readonly inner: number;
  readonly blockBits: number;
}

/**
 * Where each lane of a state lies. The words hold every lane but the lowest bits of the inner one, so they are the key
 * of a block, and those bits are the state's place in it. A lane does not cross from one word into the next.
 */
export interface LaneLayout extends BlockShape {
  /** Words of 32 bits per key. */
  readonly words: number;
  /** Words of 32 states per block. */
  readonly blockWords: number;
  readonly word: Int32Array;
  readonly shift: Int32Array;
  /** The greatest number that fits into the words, per lane. */
  readonly greatest: Int32Array;
  /** How many numbers each lane has room for. */
  readonly room: Float64Array;
}

/**
 * Lays out lanes for four times as many numbers as they have needed so far: the widest first, each in the word with most
 * room. What is left of a word goes to the lanes in it.
 */
export function layOut(counts: readonly number[], { inner, blockBits }: BlockShape): LaneLayout {
  const bits = Int32Array.from(counts, (count, lane) =>
    Math.max(1, 34 - Math.clz32(count - 1) - (lane === inner ? blockBits : 0)),
  );
  const left: number[] = new Array(leastWords).fill(32);
  const word = new Int32Array(counts.length);
  const byWidth = [...bits.keys()].sort((one, other) => (bits[other] ?? 0) - (bits[one] ?? 0));
  for (const lane of byWidth) {
    const width = bits[lane] ?? 0;
    const widest = left.indexOf(Math.max(...left));
    const place = (left[widest] ?? 0) >= width ? widest : left.push(32) - 1;
    word[lane] = place;
    left[place] = (left[place] ?? 0) - width;
  }
  for (let index = 0; left.some((one) => one > 0); index++) {
    const lane = byWidth[index % byWidth.length] ?? 0;
    const place = word[lane] ?? 0;
    if ((left[place] ?? 0) === 0) continue;
    left[place] = (left[place] ?? 0) - 1;
    bits[lane] = (bits[lane] ?? 0) + 1;
  }
  return {
    words: left.length,
    inner,
    blockBits,
    blockWords: 1 << (blockBits - leastBlockBits),
    word,
    shift: shifts(word, bits),
    greatest: bits.map((width) => 2 ** width - 1),
    room: Float64Array.from(bits, (width, lane) => 2 ** (width + (lane === inner ? blockBits : 0))),
  };
}

function shifts(word: Int32Array, bits: Int32Array): Int32Array {
  const used: number[] = [];
  return word.map((place, lane) => {
    const shift = used[place] ?? 0;
    used[place] = shift + (bits[lane] ?? 0);
    return shift;
  });
}

/** What the words whose first is at a position hold of a lane. */
export const laneIn = ({ word, shift, greatest }: LaneLayout, words: Int32Array, at: number, lane: number): number =>
  ((words[at + (word[lane] as number)] as number) >>> (shift[lane] as number)) & (greatest[lane] as number);

/** Puts what the words hold of a lane into them. */
export function setLane(layout: LaneLayout, words: Int32Array, lane: number, number: number): void {
  const place = layout.word[lane] as number;
  const shift = layout.shift[lane] as number;
  words[place] = ((words[place] as number) & ~((layout.greatest[lane] as number) << shift)) | (number << shift);
}

/** Puts all lanes into the words of a key and returns the state's place in its block. */
export function pack(layout: LaneLayout, lanes: Int32Array, key: Int32Array): number {
  key.fill(0);
  const { inner, blockBits } = layout;
  for (let lane = 0; lane < lanes.length; lane++) {
    const number = lanes[lane] as number;
    setLane(layout, key, lane, lane === inner ? number >> blockBits : number);
  }
  return (lanes[inner] as number) & ((1 << blockBits) - 1);
}

/** Takes all lanes out of the key that begins at a position, for the state at a place in its block. */
export function unpack(layout: LaneLayout, keys: Int32Array, at: number, place: number, lanes: Int32Array): void {
  for (let lane = 0; lane < lanes.length; lane++) lanes[lane] = laneIn(layout, keys, at, lane);
  lanes[layout.inner] = ((lanes[layout.inner] as number) << layout.blockBits) | place;
}
