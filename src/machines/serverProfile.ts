import type { Contact, FailureCode, RefusalCode } from './messages.ts';

/** What a session border controller between the user agents and the registrar does to a registration. */
export interface BorderController {
  /** Whether it puts a Contact of its own in the place of each: nobody can then name the contact of another. */
  readonly rewritesContacts: boolean;
  /** Milliseconds for which it answers a REGISTER that it has seen confirmed, without asking the registrar; null never. */
  readonly cacheMs: number | null;
  /**
   * Milliseconds without a REGISTER after which it has forgotten the flow to the push server, so that no INVITE gets
   * there; null where it needs none. An app in the foreground keeps its own flow alive (RFC 5626 4.4).
   */
  readonly flowMs: number | null;
  /**
   * Whether it does all this only to user agents behind a NAT, whose Via differs from where the request came from (snom 4S
   * NAT filter, Oracle HNT); a public host it lets pass as it is, and calls it at its Contact. The app is behind one.
   */
  readonly comparesVia: boolean;
  /** Milliseconds of lifetime that it tells a user agent whose flow it keeps, whatever the registrar has granted; null as granted. */
  readonly natExpiresMs: number | null;
  /** Milliseconds from the INVITE after which a call without any 18x fails with 408; null where it waits on. */
  readonly alertMs: number | null;
}

/**
 * All that a SIP server can differ in, as the hand-over meets it: registrar and proxy on a handful of axes.
 * What else is to be said of an axis (title, form in a user's file, default) is its row in `profiles/serverAxes`.
 */
