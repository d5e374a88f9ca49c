import type { ScriptedBinding } from './scriptedRegistrar.ts';

/**
 * Whom a call reaches: `first` and `newest` go by the last REGISTER of each, `firstMade` by the first one, `any` by
 * chance; or one after the other, the next one after so many milliseconds or when one declines.
 */
export type ForkPolicy =
  | 'all'
  | 'first'
  | 'firstMade'
  | 'newest'
  | 'any'
  | { readonly nextAfterMs: number | null; readonly order?: 'newestFirst' };

/** Whom a call reaches at all, in this order. */
export function calledOf(
  fork: ForkPolicy | undefined,
  bindings: readonly ScriptedBinding[],
  random: () => number,
): readonly ScriptedBinding[] {
  switch (fork) {
    case 'first':
      return bindings.slice(0, 1);
    case 'firstMade':
      return [...bindings].sort((one, other) => one.made - other.made).slice(0, 1);
    case 'newest':
      return bindings.slice(-1);
    case 'any': {
      const at = Math.floor(random() * bindings.length);
      return bindings.slice(at, at + 1);
    }
    default:
      return typeof fork === 'object' && fork.order === 'newestFirst' ? [...bindings].reverse() : bindings;
  }
}

/** What the branches of a call need from whoever sends them. */
export interface ForkWorld {
  branch(binding: ScriptedBinding): void;
  /** Every branch has failed, the last one in this way. */
  fail(status: number): void;
  /** Runs something later; what comes back takes that back. */
  after(ms: number, run: () => void): () => void;
}

/** The branches of one call: all at once, or one after the other. */
export class ScriptedFork {
  readonly #waiting: ScriptedBinding[];
  readonly #policy: ForkPolicy | undefined;
  readonly #world: ForkWorld;
  #pending = 0;
  #isOver = false;
  #forgetNext = () => {};

  constructor(called: readonly ScriptedBinding[], policy: ForkPolicy | undefined, world: ForkWorld) {
    this.#waiting = [...called];
    this.#policy = policy;
    this.#world = world;
  }

  begin(): void {
    if (typeof this.#policy === 'object') this.#next();
    else for (const binding of this.#waiting.splice(0)) this.#branch(binding);
  }

  #branch(binding: ScriptedBinding): void {
    this.#pending++;
    this.#world.branch(binding);
  }

  #next(): void {
    this.#forgetNext();
    const binding = this.#waiting.shift();
    if (binding === undefined || this.#isOver) return;
    this.#branch(binding);
    const afterMs = typeof this.#policy === 'object' ? this.#policy.nextAfterMs : null;
    if (afterMs !== null) this.#forgetNext = this.#world.after(afterMs, () => this.#next());
  }

  /** One branch has failed. */
  failed(status: number): void {
    if (this.#isOver) return;
    this.#pending--;
    if (this.#waiting.length > 0) this.#next();
    else if (this.#pending === 0) this.#world.fail(status);
  }

  /** The call is over: nobody else is called. */
  stop(): void {
    this.#isOver = true;
    this.#forgetNext();
  }
}
