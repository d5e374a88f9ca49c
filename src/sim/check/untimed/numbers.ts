/** A list of 32-bit integers that grows at its end. */
export class Numbers {
  array = new Int32Array(1 << 10);
  length = 0;

  get bytes(): number {
    return this.array.byteLength;
  }

  /** Appends and returns the position of the first. */
  append(...values: readonly number[]): number {
    const at = this.length;
    this.length += values.length;
    if (this.length > this.array.length) {
      const grown = new Int32Array(Math.max(this.length, 2 * this.array.length));
      grown.set(this.array);
      this.array = grown;
    }
    this.array.set(values, at);
    return at;
  }
}
