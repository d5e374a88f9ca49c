import { inTimeTogether } from './outside.ts';

/** From so many answers on all of them are asked for again whenever their number has doubled; before, with each new one. */
const fewAnswers = 16;

/**
 * What code that is not ours has answered. What it keeps outside of what it is given may be the same twice in a row, and
 * another one after something else: so the oldest answers are asked for last.
 */
export class Answers {
  readonly #known = new Map<unknown, Map<unknown, string>>();
  readonly #again: (() => void)[] = [];
  /** Which answer was asked for last: of one that is stopped nothing else is known. */
  last = '';

  /** Whether an answer is otherwise than it was. `again`: asks for it again, and throws where it is. */
  differs(asked: readonly [what: unknown, of: unknown], text: string, again: () => void): boolean {
    const [what, of] = asked;
    const row = this.#known.get(what) ?? new Map<unknown, string>();
    this.#known.set(what, row);
    const before = row.get(of);
    if (before !== undefined) return before !== text;
    row.set(of, text);
    const count = this.#again.push(again);
    if (count <= fewAnswers || (count & (count - 1)) === 0) inTimeTogether(this.#again.toReversed());
    return false;
  }
}
