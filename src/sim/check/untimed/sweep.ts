import { type End, Search } from './search.ts';

/**
 * A search through all states in whatever order is the quickest: a block is looked into with all the states that have
 * gathered in it by then, and what the inner party does without anybody noticing is followed at once.
 */
export class Sweep extends Search {
  /** Per property, a state of the observers in which it is violated. */
  readonly violatedBy: (number | undefined)[] = [];
  /** The violated properties, as bits. */
  violated = 0;

  run(): End {
    this.addInitial();
    for (;;) {
      const end = this.takeIn();
      const isDone = this.#fillBatch(end === 'complete');
      if (end !== 'complete' || isDone) return end;
    }
  }

  /** Looks into blocks until the batch is full, or only judges all that wait. False where some still do. */
  #fillBatch(expands: boolean): boolean {
    const { set, batch } = this;
    let isDone = true;
    while (!batch.isFull || !expands) {
      const record = set.nextWaiting();
      if (record < 0) return isDone;
      isDone = false;
      this.#judge(this.world.observers.violated, record);
      if (!expands) continue;
      set.takeFresh(record, this.chosen);
      this.expand(record, true);
      if (this.expansion.ended >= 0) this.#judge(this.world.observers.unfinished, record);
    }
    return false;
  }

  /** Notes which properties are violated in a record's states, given those of each observers' state. */
  #judge(violated: readonly number[], record: number): void {
    const observers = this.observersIn(record);
    const fresh = (violated[observers] as number) & ~this.violated;
    this.violated |= fresh;
    for (let left = fresh; left !== 0; left &= left - 1) this.violatedBy[31 - Math.clz32(left & -left)] = observers;
  }
}