export interface ServerAxes {
  /** How many bindings an address of record may have; null is without limit. */
  readonly capacity: number | null;
  /**
   * What a REGISTER for one more binding meets when all are taken: an answer, or the eviction of another binding.
   * `evictSoonestToExpire` ranks by the granted lifetime, the age breaking a tie.
   */
  readonly whenFull:
    | { readonly do: 'refuse'; readonly code: RefusalCode; readonly retryAfter: boolean }
    | { readonly do: 'overwrite' }
    | { readonly do: 'evictOldest' }
    | { readonly do: 'evictSoonestToExpire' };
  /** What an un-REGISTER removes: the contact that it names, or every binding of the user (FreeSWITCH's default). */
  readonly removalScope: 'ownContact' | 'allOfUser';
  /**
   * What makes a REGISTER concern a binding that exists: the Contact URI (RFC 3261 10.3 step 7); where the request
   * carries them, instance-id and reg-id whatever the URI (RFC 5626 6); the user alone (FreeSWITCH's default); or Contact
   * and Call-ID, so that to a user agent that has been started anew its own binding is another's (FreeSWITCH `call-id`).
   */
  readonly matchesBindingBy: 'contact' | 'instance' | 'user' | 'callId';
  /**
   * How a REGISTER with several Contacts is carried out: as a whole, so that only its outcome must fit (RFC 3261 10.3),
   * or Contact by Contact, where a removal makes no room for what comes after it and stays when that is refused.
   */
  readonly severalContacts: 'atomic' | 'sequential';
  /**
   * Whether a REGISTER with an outdated CSeq is rejected (RFC 3261 10.3 step 7), of a binding that is there; where bindings are found by instance-id,
   * only one that carries none (Kamailio).
   */
  readonly checksSequence: boolean;
  /**
   * Whether copies of a REGISTER that has been served are answered by its transaction and do nothing (RFC 3261 17.2.2), or
   * the registrar answers without transactions, and each copy acts (sample configuration of Kamailio).
   */
  readonly absorbsCopies: boolean;
  /**
   * Whether the firewall drops whatever comes from an address with too many offences (fail2ban: maxretry, findtime, bantime),
   * which are all its REGISTERs, those that were challenged, or those with wrong credentials. Absent or null: it does not.
   */
  readonly bans?: {
    readonly counts: 'requests' | 'challenges' | 'failures';
    readonly after: number;
    readonly withinMs: number;
    readonly forMs: number;
  } | null;
  /**
   * How many REGISTERs of one address within a time are served; more are refused with 503, with Retry-After or without it
   * (RFC 3261 21.5.4). Absent or null: all.
   */
  readonly limitsRegisters?: {
    readonly registers: number;
    readonly withinMs: number;
    readonly retryAfter: boolean;
  } | null;
  /** Whose REGISTER is admitted: where accounts are tied to known addresses, the push server's is refused with 403. */
  readonly admits: 'everybody' | 'appOnly';
  /** Whether REGISTER must carry digest credentials (RFC 3261 22). */
  readonly digest: boolean;
  /**
   * Whether a 401 to credentials for a nonce that has expired says so (RFC 3261 22.4, RFC 2617 3.2.1: stale=true); without it a
   * client takes them for wrong ones. Absent: it does.
   */
  readonly saysStale?: boolean;
  /** Shortest lifetime of a binding in milliseconds, and what a shorter wish meets: 423 (RFC 3261 10.2.8) or a longer grant. */
  readonly minimumExpires: { readonly ms: number; readonly answer: 'intervalTooBrief' | 'raise' };
  /** Longest lifetime of a binding in milliseconds; a longer wish is shortened. */
  readonly maximumExpiresMs: number;
  /** Which bindings an INVITE is forked to; `first` is the one registered longest ago. */
  readonly fork: 'all' | 'first';
  /** Whether a binding that appears while an INVITE is pending gets a branch too (RFC 8599 5.6.2). */
  readonly forksToLateBindings: boolean;
  /** What an INVITE meets when nobody is registered. */
  readonly withoutBinding:
    | { readonly do: 'reject'; readonly code: Extract<FailureCode, 404 | 480> }
    | { readonly do: 'voicemail' }
    | { readonly do: 'hold'; readonly ms: number };
  /**
   * Whether the CANCEL of a branch that lost the call to another one says `Reason: SIP;cause=200` (RFC 3326), so that its
   * phone shows no missed call.
   */
  readonly tellsReason: boolean;
  /**
   * What a caller hears while the call is on its way: nothing until a phone rings, or early media of the server from the
   * INVITE on, with a 183 that says nothing of any phone (RFC 3261 21.1.5).
   */
  readonly ringback: 'ofPhone' | 'earlyMedia';
  /** Whose calls it takes: of anybody with credentials (RFC 3261 22.3), or of registered contacts only. */
  readonly admitsCalls: 'everybody' | 'registered';
  /** Milliseconds without any answer after which a branch counts as failed (Timer B or the proxy's own, shorter one). */
  readonly branchTimeoutMs: number;
  /** Milliseconds of ringing after which the server gives up. */
  readonly noAnswerMs: number;
  /** Whether each 18x makes that time begin anew, as it does for Timer C (RFC 3261 16.7 step 2). */
  readonly ringingRestartsNoAnswer: boolean;
  /**
   * What a 6xx from one phone does to the others: a proxy cancels their branches (RFC 3261 16.7 step 5), a B2BUA may let
   * them ring on.
   */
  readonly onGlobalFailure: 'cancelsBranches' | 'waitsForBranches';
  /** What a branch counts as that cannot be reached: 503 (RFC 3261 16.9), or what the product answers in its place. */
  readonly unreachableCode: Extract<FailureCode, 477 | 480 | 503>;
  /** Which calls go to a voice mailbox although somebody is registered. */
  readonly mailboxTakes: 'none' | 'noAnswer' | 'noAnswerOrBusy';
  /** Whether bindings survive a restart of the server. */
  readonly keepsBindingsOnRestart: boolean;
  /**
   * What becomes of a binding whose REGISTER came over a connection, over TCP or TLS, when that connection is closed or
   * found broken (RFC 5626 4.2.2: it is of no use any more).
   */
  readonly onConnectionClosed: 'keepsBinding' | 'removesBinding';
  /**
   * Whether the registrar asks each contact with OPTIONS whether it is still there, how often, how long it waits for an
   * answer, and what it does without one: it skips the contact in calls until it answers, or removes the binding.
   */
  readonly probesContacts: {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly onFailure: 'skip' | 'remove';
  } | null;
  /** How the server wakes a phone whose push token it has; only where it is the SIP server that pushes. */
  readonly wakes: Waking;
  /** The session border controller in front of the server, or null. */
  readonly sbc: BorderController | null;
}

