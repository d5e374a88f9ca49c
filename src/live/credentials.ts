import { answerChallenge, challengesOf, type DigestChallenge, strongestPerRealm } from '../sip/message/digest.ts';
import type { Header, SipResponse } from '../sip/message/message.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';

/** The digest credentials of one user agent, and the challenge that it answers with them (RFC 3261 22). */
export class Credentials {
  readonly #username: string;
  readonly #password: string | null;
  readonly #identifiers: Identifiers;
  #challenge: DigestChallenge | null = null;
  #nonceCount = 0;

  constructor(username: string, password: string | null, identifiers: Identifiers) {
    this.#username = username;
    this.#password = password;
    this.#identifiers = identifiers;
  }

  /** Whether credentials can be sent along without being asked for. */
  get hasNonce(): boolean {
    return this.#challenge !== null;
  }

  /** Remembers the challenge of a 401 or 407, which is returned where there is one that can be answered. */
  remember(response: SipResponse): DigestChallenge | undefined {
    const [challenge] = strongestPerRealm(challengesOf(response));
    if (challenge === undefined) return undefined;
    this.#challenge = challenge;
    this.#nonceCount = 0;
    return challenge;
  }

  /** The header with the answer to the remembered challenge; none without one, or without a password. */
  for(method: string, uri: string): Header[] {
    if (this.#challenge === null || this.#password === null) return [];
    this.#nonceCount++;
    const known = { username: this.#username, password: this.#password };
    const request = { method, uri, cnonce: this.#identifiers.cnonce(), nonceCount: this.#nonceCount };
    return [answerChallenge(this.#challenge, known, request)];
  }
}
