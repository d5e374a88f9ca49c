/** A copy of a text: one that is part of another keeps all of that alive. */
export const ownText = (text: string): string => Buffer.from(text).toString();

/** Equal texts of which only one is kept: names of products are the same everywhere, and parts of a message keep the whole. */
export class Texts {
  readonly #known = new Map<string, string>();

  of(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const copy = ownText(text);
    if (this.#known.size < 10_000) this.#known.set(copy, copy);
    return copy;
  }
}
