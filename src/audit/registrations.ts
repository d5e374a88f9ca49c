import type { Side } from './sides.ts';

/** When something happened at the SIP server: not before its request was seen, not after its reply was. */
export interface Moment {
  readonly requestMs: number;
  readonly replyMs: number;
}

/** A contact that is bound to the address of record, as far as the capture tells. */
export interface Binding {
  readonly contact: string;
  readonly side: Side;
  /** When it was bound first; a refresh changes nothing of that. */
  readonly since: Moment;
  /** When it ends unless it is refreshed: counted from the request at the earliest, from the reply at the latest. */
  expires: Moment;
  /** The registrar has since answered somebody else without listing it: replaced, or the registrar never lists others. */
  isDoubtful: boolean;
}

export type LossOfBinding = 'unregistered' | 'expired' | 'replaced';

/** A time in which nobody was registered. */
export interface Gap {
  readonly from: Moment;
  /** Null where it lasted to the end of the capture. */
  until: Moment | null;
  readonly cause: LossOfBinding;
  /** Who was registered before it, and after it. */
  readonly before: Side;
  after: Side | null;
}

/** A time in which two sides were registered. */
export interface DoubleRegistration {
  readonly from: Moment;
  until: Moment | null;
  readonly sides: readonly Side[];
}

/** The order in which the two sides of a hand-over did it. */
export type HandOverOrder = 'unregisterFirst' | 'registerFirst' | 'takeover' | 'swap' | 'afterExpiry' | 'cameAndWent';

export interface HandOver {
  readonly from: Side;
  readonly to: Side;
  /** The newcomer's REGISTER. */
  readonly at: Moment;
  /** Null as long as it is open what becomes of the old binding. */
  order: HandOverOrder | null;
}

/** REGISTERs of one side that were refused or not answered, one after the other. */
export interface Refusal {
  readonly side: Side;
  readonly what: 'REGISTER' | 'un-REGISTER';
  readonly atMs: number;
  /** Null where no answer came. */
  readonly status: number | null;
  readonly reason: string;
  readonly retryAfterSeconds: number | null;
  /** Who was registered then. */
  readonly bound: readonly Side[];
  attempts: number;
  /** When a REGISTER of that side was accepted at last, or null. */
  acceptedMs: number | null;
}

/** At least and at most so many milliseconds: which, only the server knows. */
export interface Duration {
  readonly atLeastMs: number;
  readonly atMostMs: number;
}

/** How long something lasted that began and ended in these moments; `endMs` is the end of the capture. */
export function durationOf(from: Moment, until: Moment | null, endMs: number): Duration {
  const end = until ?? { requestMs: endMs, replyMs: endMs };
  return {
    atLeastMs: Math.max(0, end.requestMs - from.replyMs),
    atMostMs: Math.max(0, end.replyMs - from.requestMs),
  };
}

/** The times of very many gaps, of whatever address. */
export class GapTimes {
  readonly #all: { readonly fromMs: number; untilMs: number }[] = [];
  #isSorted = true;

  add({ from, until }: Gap): void {
    this.#all.push({ fromMs: from.requestMs, untilMs: until?.replyMs ?? Number.POSITIVE_INFINITY });
    this.#isSorted = false;
  }

  /** Whether a time is within one of them. */
  has(atMs: number): boolean {
    if (!this.#isSorted) this.#sort();
    let [low, high] = [0, this.#all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#all[middle]?.fromMs ?? 0) <= atMs) low = middle + 1;
      else high = middle;
    }
    return low > 0 && atMs <= (this.#all[low - 1]?.untilMs ?? 0);
  }

  /** By their beginnings; each then lasts as long as any of those before it. */
  #sort(): void {
    this.#isSorted = true;
    this.#all.sort((one, other) => one.fromMs - other.fromMs);
    let latest = Number.NEGATIVE_INFINITY;
    for (const gap of this.#all) {
      latest = Math.max(latest, gap.untilMs);
      gap.untilMs = latest;
    }
  }
}
