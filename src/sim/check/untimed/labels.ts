import { PairTable } from './pairTable.ts';

/** So many events have a bit of their own in a set: two words of 32 bits. The others are in no set. */
export const mostLabels = 64;

/** The bit of a label in the first and in the second word of a set. */
export const lowBit = (label: number): number => (label < 32 ? 1 << label : 0);
export const highBit = (label: number): number => (label >= 32 && label < mostLabels ? 1 << (label - 32) : 0);

/** The bits of all labels below a label. */
export const lowBelow = (label: number): number => (label < 32 ? (1 << label) - 1 : -1);
export const highBelow = (label: number): number => {
  if (label <= 32) return 0;
  return label < mostLabels ? (1 << (label - 32)) - 1 : -1;
};

/** Labels of events: the arrival of a message, wherever it is under way, and the end of a timer. */
export class Labels {
  #count = 0;
  readonly #numbers = new PairTable();

  ofMessage(message: number): number {
    return this.#of(0, message);
  }

  ofTimer(party: number, timer: number): number {
    return this.#of(party + 1, timer);
  }

  #of(kind: number, number: number): number {
    const known = this.#numbers.get(kind, number);
    if (known >= 0) return known;
    this.#numbers.add(kind, number, this.#count);
    return this.#count++;
  }
}
