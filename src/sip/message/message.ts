/** One header field; a header that occurs several times is several of these, in the order of the message. */
export interface Header {
  /** Canonical: compact forms expanded, usual capitalisation (RFC 3261 7.3.3). */
  readonly name: string;
  /** Unfolded, without white space at its ends (RFC 3261 7.3.1). */
  readonly value: string;
}

/** A SIP request (RFC 3261 7.1). */
export interface SipRequest {
  readonly kind: 'request';
  readonly method: string;
  /** The Request-URI as it stands on the wire; `parseUri` reads it. */
  readonly uri: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

/** A SIP response (RFC 3261 7.2). */
export interface SipResponse {
  readonly kind: 'response';
  /** 100 to 699. */
  readonly status: number;
  /** The reason phrase, possibly empty. */
  readonly reason: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

export type SipMessage = SipRequest | SipResponse;

/** The body of a message that has none. */
export const noBody = new Uint8Array(0);

/** What was read is not SIP, or not SIP that a conforming element may act upon. */
export interface Malformed {
  readonly kind: 'malformed';
  /** Line of the message, from 1. */
  readonly line: number;
  readonly found: string;
  readonly expected: string;
  /** Present where a request is malformed but says well enough where an answer goes (its topmost Via is readable). */
  readonly answerable?: {
    /** 400, 505 (version) or 513 (size). */
    readonly status: number;
    /** As much of the request as was readable. */
    readonly request: SipRequest;
  };
}

/** One line for a log: where, what was found, what was expected. */
export const malformedText = ({ line, found, expected }: Malformed): string =>
  `line ${line}: found ${found}; expected ${expected}`;
