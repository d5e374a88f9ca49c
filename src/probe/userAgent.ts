import { type Account, addressOfRecord } from '../sip/account.ts';
import { contactExpires, contactsOf, headerValue, minExpiresOf, retryAfterOf } from '../sip/message/headers.ts';
import type { SipResponse } from '../sip/message/message.ts';
import type { NameAddress } from '../sip/message/nameAddress.ts';
import { responseTo } from '../sip/message/response.ts';
import { isSipUri } from '../sip/message/uri.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import type { ServerTransaction } from '../sip/transactions/transactionLayer.ts';
import { contactUri } from './contactUri.ts';
import type { Challenge, RegisterOutcome, RegisterWish } from './laboratory.ts';
import { requestOf, sendWithCredentials } from './request.ts';
import { silentAudio } from './silentAudio.ts';
import type { SipStack } from './sipStack.ts';

/** How the user part of every contact of a probe begins. */
export const contactPrefix = 'ringproof-';

/** An answer to a REGISTER, and what it says. */
export interface Registered {
  readonly response: SipResponse | null;
  readonly challenge?: Challenge;
}

/** How a REGISTER differs from an ordinary one. */
export interface RegisterVariation extends Pick<RegisterWish, 'outdated' | 'isRestarted'> {
  /** Value of Expires, which else is left to the Contact values. */
  readonly expires?: number;
}

/** What an agent that rings tells. */
export interface CallListener {
  onRing(): void;
  /** Its branch was cancelled; the Reason that the CANCEL gave, if any (RFC 3326). */
  onCancel(reason: string | null): void;
}

/**
 * Numbers from one REGISTER to the next: each takes one, its credentials another, those for the next nonce where the first
 * was stale a third, and as many are never used.
 */
const sequenceStep = 6;

/** A user agent that registers and rings, and answers a call only when it is told to. */
export class UserAgent {
  readonly stack: SipStack;
  /** Its contact, without parameters of the header. */
  readonly contactUri: string;
  readonly #contactUser: string;
  readonly #account: Account;
  readonly #callId = randomIdentifiers.callId();
  /** What it would have after it had been started anew. */
  readonly #nextCallId = randomIdentifiers.callId();
  readonly #tag = randomIdentifiers.tag();
  #sequence = 1;
  /** The CSeq of the REGISTER before the last one. */
  #previous = 1;
  /** Calls that it rings for. */
  readonly #ringing = new Set<ServerTransaction>();
  #listener: CallListener | undefined;
  #onAcknowledged: (() => void) | undefined;

  constructor(stack: SipStack, account: Account, name: string) {
    this.stack = stack;
    this.#account = account;
    this.#contactUser = `${contactPrefix}${name}`;
    this.contactUri = contactUri(this.#contactUser, stack);
    stack.listen((transaction) => this.#hear(transaction));
  }

  /**
   * Sends a REGISTER with these Contact values. Throws a ProbeFailure where the credentials are not taken.
   * `outdated` takes a CSeq below the last one, `isRestarted` the agent's other Call-ID.
   */
  async register(
    contacts: readonly string[],
    { outdated, isRestarted = false, expires }: RegisterVariation = {},
  ): Promise<Registered> {
    const aor = addressOfRecord(this.#account);
    const sequence = this.#nextSequence(outdated);
    const request = requestOf({
      method: 'REGISTER',
      uri: `sip:${this.#account.domain}`,
      from: `<${aor}>;tag=${this.#tag}`,
      to: `<${aor}>`,
      callId: isRestarted ? this.#nextCallId : this.#callId,
      sequence,
      headers: [
        ...contacts.map((value) => ({ name: 'Contact', value })),
        ...(expires === undefined ? [] : [{ name: 'Expires', value: String(expires) }]),
      ],
    });
    const { response, challenge } = await sendWithCredentials(this.stack, request, this.#account);
    return { response, ...(challenge && { challenge }) };
  }

  #nextSequence(outdated: RegisterWish['outdated']): number {
    if (outdated !== undefined) return this.#previous + (outdated === 'skipped' ? sequenceStep / 2 : 0);
    this.#previous = this.#sequence;
    this.#sequence += sequenceStep;
    return this.#sequence;
  }

  /** What an answer means for this agent's own contact. */
  outcome({ response, challenge }: Registered): RegisterOutcome {
    if (response === null) return { status: null, reason: '' };
    const own = this.#ownContact(response);
    const granted = own && contactExpires(response, own);
    const retryAfterSeconds = retryAfterOf(response);
    const minExpiresSeconds = minExpiresOf(response);
    return {
      status: response.status,
      reason: response.reason,
      ...(granted !== undefined && { grantedSeconds: granted }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(minExpiresSeconds !== undefined && { minExpiresSeconds }),
      ...(challenge && { challenge }),
    };
  }

  /** RFC 3261 10.2.4: among all bindings in the answer, one's own is found by comparison. */
  #ownContact(response: SipResponse) {
    const contacts = contactsOf(response);
    return contacts === '*' ? undefined : contacts.find((contact) => this.isOwn(contact));
  }

  /** Whether that is its contact: by where it is, since a server may say more or less in the rest. */
  isOwn({ uri }: NameAddress): boolean {
    const { host, port } = this.stack;
    return isSipUri(uri) && ((uri.host === host && uri.port === port) || uri.user === this.#contactUser);
  }

  /** Lets it ring; the listener is told of each call. Without a listener, a call is answered 480. */
  set listener(listener: CallListener | undefined) {
    this.#listener = listener;
  }

  #hear(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.method === 'INVITE') this.#ring(transaction);
    else transaction.respond(responseTo(request, this.#statusFor(request.method), { toTag: this.#tag }));
  }

  /** Only the caller ends a call that was answered. */
  #statusFor = (method: string): number => (method === 'OPTIONS' || method === 'BYE' ? 200 : 405);

  #ring(invite: ServerTransaction): void {
    const listener = this.#listener;
    if (listener === undefined) {
      // Not a call of the probe: somebody really calls, and nobody is here.
      this.#end(invite, 480);
      return;
    }
    this.#ringing.add(invite);
    invite.onReport((report) => {
      if (report.type === 'acknowledged') this.#onAcknowledged?.();
      if (report.type !== 'cancelled') return;
      listener.onCancel(headerValue(report.request, 'Reason') ?? null);
      this.#end(invite, 487);
    });
    invite.respond(responseTo(invite.request, 180, { toTag: this.#tag, headers: [this.#contactHeader] }));
    listener.onRing();
  }

  get #contactHeader() {
    return { name: 'Contact', value: `<${this.contactUri}>` };
  }

  #end(invite: ServerTransaction, status: number): void {
    this.#ringing.delete(invite);
    invite.respond(responseTo(invite.request, status, { toTag: this.#tag }));
  }

  /** Answers what rings, with audio that is neither sent nor received. */
  answer(onAcknowledged: () => void): void {
    this.#onAcknowledged = onAcknowledged;
    const headers = [this.#contactHeader, { name: 'Content-Type', value: 'application/sdp' }];
    for (const invite of this.#ringing) {
      this.#ringing.delete(invite);
      const body = silentAudio(this.stack.host);
      invite.respond(responseTo(invite.request, 200, { toTag: this.#tag, headers, body }));
    }
  }

  /** Ends whatever still rings. */
  stopRinging(): void {
    for (const invite of [...this.#ringing]) this.#end(invite, 480);
  }
}
