import { setTimeout as pause } from 'node:timers/promises';
import { type Account, addressOfRecord } from '../sip/account.ts';
import { addressesOf, callIdOf, contactsOf, cseqOf, headerValue } from '../sip/message/headers.ts';
import type { SipRequest, SipResponse } from '../sip/message/message.ts';
import { nameAddressText } from '../sip/message/nameAddress.ts';
import { uriText } from '../sip/message/uri.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import type { Agent, CallSight, PlacedCall } from './laboratory.ts';
import { requestOf, sendWithCredentials } from './request.ts';
import type { SipStack } from './sipStack.ts';

/** How long it takes until it is clear who rings, in milliseconds. */
export interface RingTiming {
  /** Until the first one rings, at most. */
  readonly firstMs: number;
  /** Until the next one rings, at most. */
  readonly nextMs: number;
}

const pollMs = 10;
/** How long a cancelled call may take to end. */
const endingMs = 2_000;

/** An offer of audio that is neither sent nor received: some servers refuse an INVITE without one. */
const offer = (host: string) => {
  const address = host.startsWith('[') ? `IP6 ${host.slice(1, -1)}` : `IP4 ${host}`;
  const lines = [
    'v=0',
    `o=- 1 1 IN ${address}`,
    's=-',
    `c=IN ${address}`,
    't=0 0',
    'm=audio 9 RTP/AVP 0 8',
    'a=inactive',
  ];
  return new TextEncoder().encode(`${lines.join('\r\n')}\r\n`);
};

/** The probe's agents while a call is on its way. */
export interface Ringing {
  /** Whom it has reached, in this order. */
  readonly rang: readonly Agent[];
  /** Lets nobody ring any more. */
  stop(): void;
}

/** Who calls whom, and how. */
export interface CallParts {
  readonly stack: SipStack;
  readonly caller: Account;
  readonly callee: Account;
  readonly ringing: Ringing;
  readonly timing: RingTiming;
  /** Ends every wait. */
  readonly signal: AbortSignal;
}

/** An INVITE from the caller to the account that is probed. */
export class OutgoingCall implements PlacedCall {
  readonly #parts: CallParts;
  readonly #placedMs = performance.now();
  readonly #ended: Promise<void>;
  #endedMs: number | undefined;
  #status: number | null = null;
  readonly #cancelling = new AbortController();
  #failure: unknown;

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.#ended = this.#place().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  async #place(): Promise<void> {
    const { stack, caller, callee } = this.#parts;
    const { host, port, transport } = stack;
    const invite = requestOf({
      method: 'INVITE',
      uri: addressOfRecord(callee),
      from: `<${addressOfRecord(caller)}>;tag=${randomIdentifiers.tag()}`,
      to: `<${addressOfRecord(callee)}>`,
      callId: randomIdentifiers.callId(),
      sequence: 1,
      headers: [
        { name: 'Contact', value: `<sip:${caller.user}@${host}:${port};transport=${transport.toLowerCase()}>` },
        { name: 'Content-Type', value: 'application/sdp' },
      ],
      body: offer(host),
    });
    const { response, request } = await sendWithCredentials(stack, invite, caller, this.#cancelling.signal);
    this.#endedMs = performance.now();
    this.#status = response?.status ?? null;
    if (response !== null && response.status < 300) await endDialog(stack, request, response);
  }

  #sight(): CallSight {
    if (this.#failure !== undefined) throw this.#failure;
    const afterMs = Math.round((this.#endedMs ?? performance.now()) - this.#placedMs);
    return { rang: [...this.#parts.ringing.rang], status: this.#status, afterMs };
  }

  async whoRings(): Promise<CallSight> {
    const { timing, ringing } = this.#parts;
    const beganMs = performance.now();
    let [known, newsMs] = [ringing.rang.length, beganMs];
    const isClear = () => {
      if (ringing.rang.length > known) [known, newsMs] = [ringing.rang.length, performance.now()];
      return performance.now() - newsMs > (known === 0 ? timing.firstMs : timing.nextMs);
    };
    return this.#waitUntil(isClear);
  }

  outcome(withinMs: number): Promise<CallSight> {
    return this.#waitUntil(() => this.#parts.ringing.rang.length > 0 || performance.now() - this.#placedMs > withinMs);
  }

  async #waitUntil(isClear: () => boolean): Promise<CallSight> {
    while (this.#failure === undefined && this.#endedMs === undefined && !isClear()) {
      await pause(pollMs, undefined, { signal: this.#parts.signal });
    }
    return this.#sight();
  }

  async hangUp(): Promise<void> {
    const { ringing } = this.#parts;
    this.#cancelling.abort();
    // A server that neither answers nor can be cancelled must not hold us up.
    await Promise.race([this.#ended, pause(endingMs, undefined, { ref: false })]);
    ringing.stop();
  }
}

/** Acknowledges a call that somebody has answered, and ends it (RFC 3261 13.2.2.4, 15.1.1). */
async function endDialog(stack: SipStack, invite: SipRequest, response: SipResponse): Promise<void> {
  const contacts = contactsOf(response);
  const remote = contacts === '*' ? undefined : contacts[0];
  const request = (method: string, sequence: number) =>
    requestOf({
      method,
      uri: remote === undefined ? invite.uri : uriText(remote.uri),
      from: headerValue(invite, 'From') ?? '',
      to: headerValue(response, 'To') ?? '',
      callId: callIdOf(invite) ?? '',
      sequence,
      // RFC 3261 12.1.2: the caller's route set is the reverse of what was recorded.
      headers: addressesOf(response, 'Record-Route')
        .reverse()
        .map((address) => ({ name: 'Route', value: nameAddressText(address) })),
    });
  const sequence = cseqOf(invite)?.number ?? 1;
  stack.sendAcknowledgement(request('ACK', sequence));
  await stack.send(request('BYE', sequence + 1));
}
