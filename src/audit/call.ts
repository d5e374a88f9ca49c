import type { Endpoint } from '../capture/endpoint.ts';
import type { SmallMap, SmallSet } from './smallMap.ts';

/** Who alerted: the early dialog's tag, and where its 180 came from. */
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
  /** Index of its file, and the number of its packet there, from 1. */
  readonly file: number;
  readonly frame: number;
}

export type CallEnd =
  | { readonly how: 'answered'; readonly atMs: number }
  | { readonly how: 'failed'; readonly atMs: number; readonly status: number; readonly reason: string }
  | { readonly how: 'gaveUp'; readonly atMs: number };

/** What of the answer says who gave it. */
export type Answerer = 'device' | 'server' | 'unknown';

/** One call for an address of record: all INVITEs without To tag of one Call-ID, their answers and everything they caused. */
export interface Call {
  /** Changes where the server's own legs show for whom a number is. */
  aor: string;
  readonly callId: string;
  /** Its own and those of the legs of a B2BUA. */
  readonly callIds: SmallSet<string>;
  readonly invitedAtMs: number;
  readonly caller: Endpoint;
  /** Another one where the caller was redirected. */
  server: Endpoint;
  /** Who calls, as its From says; null where that says nothing (RFC 3323: anonymous). */
  readonly from: string | null;
  /** The attempt that counts: the INVITE with credentials, or the one that followed a redirection. */
  attempt: Attempt;
}

/** One INVITE of a caller, up to its final answer. */
export interface Attempt {
  readonly atMs: number;
  readonly file: number;
  readonly frame: number;
  readonly sequence: number;
  /** Contacts to which it was sent on, and the endpoints that were called. */
  readonly contacts: SmallSet<string>;
  readonly called: SmallSet<string>;
  /** By To tag. */
  readonly alerts: SmallMap<string, Alert>;
  /** Contacts of which it was doubtful then whether they were bound. */
  readonly doubtful: ReadonlySet<string>;
  /** Who was registered when the INVITE came, or null where nothing was known. */
  readonly boundThen: readonly number[] | null;
  isTried: boolean;
  /** A 183 came: an announcement or a tone, and nobody says that a device alerts (RFC 3261 21.1.5). */
  hasProgress: boolean;
  /** Where the server called a contact that is registered. */
  readonly devices: SmallSet<string>;
  /** One of them has answered with more than 100. */
  hasDeviceReplied: boolean;
  answeredBy: Answerer;
  cancelledAtMs: number | null;
  /** A challenge that the caller has not yet met. */
  challenge: { readonly atMs: number; readonly status: number; readonly reason: string } | null;
  /** Refused by a device, not by the server on its own account. */
  isRefusedByDevice: boolean;
  end: CallEnd | null;
  readonly entries: LadderEntry[];
  /** Hashes of the messages that were seen. */
  readonly transactions: SmallSet<number>;
}

/** What became of a call, and whether that is a loss. */
export type Outcome =
  | 'answered'
  | 'declined'
  | 'busy'
  | 'unanswered'
  | 'lost'
  | 'byServer'
  | 'redirected'
  | 'unauthorised'
  | 'open';

/** Statuses with which a user, or the device for him, turns a call down (RFC 3261 21.4.24, 21.6.1, 21.6.2). */
const refusals: ReadonlySet<number> = new Set([486, 600, 603]);
/** Timer B (RFC 3261 17.1.1.2): by then an INVITE without any answer has failed. */
export const noAnswerAfterMs = 32_000;

/**
 * Whether only the server was heard: nobody was registered, or of those who were no device said anything. A mailbox answers
 * so, and so does an announcement; no phone was seen to ring.
 */
const isOfServer = ({ boundThen, called, hasDeviceReplied, answeredBy }: Attempt): boolean =>
  !hasDeviceReplied && answeredBy !== 'device' && (boundThen !== null || called.size > 0);

/**
 * Judges a call at that time. Lost is a call that ended, or was given up, before any device alerted; what happens after
 * that is the user's choice. A device that refuses at once, because it is busy, was at least reached.
 */
export function outcomeOf({ attempt }: Call, nowMs: number): Outcome {
  const { end, alerts } = attempt;
  // What begins to ring after the caller has given up rings for nobody: the CANCEL was on its way.
  const givenUpMs = attempt.cancelledAtMs ?? Number.POSITIVE_INFINITY;
  const isAlerted = alerts.values().some(({ atMs }) => atMs <= givenUpMs);
  if (end?.how === 'answered') return isOfServer(attempt) ? 'byServer' : 'answered';
  const ifAlerted = (outcome: Outcome) => (isOfServer(attempt) ? 'byServer' : outcome);
  if (end === null) {
    if (attempt.challenge !== null) return 'unauthorised';
    if (isAlerted) return ifAlerted('unanswered');
    return nowMs - attempt.atMs >= noAnswerAfterMs ? 'lost' : 'open';
  }
  if (end.how === 'gaveUp') return isAlerted ? ifAlerted('unanswered') : 'lost';
  if (end.status < 400) return 'redirected';
  if (isAlerted) return ifAlerted(refusals.has(end.status) ? 'declined' : 'unanswered');
  return refusals.has(end.status) && attempt.isRefusedByDevice ? 'busy' : 'lost';
}
