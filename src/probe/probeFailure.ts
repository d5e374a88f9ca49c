/** Why a probe ends without a profile. */
export type FailureKind =
  /** The server gives no answer, or none that is SIP. */
  | 'unreachable'
  /** It does not take the name or the password, or does not let this account register. */
  | 'refused'
  /** It does not do what it says, so nothing can be told apart. */
  | 'unclear'
  /** Time is up, the messages that were announced are used up, or the user has stopped it. */
  | 'stopped';

/** The end of a probe, in words for the user. */
export class ProbeFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
