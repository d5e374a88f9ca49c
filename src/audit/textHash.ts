import { PairTable } from '../sim/data/pairTable.ts';

/** A text as a number of 53 bits: of half a million texts no two are the same by chance (1 in 70,000). */
export function textHash(text: string): number {
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (let at = 0; at < text.length; at++) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193);
    high = Math.imul(high ^ (low >>> 15), 0x85ebca6b);
  }
  return (low >>> 0) * 2 ** 21 + (high >>> 11);
}

/** Numbers for texts, without the texts: some 20 bytes for each. */
export class TextNumbers {
  readonly #most: number;
  #numbers = new PairTable();
  #older = new PairTable();

  /** @param most how many texts are remembered at least; those that were set longest ago go */
  constructor(most: number) {
    this.#most = most;
  }

  /** The number of a text, or -1. */
  get(text: string): number {
    const hash = textHash(text);
    const [one, other] = [Math.floor(hash / halves), hash % halves];
    const number = this.#numbers.get(one, other);
    return number < 0 ? this.#older.get(one, other) : number;
  }

  set(text: string, number: number): void {
    const hash = textHash(text);
    this.#numbers.set(Math.floor(hash / halves), hash % halves, number);
    if (this.#numbers.count < this.#most) return;
    this.#older = this.#numbers;
    this.#numbers = new PairTable();
  }
}

/** Both halves of a hash are numbers that a table of pairs takes. */
const halves = 2 ** 27;
