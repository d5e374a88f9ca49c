import { randomBytes, randomUUID } from 'node:crypto';

/** Call-IDs, tags, branches and cnonces: unique, and no part of what a run is judged by. */
export interface Identifiers {
  readonly callId: () => string;
  readonly tag: () => string;
  /** With the cookie of RFC 3261 8.1.1.7. */
  readonly branch: () => string;
  readonly cnonce: () => string;
  /** An instance-id (RFC 5626 4.1). */
  readonly instance: () => string;
}

const hex = (bytes: number) => randomBytes(bytes).toString('hex');

/** Identifiers that never repeat (RFC 3261 19.3: at least 32 random bits in a tag). */
export const randomIdentifiers: Identifiers = {
  callId: () => `${hex(12)}@ringproof.invalid`,
  tag: () => hex(6),
  branch: () => `z9hG4bK${hex(10)}`,
  cnonce: () => hex(8),
  instance: () => `<urn:uuid:${randomUUID()}>`,
};
