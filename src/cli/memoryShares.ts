/** Memory that jobs share: one that needs more than is left waits, in the order in which they came. */
export class MemoryShares {
  /** All of it, in bytes. */
  readonly bytes: number;
  #left: number;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  constructor(bytes: number) {
    this.bytes = bytes;
    this.#left = bytes;
  }

  /** Does work that holds at most so many bytes, which are no more than all. */
  async within<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((go) => {
      this.#waiting.push({ bytes, go });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#left += bytes;
      this.#admit();
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && next.bytes <= this.#left; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#left -= next.bytes;
      next.go();
    }
  }
}
