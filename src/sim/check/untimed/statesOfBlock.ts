import type { FieldLayout } from './fieldLayout.ts';

/** Some states of one block. */
export class StatesOfBlock {
  /** Per word of the block, the states in it as bits. */
  readonly bits: Int32Array;
  /** The words in which there are any, in the order in which they were added. */
  readonly words: Int32Array;
  /** How many words those are. */
  length = 0;

  constructor({ blockWords }: FieldLayout) {
    this.bits = new Int32Array(blockWords);
    this.words = new Int32Array(blockWords);
  }

  clear(): void {
    for (let one = 0; one < this.length; one++) this.bits[this.words[one] as number] = 0;
    this.length = 0;
  }

  add(word: number, bits: number): void {
    if (this.bits[word] === 0) this.words[this.length++] = word;
    this.bits[word] = (this.bits[word] as number) | bits;
  }

  get count(): number {
    let count = 0;
    for (let one = 0; one < this.length; one++) count += bitCount(this.bits[this.words[one] as number] as number);
    return count;
  }

  /** The place in the block of the first state of the first word. */
  get first(): number {
    const word = this.words[0] as number;
    const bits = this.bits[word] as number;
    return 32 * word + lowest(bits);
  }
}

/** The number of the lowest bit that is 1. */
export const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);

/** How many bits are 1. */
export function bitCount(bits: number): number {
  let pairs = bits - ((bits >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
