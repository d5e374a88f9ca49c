/** What a class gives of its instances to be packed, and how one is made of that again. */
export interface Packable {
  readonly type: new (...given: never[]) => { readonly state: unknown };
  readonly restored: (state: never) => unknown;
}

/** What a value is; 15 of them fit beside a small number into one byte. */
const tags = {
  nothing: 0,
  missing: 1,
  no: 2,
  yes: 3,
  whole: 4,
  number: 5,
  near: 6,
  text: 7,
  word: 8,
  known: 9,
  list: 10,
  record: 11,
  instance: 12,
} as const;

/** Texts that came so often get a number. */
const wordAfter = 3;
const mostWords = 10_000;
const mostCandidates = 1_000;

/** Numbers up to there are written as whole ones, beside their tag. */
const greatestWhole = 2 ** 40;

/** In milliseconds since 1970: the year 2248. */
const latestDate = 2 ** 43;

/**
 * Writes plain values and instances of a few classes as bytes, and reads them again: what is one object in several places
 * is one afterwards. Names of properties and frequent texts are numbers, so a few hundred bytes hold what takes some
 * thousand as objects. A packer reads only what it has written itself.
 */
export class Packer {
  readonly #packables: readonly Packable[];
  /** Names of properties of each kind of object, and the kind by the names one after the other. */
  readonly #shapes: (readonly string[])[] = [];
  readonly #shapeOf: Shape = { next: new Map(), id: -1 };
  readonly #words: string[] = [];
  readonly #wordOf = new Map<string, number>();
  readonly #candidates = new Map<string, number>();
  /** What the value that is being written or read has had so far. */
  readonly #knownOf = new Map<unknown, number>();
  #known: unknown[] = [];
  #bytes: Buffer = Buffer.alloc(4_096);
  #at = 0;
  /** The first number that may be a date: most others are near it. Hashes are far greater. */
  #base: number | null = null;

  constructor(packables: readonly Packable[]) {
    this.#packables = packables;
  }

  /** The value as bytes, valid until the next call. */
  pack(value: unknown): Buffer {
    this.#begin();
    this.#knownOf.clear();
    this.#write(value);
    return this.#bytes.subarray(0, this.#at);
  }

  /** The value that these bytes begin with. */
  unpack(bytes: Buffer): unknown {
    const own = this.#bytes;
    this.#begin();
    this.#known = [];
    this.#bytes = bytes;
    const value = this.#read();
    this.#bytes = own;
    return value;
  }

