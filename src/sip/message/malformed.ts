import type { Malformed } from './message.ts';

/** What is wrong at one place of a message. */
export interface Problem extends Omit<Malformed, 'kind' | 'answerable'> {
  /** With which a request is answered where that is possible (RFC 3261 21.4.1, 21.5.6, 21.5.7). */
  readonly status: 400 | 505 | 513;
}

/** A problem that is answered with 400 Bad Request. */
export const problemAt = (line: number, found: string, expected: string): Problem => ({
  line,
  found,
  expected,
  status: 400,
});
