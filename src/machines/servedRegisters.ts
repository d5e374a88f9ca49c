import type { RegisterRequest, Side, TransactionNumber } from './messages.ts';

/**
 * What the server transactions of one sender's REGISTERs have served, over an unreliable link. It is not forgotten after
 * Timer J (32 s, RFC 3261 17.2.2), so a copy that is under way for longer is absorbed all the same.
 */
export interface ServedRegisters {
  /** The latest that was served. */
  readonly transaction: TransactionNumber;
  /** Whether its answer was a 200. Only that one is repeated; others are given anew (Asterisk: 200 alone is stateful). */
  readonly granted: boolean;
  /** Whether the one before the latest was served, and the one before that. */
  readonly before: boolean;
  readonly twoBefore: boolean;
}

/** What the registrar has served, by sender; a sender of whom it knows nothing is not there. */
export type ServedBySender = Readonly<Partial<Record<Side, ServedRegisters>>>;

/** Transactions are counted modulo three: two in a row without an answer would come close to those served before them. */
export const nextNumber = (transaction: TransactionNumber): TransactionNumber =>
  ((transaction + 1) % 3) as TransactionNumber;

const stepsBetween = (older: TransactionNumber, newer: TransactionNumber) => (newer - older + 3) % 3;

/** Whether it is a copy of the latest transaction, which has got a 200. */
export const isCopyOfGranted = (
  served: ServedRegisters | undefined,
  { transaction, stale }: RegisterRequest,
): boolean => served !== undefined && !stale && served.granted && served.transaction === transaction;

/** Whether it is a copy of an earlier transaction, which has been served. */
export function isOldCopy(served: ServedRegisters | undefined, { transaction, stale }: RegisterRequest): boolean {
  if (served === undefined || !stale || transaction === undefined) return false;
  const age = stepsBetween(transaction, served.transaction);
  return age === 1 ? served.before : age === 2 ? served.twoBefore : true;
}

/** What has been served once this request is; nothing is known after one that does not say which it is. */
export function serving(
  served: ServedRegisters | undefined,
  { transaction, stale }: RegisterRequest,
  granted: boolean,
): ServedRegisters | undefined {
  if (stale) return servingLate(served, transaction);
  if (transaction === undefined) return undefined;
  if (served === undefined) return { transaction, granted, before: false, twoBefore: false };
  const steps = stepsBetween(served.transaction, transaction);
  if (steps === 0) return { ...served, granted };
  return steps === 1
    ? { transaction, granted, before: true, twoBefore: served.before }
    : { transaction, granted, before: false, twoBefore: true };
}

/** A first copy that comes after a newer REGISTER: its further copies are told from now on. */
function servingLate(served: ServedRegisters | undefined, transaction: TransactionNumber | undefined) {
  if (served === undefined || transaction === undefined) return served;
  return stepsBetween(transaction, served.transaction) === 1
    ? { ...served, before: true }
    : { ...served, twoBefore: true };
}
