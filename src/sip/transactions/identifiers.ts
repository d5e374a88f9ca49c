/** What must be unique or unforeseeable in the messages of one user agent. */
export interface Identifiers {
  /** With the magic cookie (RFC 3261 8.1.1.7). */
  branch(): string;
  /** At least 32 random bits (RFC 3261 19.3). */
  tag(): string;
  callId(): string;
  /** The client's part in a digest (RFC 7616 3.4). */
  cnonce(): string;
  /** An instance-id: a URN (RFC 5626 4.1) of a random UUID (RFC 9562 5.4). */
  instance(): string;
}

/** The magic cookie with which every branch by RFC 3261 begins (8.1.1.7). */
export const magicCookie = 'z9hG4bK';

/** Version 4, variant 10 (RFC 9562 5.4), the rest as it is. */
const uuidOf = (digits: string): string => digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');

/** Identifiers from a source of hexadecimal digits: a random one in production, a seeded one in tests. */
export const identifiersFrom = (hexDigits: (bytes: number) => string): Identifiers => ({
  branch: () => magicCookie + hexDigits(12),
  tag: () => hexDigits(8),
  callId: () => hexDigits(16),
  cnonce: () => hexDigits(16),
  instance: () => `urn:uuid:${uuidOf(hexDigits(16))}`,
});