  #begin(): void {
    this.#at = 0;
    this.#base = null;
  }

  #write(value: unknown): void {
    if (typeof value === 'string') this.#writeText(value);
    else if (typeof value === 'number') this.#writeNumber(value);
    else if (typeof value === 'boolean') this.#put(value ? tags.yes : tags.no, 0);
    else if (value === undefined) this.#put(tags.missing, 0);
    else if (value === null) this.#put(tags.nothing, 0);
    else this.#writeObject(value);
  }

  #writeObject(value: object): void {
    const known = this.#knownOf.get(value);
    if (known !== undefined) {
      this.#put(tags.known, known);
      return;
    }
    this.#knownOf.set(value, this.#knownOf.size);
    if (Array.isArray(value)) {
      this.#put(tags.list, value.length);
      for (const item of value) this.#write(item);
    } else if (Object.getPrototypeOf(value) === Object.prototype) this.#writeRecord(value as Record<string, unknown>);
    else this.#writeInstance(value);
  }

  #writeInstance(value: object): void {
    const kind = this.#packables.findIndex(({ type }) => value instanceof type);
    if (kind < 0) throw new TypeError(`a ${value.constructor.name} cannot be packed`);
    this.#put(tags.instance, kind);
    this.#write((value as { state: unknown }).state);
  }

  #writeRecord(value: Record<string, unknown>): void {
    let shape = this.#shapeOf;
    for (const name in value) shape = shape.next.get(name) ?? this.#longer(shape, name);
    if (shape.id < 0) shape.id = this.#shapes.push(Object.keys(value)) - 1;
    this.#put(tags.record, shape.id);
    for (const name in value) this.#write(value[name]);
  }

  #longer(shape: Shape, name: string): Shape {
    const longer = { next: new Map(), id: -1 };
    shape.next.set(name, longer);
    return longer;
  }

  #writeText(text: string): void {
    const word = this.#wordOf.get(text);
    const known = word === undefined ? this.#knownOf.get(text) : undefined;
    if (word !== undefined || known !== undefined) {
      this.#put(word === undefined ? tags.known : tags.word, word ?? known ?? 0);
      return;
    }
    this.#knownOf.set(text, this.#knownOf.size);
    this.#count(text);
    const length = Buffer.byteLength(text);
    this.#put(tags.text, length);
    this.#need(length);
    this.#at += this.#bytes.write(text, this.#at);
  }

  #count(text: string): void {
    const count = (this.#candidates.get(text) ?? 0) + 1;
    if (count >= wordAfter && this.#words.length < mostWords) {
      this.#wordOf.set(text, this.#words.push(text) - 1);
      this.#candidates.delete(text);
      return;
    }
    if (this.#candidates.size >= mostCandidates) this.#candidates.clear();
    this.#candidates.set(text, count);
  }

  #writeNumber(value: number): void {
    // Microseconds from the first date.
    const steps = this.#base === null ? Number.NaN : Math.round((value - this.#base) * 1_000);
    const isNear = Math.abs(steps) < greatestWhole && Object.is((this.#base ?? 0) + steps / 1_000, value);
    if (Number.isInteger(value) && value >= 0 && value < greatestWhole && !Object.is(value, -0)) {
      this.#put(tags.whole, value);
    } else if (isNear) {
      // The sign is in the lowest bit.
      this.#put(tags.near, steps < 0 ? -2 * steps - 1 : 2 * steps);
    } else {
      this.#learnBase(value);
      this.#put(tags.number, 0);
      this.#need(8);
      this.#at = this.#bytes.writeDoubleLE(value, this.#at);
    }
  }

  #learnBase(value: number): void {
    if (Math.abs(value) < latestDate) this.#base ??= value;
  }

  /** Seven bits a byte, the lowest first; the first has the tag and three of them. */
  #put(tag: number, value: number): void {
    this.#need(8);
    let rest = Math.floor(value / 8);
    this.#bytes[this.#at++] = tag | ((value % 8) << 4) | (rest > 0 ? 0x80 : 0);
    while (rest > 0) {
      const more = Math.floor(rest / 128);
      this.#bytes[this.#at++] = (rest % 128) | (more > 0 ? 0x80 : 0);
      rest = more;
    }
  }

  #need(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const larger = Buffer.alloc(2 * (this.#at + length));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }

  #read(): unknown {
    const first = this.#bytes[this.#at++] ?? 0;
    const value = first & 0x80 ? this.#rest((first >> 4) & 7) : (first >> 4) & 7;
    switch (first & 0x0f) {
      case tags.nothing:
        return null;
      case tags.missing:
        return undefined;
      case tags.no:
        return false;
      case tags.yes:
        return true;
      case tags.whole:
        return value;
      case tags.number:
        return this.#readNumber();
      case tags.near:
        return (this.#base ?? 0) + (value % 2 === 0 ? value / 2 : -(value + 1) / 2) / 1_000;
      case tags.text:
        return this.#readText(value);
      case tags.word:
        return this.#words[value];
      case tags.known:
        return this.#known[value];
      case tags.list:
        return this.#readList(value);
      case tags.record:
        return this.#readRecord(value);
      default:
        return this.#readInstance(value);
    }
  }

  #rest(low: number): number {
    let [value, factor] = [low, 8];
    for (;;) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if ((byte & 0x80) === 0) return value;
      factor *= 128;
    }
  }

  #readNumber(): number {
    const value = this.#bytes.readDoubleLE(this.#at);
    this.#at += 8;
    this.#learnBase(value);
    return value;
  }

  #readText(length: number): string {
    const text = this.#bytes.toString('utf8', this.#at, this.#at + length);
    this.#at += length;
    this.#known.push(text);
    return text;
  }

  #readList(length: number): unknown[] {
    const list: unknown[] = [];
    this.#known.push(list);
    for (let index = 0; index < length; index++) list.push(this.#read());
    return list;
  }

  #readRecord(shape: number): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    this.#known.push(record);
    for (const name of this.#shapes[shape] ?? []) record[name] = this.#read();
    return record;
  }

  #readInstance(kind: number): unknown {
    const at = this.#known.push(null) - 1;
    const packable = this.#packables[kind];
    const instance = packable?.restored(this.#read() as never);
    this.#known[at] = instance;
    return instance;
  }
}

/** A kind of object as far as its names of properties go. */
interface Shape {
  readonly next: Map<string, Shape>;
  /** Negative where no object has just these names. */
  id: number;
}
