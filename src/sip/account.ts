/** An account at a SIP server. */
export interface Account {
  readonly user: string;
  /** Domain of the address of record. */
  readonly domain: string;
  /** Null where the server demands none. Never logged, never in a trace. */
  readonly password: string | null;
}

/** The account's address of record (RFC 3261 6). */
export const addressOfRecord = ({ user, domain }: Account): string => `sip:${user}@${domain}`;
