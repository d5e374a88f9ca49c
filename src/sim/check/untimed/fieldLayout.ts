import { assert } from '../../data/assert.ts';

/** Bits for the number of a field: a field for each of 14 parties, the environment and the observers. */
export const fieldBits = 4;
const leastWords = 2;
/** A block is at least one word of 32 states. */
export const leastBlockBits = 5;

/**
 * States that differ in so many of the lowest bits of one party's field, and in nothing else, make a block: it is kept as
 * words of 32 states, a bit each.
 */
export interface BlockShape {
  /** That party. */
  readonly inner: number;
  readonly blockBits: number;
}

/**
 * Where each field of a state lies. The words hold every field but the lowest bits of the inner one, so they are the key
 * of a block, and those bits are the state's place in it. A field does not cross from one word into the next.
 */
export interface FieldLayout extends BlockShape {
  /** Words of 32 bits per key. */
  readonly words: number;
  /** Words of 32 states per block. */
  readonly blockWords: number;
  readonly word: Int32Array;
  readonly shift: Int32Array;
  /** The greatest number that fits into the words, per field. */
  readonly greatest: Int32Array;
  /** How many numbers each field has room for. */
  readonly room: Float64Array;
}

/**
 * Lays out fields for four times as many numbers as they have needed so far: the widest first, each in the word with the
 * most room. What is left of a word goes to the fields in it.
 */
export function layOut(counts: readonly number[], { inner, blockBits }: BlockShape): FieldLayout {
  const bits = Int32Array.from(counts, (count, field) =>
    Math.max(1, 34 - Math.clz32(count - 1) - (field === inner ? blockBits : 0)),
  );
  const left: number[] = new Array(leastWords).fill(32);
  const word = new Int32Array(counts.length);
  const byWidth = [...bits.keys()].sort((one, other) => (bits[other] ?? 0) - (bits[one] ?? 0));
  for (const field of byWidth) {
    const width = bits[field] ?? 0;
    const widest = left.indexOf(Math.max(...left));
    const place = (left[widest] ?? 0) >= width ? widest : left.push(32) - 1;
    word[field] = place;
    left[place] = (left[place] ?? 0) - width;
  }
  for (let index = 0; left.some((one) => one > 0); index++) {
    const field = byWidth[index % byWidth.length] ?? 0;
    const place = word[field] ?? 0;
    if ((left[place] ?? 0) === 0) continue;
    left[place] = (left[place] ?? 0) - 1;
    bits[field] = (bits[field] ?? 0) + 1;
  }
  for (const [field, width] of bits.entries()) {
    assert(width <= 32, () => `field ${field} needs ${width} bits, more than a word has`);
  }
  return {
    words: left.length,
    inner,
    blockBits,
    blockWords: 1 << (blockBits - leastBlockBits),
    word,
    shift: shifts(word, bits),
    greatest: bits.map((width) => 2 ** width - 1),
    room: Float64Array.from(bits, (width, field) => 2 ** (width + (field === inner ? blockBits : 0))),
  };
}

function shifts(word: Int32Array, bits: Int32Array): Int32Array {
  const used: number[] = [];
  return word.map((place, field) => {
    const shift = used[place] ?? 0;
    used[place] = shift + (bits[field] ?? 0);
    return shift;
  });
}

/** What the words whose first is at a position hold of a field. */
export const fieldIn = ({ word, shift, greatest }: FieldLayout, words: Int32Array, at: number, field: number): number =>
  ((words[at + (word[field] as number)] as number) >>> (shift[field] as number)) & (greatest[field] as number);

/** Puts what the words hold of a field into them. */
export function setField(layout: FieldLayout, words: Int32Array, field: number, number: number): void {
  const place = layout.word[field] as number;
  const shift = layout.shift[field] as number;
  words[place] = ((words[place] as number) & ~((layout.greatest[field] as number) << shift)) | (number << shift);
}

/** Puts all fields into the words of a key and returns the state's place in its block. */
export function pack(layout: FieldLayout, fields: Int32Array, key: Int32Array): number {
  key.fill(0);
  const { inner, blockBits } = layout;
  for (let field = 0; field < fields.length; field++) {
    const number = fields[field] as number;
    assert(number < (layout.room[field] as number), () => `field ${field} has no room for ${number}`);
    setField(layout, key, field, field === inner ? number >> blockBits : number);
  }
  return (fields[inner] as number) & ((1 << blockBits) - 1);
}

/** Takes all fields out of the key that begins at a position, for the state at a place in its block. */
export function unpack(layout: FieldLayout, keys: Int32Array, at: number, place: number, fields: Int32Array): void {
  for (let field = 0; field < fields.length; field++) fields[field] = fieldIn(layout, keys, at, field);
  fields[layout.inner] = ((fields[layout.inner] as number) << layout.blockBits) | place;
}
