/** Where each lane of a state lies in its words. A lane does not cross from one word into the next. */
export interface LaneLayout {
  /** Words of 32 bits per state. */
  readonly words: number;
  readonly word: Int32Array;
  readonly shift: Int32Array;
  /** The greatest number that each lane can hold. */
  readonly greatest: Int32Array;
}

/**
 * Lays out lanes that need that many bits each: the widest first, each in the first word with room. What is left of a
 * word goes to the lanes in it, so that they can grow. At least `leastWords`.
 */
export function layOut(needed: readonly number[], leastWords = 1): LaneLayout {
  const room: number[] = new Array(leastWords).fill(32);
  const word = new Int32Array(needed.length);
  const bits = Int32Array.from(needed);
  const byWidth = needed.map((_, lane) => lane).sort((one, other) => (needed[other] ?? 0) - (needed[one] ?? 0));
  for (const lane of byWidth) {
    const width = needed[lane] ?? 0;
    const found = room.findIndex((left) => left >= width);
    const place = found < 0 ? room.push(32) - 1 : found;
    word[lane] = place;
    room[place] = (room[place] ?? 0) - width;
  }
  for (let left = true; left; ) {
    left = false;
    for (const lane of byWidth) {
      const place = word[lane] ?? 0;
      if ((room[place] ?? 0) === 0 || (bits[lane] ?? 0) >= 31) continue;
      room[place] = (room[place] ?? 0) - 1;
      bits[lane] = (bits[lane] ?? 0) + 1;
      left = true;
    }
  }
  return { words: room.length, word, shift: shifts(word, bits), greatest: bits.map((width) => 2 ** width - 1) };
}

function shifts(word: Int32Array, bits: Int32Array): Int32Array {
  const used: number[] = [];
  return word.map((place, lane) => {
    const shift = used[place] ?? 0;
    used[place] = shift + (bits[lane] ?? 0);
    return shift;
  });
}

/** The number in a lane of the state whose words begin at a position. */
export const laneIn = ({ word, shift, greatest }: LaneLayout, words: Int32Array, at: number, lane: number): number =>
  ((words[at + (word[lane] as number)] as number) >>> (shift[lane] as number)) & (greatest[lane] as number);

/** Puts a number into a lane. */
export function setLane(layout: LaneLayout, words: Int32Array, at: number, lane: number, number: number): void {
  const place = at + (layout.word[lane] as number);
  const shift = layout.shift[lane] as number;
  words[place] = ((words[place] as number) & ~((layout.greatest[lane] as number) << shift)) | (number << shift);
}

/** Takes all lanes out of the words. */
export function unpack(layout: LaneLayout, words: Int32Array, at: number, lanes: Int32Array): void {
  for (let lane = 0; lane < lanes.length; lane++) lanes[lane] = laneIn(layout, words, at, lane);
}

/** Puts all lanes into the words. */
export function pack(layout: LaneLayout, lanes: Int32Array, words: Int32Array, at: number): void {
  words.fill(0, at, at + layout.words);
  for (let lane = 0; lane < lanes.length; lane++) setLane(layout, words, at, lane, lanes[lane] as number);
}
