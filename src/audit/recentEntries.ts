import type { Endpoint } from '../capture/endpoint.ts';
import type { Call, LadderEntry } from './call.ts';
import { grown, nothing } from './smallMap.ts';

/** REGISTERs and their answers that are remembered of one address of record. */
const mostRecent = 64;
/** A ladder shows at least so many of them before its call, and all that are near it. */
const fewest = 4;
const marginMs = 3_000;
/** Of a server that hands over every few milliseconds, too many are near. */
const mostKept = 200;

interface Kept {
  readonly call: Call;
  readonly entries: LadderEntry[];
  readonly untilMs: number;
}

/** The latest REGISTERs of an address of record, and those around calls that went wrong. */
export class RecentEntries {
  #recent: LadderEntry[] = nothing;
  #kept: Kept[] = nothing;

  /** What it remembers, from which it can be made again while no call has it keep more. */
  get state(): LadderEntry[] {
    return this.#recent;
  }

  static restored(state: LadderEntry[]): RecentEntries {
    const recent = new RecentEntries();
    recent.#recent = state;
    return recent;
  }

  /** Whether more is kept for a call that went wrong. */
  get isKeeping(): boolean {
    return this.#kept.length > 0;
  }

  /** @param isCalled whether a call is under way: then more is kept than the few latest */
  add(entry: LadderEntry, isCalled: boolean): void {
    const shared = sharing(entry, this.#recent);
    const most = isCalled ? mostRecent : Math.max(fewest, this.#near(entry.atMs));
    this.#recent = grown(this.#recent.slice(Math.max(0, this.#recent.length + 1 - most)), shared);
    for (const { entries, untilMs } of this.#kept) {
      if (entry.atMs <= untilMs && entries.length < mostKept) entries.push(shared);
    }
  }

  /** How many are so near that a call may come for which they are to be shown. */
  #near(nowMs: number): number {
    const first = this.#recent.findIndex(({ atMs }) => atMs >= nowMs - marginMs);
    return first < 0 ? 0 : Math.min(mostRecent, this.#recent.length - first + 1);
  }

  /** From now on keeps what comes near the call as well. */
  keepFor(call: Call): void {
    const first = this.#recent.findIndex(({ atMs }) => atMs >= call.attempt.atMs - marginMs);
    const from = Math.min(first < 0 ? mostRecent : first, Math.max(0, this.#recent.length - fewest));
    const untilMs = (call.attempt.end?.atMs ?? call.attempt.atMs) + marginMs;
    const entries = this.#recent.slice(from).filter(({ atMs }) => atMs <= untilMs);
    this.#kept = [...this.#kept.filter((one) => one.call !== call), { call, entries, untilMs }];
  }

  isKept(call: Call): boolean {
    return this.#kept.some((one) => one.call === call);
  }

  /** Everything around the call and of it, in order; null where nothing was kept. */
  takeFor(call: Call): LadderEntry[] | null {
    const kept = this.#kept.find((one) => one.call === call);
    if (kept === undefined) return null;
    this.#kept = this.#kept.filter((one) => one !== kept);
    return [...kept.entries, ...call.attempt.entries].sort((one, other) => one.ordinal - other.ordinal);
  }
}

/** The entry with the parts of earlier ones that are equal: there may be hundreds of thousands of addresses. */
function sharing(entry: LadderEntry, earlier: readonly LadderEntry[]): LadderEntry {
  const ends = earlier.flatMap(({ source, destination }) => [source, destination]);
  const known = ({ address, port }: Endpoint) => ends.find((one) => one.port === port && one.address === address);
  const isSameBound = ({ bound }: LadderEntry) =>
    bound?.length === entry.bound?.length && (bound ?? []).every((id, index) => id === entry.bound?.[index]);
  return {
    ...entry,
    source: known(entry.source) ?? entry.source,
    destination: known(entry.destination) ?? entry.destination,
    label: earlier.find(({ label }) => label === entry.label)?.label ?? entry.label,
    bound: earlier.find(isSameBound)?.bound ?? entry.bound,
  };
}
