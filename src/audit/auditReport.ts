import type { RegistrationModeName } from '../machines/registrationModes.ts';
import type { LadderEntry, Outcome } from './call.ts';
import type { Duration, HandOverOrder, LossOfBinding } from './registrations.ts';
import type { Role } from './sides.ts';

/** Counts up whenever a program that reads the JSON would have to change. */
export const auditVersion = 1;

/** Times are milliseconds since 1970, with a fraction where the capture has one. */
export interface AuditReport {
  readonly startMs: number;
  readonly endMs: number;
  readonly verdict: 'nothingLost' | 'lossesFound' | 'cannotTell';
  /** What of the capture keeps it from being judged; empty where nothing does. */
  readonly incomplete: readonly string[];
  /** Those with problems and the others, of either kind as many as were asked for. */
  readonly addresses: readonly AddressReport[];
  /** Of all addresses, also of those that are left out. */
  readonly totals: {
    readonly addresses: number;
    /** Addresses in which something failed or was not seen to be fine. */
    readonly problems: number;
    readonly made: number;
    readonly lost: number;
    readonly undecided: number;
    /** Double registrations that are a fault. */
    readonly doubles: number;
  };
  /** Calls to addresses for which the capture has no REGISTER: most are numbers of somebody else. */
  readonly notJudged: OtherCalls;
  /** Names of which the server's own legs have shown for which address of record they are. */
  readonly learntAliases: Readonly<Record<string, string>>;
}

export interface AddressReport {
  readonly aor: string;
  readonly sides: readonly SideReport[];
  readonly registers: {
    readonly seen: number;
    readonly bound: number;
    readonly refreshed: number;
    readonly removed: number;
  };
  readonly refusals: readonly RefusalReport[];
  readonly handOvers: readonly HandOverReport[];
  readonly gaps: readonly GapReport[];
  readonly doubles: readonly DoubleReport[];
  /** Hand-overs after which the old binding may have remained: the registrar did not list it, and nothing shows why. */
  readonly doubtfulDoubles: number;
  readonly calls: CallCounts;
  /** The first of them, as many as were asked for; `calls` counts all. */
  readonly losses: readonly LossReport[];
  /** Lost as far as can be read; but part of the traffic cannot be read, and nothing else explains them. */
  readonly undecided: readonly LossReport[];
  /** Calls that were asked for by their Call-ID and not lost. */
  readonly asked: readonly LossReport[];
  /** Calls of which only the server was heard. */
  readonly byServer: readonly { readonly callId: string; readonly invitedAtMs: number }[];
  /** Of those that were redirected, the ones that no device has redirected. */
  readonly redirectedByServer: number;
  readonly lateAlerts: readonly LateAlertReport[];
  readonly doublyAlerted: readonly DoublyAlertedReport[];
  readonly mode: ModeReport;
}

export interface SideReport {
  readonly id: number;
  readonly name: string;
  readonly role: Role | null;
  readonly why: string;
  /** Everything it sent from or was called at, the latest last. */
  readonly endpoints: readonly string[];
  readonly userAgent: string | null;
  readonly contacts: readonly string[];
}

export interface RefusalReport {
  readonly side: string;
  readonly what: 'REGISTER' | 'un-REGISTER';
  readonly atMs: number;
  readonly status: number | null;
  readonly reason: string;
  readonly retryAfterSeconds: number | null;
  readonly attempts: number;
  readonly acceptedAfterMs: number | null;
  readonly bound: readonly string[];
}

export interface HandOverReport {
  readonly from: string;
  readonly to: string;
  readonly atMs: number;
  readonly order: HandOverOrder | null;
}

export interface GapReport {
  /** The earliest time at which it may have begun: the request that removed the last binding, or the expiry. */
  readonly fromMs: number;
  /** The latest time at which it may have ended: the reply to the REGISTER; null where it lasted to the end. */
  readonly untilMs: number | null;
  readonly duration: Duration;
  readonly cause: LossOfBinding;
  readonly before: string;
  readonly after: string | null;
  readonly callsLost: number;
}

export interface DoubleReport {
  readonly fromMs: number;
  readonly untilMs: number | null;
  readonly duration: Duration;
  readonly sides: readonly string[];
  /** Whether the sides are known to be app and push server; otherwise they are just two devices. */
  readonly areKnown: boolean;
}

export interface CallCounts {
  readonly made: number;
  readonly answered: number;
  /** Declined by the user after alerting. */
  readonly declined: number;
  /** Turned down by a device that did not alert, because it is busy. */
  readonly busy: number;
  /** Alerted, and then nobody answered before the caller, the server or the capture ended it. */
  readonly unanswered: number;
  readonly lost: number;
  /** Answered or alerted by the server while nobody was registered, or no device replied: a mailbox, an announcement. */
  readonly byServer: number;
  /** Lost, unless what cannot be read has another end of it. */
  readonly undecided: number;
  readonly redirected: number;
  /** The caller did not meet a challenge for credentials. */
  readonly unauthorised: number;
  /** Neither over nor alerting when the capture ended. */
  readonly open: number;
}

/** A call that was lost, perhaps lost, or asked for. */
export interface LossReport {
  readonly outcome: Outcome;
  readonly callId: string;
  readonly caller: string;
  /** Index of the file, and number of the packet of its INVITE there, from 1. */
  readonly file: number;
  readonly frame: number;
  readonly invitedAtMs: number;
  readonly endedAtMs: number | null;
  /** As the caller got it: `480 Temporarily Unavailable`, `no answer`, `caller gave up`, `answered`. */
  readonly result: string;
  readonly why: string;
  readonly ladder: LadderReport | null;
}

/** The messages around a failure. */
export interface LadderReport {
  readonly caller: string;
  readonly server: string;
  readonly entries: readonly LadderEntry[];
}

export interface LateAlertReport {
  readonly callId: string;
  readonly invitedAtMs: number;
  readonly afterMs: number;
  readonly by: string;
}

export interface DoublyAlertedReport {
  readonly callId: string;
  readonly invitedAtMs: number;
  readonly by: readonly string[];
}

export interface ModeReport {
  /** Null where the capture does not tell. */
  readonly mode: RegistrationModeName | null;
  readonly why: readonly string[];
}

/** Calls to addresses for which the capture has no REGISTER. */
export interface OtherCalls {
  readonly addresses: number;
  readonly calls: number;
  /** Lost, as far as that can be said, and not made by somebody who is judged. */
  readonly failed: number;
  /** Without any device heard, while nobody was registered of an address that is judged. */
  readonly inGap: number;
  /** An address of them. */
  readonly first: string | null;
}