export type ServerAxis = keyof ServerAxes;

/** How a SIP server that has the push token of a phone wakes it for a call and what it does meanwhile. */
export interface Waking {
  /**
   * For which calls it pushes: for each, so that the INVITE waits for the REGISTER that answers the push (RFC 8599
   * 5.6.2), or goes to the bindings at once besides; where the phone has no binding; there, and where the INVITE cannot be
   * delivered to it or stays without an answer.
   */
  readonly when: 'always' | 'alongside' | 'unbound' | 'unreachable';
  /**
   * Milliseconds from the push in which the phone may register; without it the INVITE fails with 480 (RFC 8599 5.6.2).
   * 0 where the call does not wait.
   */
  readonly waitMs: number;
  /**
   * Whose REGISTER lets the INVITE go, and where to: that of each phone that was pushed, to the contact that it comes from (RFC 8599
   * 5.6.2); the first one of the account, to the contact that it comes from alone, or to all bindings, and no other phone is
   * waited for; or each one of the account, to all bindings that have no branch yet, and the others are waited for.
   */
  readonly goesTo: 'itsContact' | 'newest' | 'all' | 'allEachTime';
  /** What the caller is told with the push: nothing beyond 100; 110 Push sent (of no RFC); 182 Queued (RFC 3261 21.1.4); 180. */
  readonly tells: 'trying' | 'pushSent' | 'queued' | 'ringing';
  /** Milliseconds from a REGISTER in which its phone counts as awake, and gets the INVITE without a push; null where it does not. */
  readonly skipsForMs: number | null;
  /** Whether the phone is told by another push that the call is over before it has registered. */
  readonly endsPush: boolean;
  /**
   * Milliseconds before the end of a binding at which the phone is pushed to refresh it, at least 120 s (RFC 8599 5.5); null
   * where it is not, as for lifetimes that are no longer than that.
   */
  readonly refreshBeforeMs: number | null;
  /**
   * What kind of push that is: that of a call, as RFC 8599 has one token for both, or one of its own, which need not be reported
   * as a call (APNs: background instead of VoIP).
   */
  readonly refreshesBy: 'callPush' | 'ownPush';
  /** How long the token is known: as long as the binding that brought it (RFC 8599 5.3), or until the user logs out. */
  readonly tokenLives: 'binding' | 'account';
  /** Whether the 200 to a REGISTER says that the phone will be pushed: Feature-Caps with `+sip.pns` (RFC 8599 5.6.1.1). */
  readonly announces: boolean;
  /**
   * What a REGISTER meets that names a push service which the server does not support: 555 (RFC 8599 5.6.1.1), or a binding
   * like any other, without a word.
   */
  readonly unsupported: 'refused' | 'registered';
}

/** A SIP server. The values of a real one, and where they are known from, belong to its profile. */
export interface ServerProfile extends ServerAxes {
  readonly name: string;
  readonly title: string;
  /** Where the values come from. */
  readonly source: string;
}

/** A server, and what its SBC can know of the user agents in front of it. */
export interface FacedServer {
  readonly sbc: BorderController | null;
  /** Whether the push server names a private address in its Via and Contact, as from behind a NAT. */
  readonly natEmulation?: boolean;
}

/** Whether the SBC takes whoever is at that contact for one behind a NAT. */
export const isBehindNat = ({ sbc, natEmulation = false }: FacedServer, contact: Contact): boolean =>
  sbc !== null && (!sbc.comparesVia || !contact.startsWith('pushServer') || natEmulation);

/** Lifetime in milliseconds that the user agent at that contact is told. */
export const toldExpiresMs = (server: ServerProfile & FacedServer, contact: Contact, askedMs: number): number => {
  const grantedMs = grantedExpiresMs(server, askedMs);
  const natMs = isBehindNat(server, contact) ? (server.sbc?.natExpiresMs ?? null) : null;
  return natMs === null ? grantedMs : Math.min(grantedMs, natMs);
};

/** Lifetime in milliseconds that the server grants for the lifetime that was asked for. */
export const grantedExpiresMs = (profile: ServerProfile, askedMs: number): number =>
  Math.min(Math.max(askedMs, profile.minimumExpires.ms), profile.maximumExpiresMs);
