const pageBytes = 1 << 18;
/** Sizes are multiples of that. */
const grain = 32;
/** What is larger has a page of its own. */
const largest = 2_048;

/** Bytes for pieces of one size, or for a single large one. */
interface Page {
  readonly bytes: Buffer;
  readonly pieceSize: number;
}

const noPage: Page = { bytes: Buffer.alloc(0), pieceSize: 0 };

/**
 * Many small pieces of bytes, outside of the heap that the garbage collector looks through. A page has pieces of one size;
 * what is given back is used for the next of that size.
 */
export class ByteStore {
  readonly #pages: Page[] = [];
  readonly #emptyPages: number[] = [];
  /** Places that were given back, by their size. */
  readonly #free = new Map<number, number[]>();
  /** The next place of each size, on the page that is being filled. */
  readonly #next = new Map<number, number>();

  /** Keeps a copy. Returns the number under which it is found. */
  put(bytes: Buffer): number {
    const size = Math.ceil(bytes.length / grain) * grain;
    const place = size > largest ? this.#newPage(size, size) : this.#placeFor(size);
    bytes.copy(this.#pageOf(place).bytes, place % pageBytes);
    return place;
  }

  /** The bytes that are kept under that number, and perhaps more behind them. */
  get(place: number): Buffer {
    return this.#pageOf(place).bytes.subarray(place % pageBytes);
  }

  /** What is kept under that number is not needed any more. */
  release(place: number): void {
    const { pieceSize } = this.#pageOf(place);
    if (pieceSize > largest) {
      const page = Math.floor(place / pageBytes);
      this.#pages[page] = noPage;
      this.#emptyPages.push(page);
      return;
    }
    const free = this.#free.get(pieceSize);
    if (free === undefined) this.#free.set(pieceSize, [place]);
    else free.push(place);
  }

  #pageOf(place: number): Page {
    return this.#pages[Math.floor(place / pageBytes)] ?? noPage;
  }

  #placeFor(size: number): number {
    const free = this.#free.get(size)?.pop();
    if (free !== undefined) return free;
    const next = this.#next.get(size);
    const hasRoom = next !== undefined && next % pageBytes > 0 && (next % pageBytes) + size <= pageBytes;
    const place = hasRoom ? next : this.#newPage(pageBytes, size);
    this.#next.set(size, place + size);
    return place;
  }

  #newPage(length: number, pieceSize: number): number {
    const page = this.#emptyPages.pop() ?? this.#pages.length;
    this.#pages[page] = { bytes: Buffer.allocUnsafeSlow(length), pieceSize };
    return page * pageBytes;
  }
}
