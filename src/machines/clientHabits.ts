/**
 * Where clients of the field do otherwise than RFC 3261 10.2 has it. A habit that is absent is the RFC's: a client takes what
 * a refusal says for what to do next, and the lifetime of its own Contact for that of its binding.
 */
export interface ClientHabits {
  readonly afterTooBrief?: AfterTooBrief;
  readonly afterRetryLater?: AfterRetryLater;
  /** Whether a REGISTER that has had no answer for 64*T1 is its last one (against RFC 3261 10.2.7, RFC 5626 4.5). */
  readonly afterSilence?: 'givesUp';
  readonly readsExpires?: ExpiresReading;
  /** What an app does after 555; absent where it registers as one that cannot be woken. */
  readonly afterUnsupported?: AfterUnsupported;
  /**
   * Whether it keeps its Call-ID over a restart although it counts its CSeq from 1 again. RFC 3261 10.2: the one Call-ID is of
   * one boot cycle, and the CSeq rises with each REGISTER that has it.
   */
  readonly keepsCallId?: true;
  /**
   * Whether it tries the second server of the domain where the first does not answer, or answers 503 (RFC 3263 4.3), and stays
   * with it until it is started again; absent where there is one, or it does not know how.
   */
  readonly triesNextServer?: true;
}

/**
 * What a client makes of 423 where it knows nothing of Min-Expires (RFC 3261 10.2.8). `backsOff`: the same request again, as
 * after any 400 (8.1.3.2: what it does not know it takes for x00); `givesUp`: none until network, process or login are others.
 */
export type AfterTooBrief = 'backsOff' | 'givesUp';

/**
 * What a client makes of a refusal with Retry-After where it does not wait for so long (RFC 3261 20.33, 21.5.4).
 * `backsOff`: its own waiting time, as baresip (measured); `givesUp`: no REGISTER any more, as SIP.js before 0.16 (its
 * issue 472).
 */
export type AfterRetryLater = 'backsOff' | 'givesUp';

/**
 * What an app makes of 555 (RFC 8599 8.1) where it does not register without a push token. `backsOff`: the same request again, as
 * after any 500 (RFC 3261 8.1.3.2: what it does not know it takes for x00); `givesUp`: none until process, network or login are
 * others.
 */
export type AfterUnsupported = 'backsOff' | 'givesUp';

/**
 * What of a 200 a client takes for its lifetime in the place of the `expires` of its own Contact (RFC 3261 10.2.4): the
 * Expires header, which an SBC that shortens the parameter leaves as it was; the largest of all that are listed; what it
 * has asked for itself.
 */
export type ExpiresReading = 'header' | 'largest' | 'asked';
