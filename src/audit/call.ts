import type { Endpoint } from '../capture/endpoint.ts';

/** Who alerted: the early dialog's tag, and where its 18x came from. */
export interface Alert {
  readonly atMs: number;
  readonly tag: string;
  readonly from: Endpoint;
  /** Whether it was seen behind the server, where devices answer, and not only as the caller heard it. */
  readonly isBehindServer: boolean;
}

/** A message as a ladder draws it. */
export interface LadderEntry {
  readonly atMs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly label: string;
  /** Who was registered then, by the ids of their sides; null where that is not known. */
  readonly bound: readonly number[] | null;
  readonly isRetransmission: boolean;
  /** Counts up: the order of entries of one date. */
  readonly ordinal: number;
}

export type CallEnd =
  | { readonly how: 'answered'; readonly atMs: number }
  | { readonly how: 'failed'; readonly atMs: number; readonly status: number; readonly reason: string }
  | { readonly how: 'gaveUp'; readonly atMs: number };

/** One attempt to reach an address of record: an INVITE without To tag, its answers and everything that it caused. */
export interface Call {
  readonly aor: string;
  readonly callId: string;
  /** Its own and those of the legs of a B2BUA. */
  readonly callIds: Set<string>;
  readonly invitedAtMs: number;
  readonly caller: Endpoint;
  readonly server: Endpoint;
  /** Contacts to which it was sent on, and the endpoints that were called. */
  readonly contacts: Set<string>;
  readonly called: Set<string>;
  /** By To tag. */
  readonly alerts: Map<string, Alert>;
  /** Contacts of which it was doubtful then whether they were bound. */
  readonly doubtful: ReadonlySet<string>;
  /** Who was registered when the INVITE came, or null where nothing was known. */
  readonly boundThen: readonly number[] | null;
  isTried: boolean;
  cancelledAtMs: number | null;
  /** A challenge that the caller has not yet met. */
  challenge: { readonly atMs: number; readonly status: number; readonly reason: string } | null;
  /** Refused by a device, not by the server on its own account. */
  isRefusedByDevice: boolean;
  end: CallEnd | null;
  readonly entries: LadderEntry[];
  readonly transactions: Set<string>;
}

/** What became of a call, and whether that is a loss. */
export type Outcome = 'answered' | 'declined' | 'busy' | 'unanswered' | 'lost' | 'redirected' | 'unauthorised' | 'open';

/** Statuses with which a user, or the device for him, turns a call down (RFC 3261 21.4.24, 21.6.1, 21.6.2). */
const refusals: ReadonlySet<number> = new Set([486, 600, 603]);
/** Timer B (RFC 3261 17.1.1.2): by then an INVITE without any answer has failed. */
export const noAnswerAfterMs = 32_000;

/**
 * Judges a call at that time. Lost is a call that ended, or was given up, before any device alerted; what happens after
 * that is the user's choice. A device that refuses at once, because it is busy, was at least reached.
 */
export function outcomeOf(call: Call, nowMs: number): Outcome {
  const { end, alerts } = call;
  const isAlerted = alerts.size > 0;
  if (end?.how === 'answered') return 'answered';
  if (end === null) {
    if (call.challenge !== null) return 'unauthorised';
    if (isAlerted) return 'unanswered';
    return nowMs - call.invitedAtMs >= noAnswerAfterMs ? 'lost' : 'open';
  }
  if (end.how === 'gaveUp') return isAlerted ? 'unanswered' : 'lost';
  if (end.status < 400) return 'redirected';
  if (isAlerted) return refusals.has(end.status) ? 'declined' : 'unanswered';
  return refusals.has(end.status) && call.isRefusedByDevice ? 'busy' : 'lost';
}
