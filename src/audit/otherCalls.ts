import { hostOf } from './addresses.ts';
import type { Audited } from './audited.ts';
import type { OtherCalls } from './auditReport.ts';
import type { Loss } from './callLedger.ts';
import type { GapTimes } from './registrations.ts';

/** Adds up calls for others: those that went wrong may have been for somebody who is judged, under a name that nobody has told. */
export class OtherCallsCount {
  readonly #isOutgoing: (callerHost: string) => boolean;
  readonly #counts = { addresses: 0, calls: 0, failed: 0 };
  /** When calls came of which no device was heard. */
  readonly #unheardMs: number[] = [];
  #first: string | null = null;
  #firstFailed: string | null = null;

  /** @param isOutgoing whether a call from that host is one that a user makes who is judged */
  constructor(isOutgoing: (callerHost: string) => boolean) {
    this.#isOutgoing = isOutgoing;
  }

  add({ record: { aor }, ledger }: Audited): void {
    this.#counts.addresses++;
    this.#first ??= aor;
    if (ledger === null) return;
    const failed = ledger.losses.filter(({ caller }: Loss) => !this.#isOutgoing(hostOf(caller)));
    this.#counts.calls += ledger.counts.made;
    this.#counts.failed += failed.length;
    if (ledger.losses.length > 0) this.#firstFailed ??= aor;
    for (const { invitedAtMs } of [...failed, ...ledger.byServer, ...ledger.unseen]) this.#unheardMs.push(invitedAtMs);
  }

  /** @param gaps those of the addresses that are judged */
  of(gaps: GapTimes): OtherCalls {
    const inGap = this.#unheardMs.filter((atMs) => gaps.has(atMs)).length;
    return { ...this.#counts, inGap, first: this.#firstFailed ?? this.#first };
  }
}
