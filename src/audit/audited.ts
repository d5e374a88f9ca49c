import type { AddressRecord, Registrar } from './addressRecord.ts';
import type { CallLedger } from './callLedger.ts';
import type { RecentEntries } from './recentEntries.ts';

/** An address of record: its registrations, its calls and what of both a ladder may need. */
export interface Audited {
  readonly record: AddressRecord;
  /** Null as long as nobody was called. */
  ledger: CallLedger | null;
  readonly recent: RecentEntries;
  registrar: Registrar;
}
