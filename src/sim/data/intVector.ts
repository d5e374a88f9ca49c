/** A growing list of 32-bit integers outside the JavaScript heap. */
export class IntVector {
  data: Int32Array;
  length = 0;

  constructor(capacity = 1_024) {
    this.data = new Int32Array(capacity);
  }

  push(value: number): number {
    this.reserve(1);
    this.data[this.length] = value;
    return this.length++;
  }

  /** Appends values and returns the position of the first. */
  append(...values: readonly number[]): number {
    this.reserve(values.length);
    this.data.set(values, this.length);
    this.length += values.length;
    return this.length - values.length;
  }

  /** Makes room for more values; what was read from `data` before may be a copy afterwards. */
  reserve(more: number): void {
    if (this.length + more <= this.data.length) return;
    const grown = new Int32Array(Math.max(this.data.length * 2, this.length + more));
    grown.set(this.data);
    this.data = grown;
  }

  at(index: number): number {
    return this.data[index] as number;
  }

  get bytes(): number {
    return this.data.byteLength;
  }
}
