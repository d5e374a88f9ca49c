import type { FailureCode, RefusalCode } from './messages.ts';

/**
 * A SIP server as the hand-over meets it: registrar and proxy on a handful of axes.
 * The values of a real server, and where they are known from, belong to its profile.
 */
export interface ServerProfile {
  readonly name: string;
  readonly title: string;
  /** Where the values come from. */
  readonly source: string;
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
   * What makes a REGISTER concern a binding that exists: the Contact URI (RFC 3261 10.3 step 7), or, where the request
   * carries them, instance-id and reg-id whatever the URI (RFC 5626 6).
   */
  readonly matchesBindingBy: 'contact' | 'instance';
  /**
   * How a REGISTER with several Contacts is carried out: as a whole, so that only its outcome must fit (RFC 3261 10.3),
   * or Contact by Contact, where a removal makes no room for what comes after it and stays when that is refused.
   */
  readonly severalContacts: 'atomic' | 'sequential';
  /** Whether a REGISTER with an outdated CSeq is rejected (RFC 3261 10.3 step 7). */
  readonly checksSequence: boolean;
  /** Whether REGISTER must carry digest credentials (RFC 3261 22). */
  readonly digest: boolean;
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
  /** Milliseconds without any answer after which a branch counts as failed (Timer B or the proxy's own, shorter one). */
  readonly branchTimeoutMs: number;
  /** Milliseconds of ringing after which the server gives up. */
  readonly noAnswerMs: number;
  /** Whether bindings survive a restart of the server. */
  readonly keepsBindingsOnRestart: boolean;
}

/** Lifetime in milliseconds that the server grants for the lifetime that was asked for. */
export const grantedExpiresMs = (profile: ServerProfile, askedMs: number): number =>
  Math.min(Math.max(askedMs, profile.minimumExpires.ms), profile.maximumExpiresMs);
