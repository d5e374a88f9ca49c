import type { Call, LadderEntry } from './call.ts';

/** REGISTERs and their answers that are remembered of one address of record. */
const mostRecent = 64;
/** A ladder shows at least so many of them before its call, and all that are near it. */
const fewest = 4;
const marginMs = 3_000;
/** Of a server that hands over every few milliseconds, too many are near. */
const mostKept = 200;

interface Kept {
  readonly entries: LadderEntry[];
  readonly untilMs: number;
}

/** The latest REGISTERs of an address of record, and those around calls that went wrong. */
export class RecentEntries {
  readonly #recent: LadderEntry[] = [];
  readonly #kept = new Map<Call, Kept>();

  add(entry: LadderEntry): void {
    this.#recent.push(entry);
    if (this.#recent.length > mostRecent) this.#recent.shift();
    for (const { entries, untilMs } of this.#kept.values()) {
      if (entry.atMs <= untilMs && entries.length < mostKept) entries.push(entry);
    }
  }

  /** From now on keeps what comes near the call as well. */
  keepFor(call: Call): void {
    const first = this.#recent.findIndex(({ atMs }) => atMs >= call.attempt.atMs - marginMs);
    const from = Math.min(first < 0 ? mostRecent : first, Math.max(0, this.#recent.length - fewest));
    const untilMs = (call.attempt.end?.atMs ?? call.attempt.atMs) + marginMs;
    const entries = this.#recent.slice(from).filter(({ atMs }) => atMs <= untilMs);
    this.#kept.set(call, { entries, untilMs });
  }

  isKept(call: Call): boolean {
    return this.#kept.has(call);
  }

  /** Everything around the call and of it, in order; null where nothing was kept. */
  takeFor(call: Call): LadderEntry[] | null {
    const kept = this.#kept.get(call);
    this.#kept.delete(call);
    return kept === undefined
      ? null
      : [...kept.entries, ...call.attempt.entries].sort((one, other) => one.ordinal - other.ordinal);
  }
}
