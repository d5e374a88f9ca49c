import { setTimeout as pause } from 'node:timers/promises';
import { type Account, addressOfRecord } from '../sip/account.ts';
import { addressesOf, callIdOf, contactsOf, cseqOf, headerValue } from '../sip/message/headers.ts';
import type { SipRequest, SipResponse } from '../sip/message/message.ts';
import { nameAddressText } from '../sip/message/nameAddress.ts';
import { uriText } from '../sip/message/uri.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import { contactUri } from './contactUri.ts';
import type { Agent, Answered, CallSight, PlacedCall, RingTiming } from './laboratory.ts';
import { requestOf, sendWithCredentials } from './request.ts';
import { silentAudio } from './silentAudio.ts';
import type { SipStack } from './sipStack.ts';

const pollMs = 10;
/** How long an answered call may take to connect. */
const answeringMs = 20_000;
/** How long a cancelled call may take to end, and how long where one has not ended in that time before. */
const [endingMs, overdueMs] = [2_000, 300];

/** The probe's agents while a call is on its way. */
export interface Ringing {
  /** Whom it has reached, in this order, and when on the clock of `performance`. */
  readonly rang: readonly Agent[];
  readonly atMs: readonly number[];
  /** The Reason of each CANCEL that an agent got. */
  readonly cancelled: ReadonlyMap<Agent, string | null>;
  /** Lets that one answer. */
  answer(agent: Agent, onAcknowledged: () => void): void;
  /** Lets those who ring decline, and still ring when they are called again. */
  decline(): void;
  /** Lets nobody ring any more. */
  stop(): void;
}

/** Who calls whom, and how. */
export interface CallParts {
  readonly stack: SipStack;
  readonly caller: Account;
  /** What is dialled. */
  readonly callee: string;
  readonly ringing: Ringing;
  readonly timing: RingTiming;
  /** Whether a call has not ended in time when it was cancelled: the next one will not either. */
  readonly ending: { isOverdue: boolean };
  /** Ends every wait. */
  readonly signal: AbortSignal;
}

/** An INVITE from the caller to the account that is probed. */
export class OutgoingCall implements PlacedCall {
  readonly #parts: CallParts;
  #placedMs = performance.now();
  #isSent = false;
  #endedMs: number | undefined;
  #status: number | null = null;
  #isTried = false;
  #isAlerted = false;
  readonly #cancelling = new AbortController();
  #failure: unknown;

  constructor(parts: CallParts) {
    this.#parts = parts;
    void this.#place().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  async #place(): Promise<void> {
    const { stack, caller, callee } = this.#parts;
    const invite = requestOf({
      method: 'INVITE',
      uri: callee,
      from: `<${addressOfRecord(caller)}>;tag=${randomIdentifiers.tag()}`,
      to: `<${callee}>`,
      callId: randomIdentifiers.callId(),
      sequence: 1,
      headers: [
        { name: 'Contact', value: `<${contactUri(caller.user, stack)}>` },
        { name: 'Content-Type', value: 'application/sdp' },
      ],
      body: silentAudio(stack.host),
    });
    const { response, request } = await sendWithCredentials(stack, invite, caller, {
      cancelling: this.#cancelling.signal,
      onSent: () => {
        if (!this.#isSent) this.#placedMs = performance.now();
        this.#isSent = true;
      },
      onProvisional: ({ status }) => {
        this.#isTried = true;
        this.#isAlerted ||= status > 100;
      },
    });
    this.#endedMs = performance.now();
    this.#status = response?.status ?? null;
    if (response !== null && response.status < 300) await endDialog(stack, request, response);
  }

  #sight(): CallSight {
    if (this.#failure !== undefined) throw this.#failure;
    const { rang, atMs } = this.#parts.ringing;
    return {
      rang: [...rang],
      rangAtMs: atMs.map((one) => one - this.#placedMs),
      isTried: this.#isTried || this.#status !== null,
      isAlerted: this.#isAlerted,
      status: this.#status,
      afterMs: Math.round((this.#endedMs ?? performance.now()) - this.#placedMs),
    };
  }

  async whoRings(expected: readonly Agent[] = []): Promise<CallSight> {
    const { timing, ringing } = this.#parts;
    const beganMs = performance.now();
    const had = ringing.rang.length;
    const isClear = () => {
      const nowMs = performance.now();
      const isMissing = expected.some((agent) => !ringing.rang.includes(agent));
      const newsMs = ringing.rang.length > had ? Math.max(beganMs, ringing.atMs.at(-1) ?? beganMs) : beganMs;
      const isQuiet = nowMs - newsMs > timing.nextMs;
      // Those who rang before have nothing to tell of those who are called now.
      const isWaiting = isMissing || ringing.rang.length === had;
      const hasAll = expected.length > 0 && !isMissing;
      return isQuiet && (hasAll || !isWaiting || nowMs - beganMs > timing.firstMs);
    };
    return this.#waitUntil(isClear);
  }

  outcome(withinMs: number, expected: readonly Agent[] = []): Promise<CallSight> {
    const { rang } = this.#parts.ringing;
    const hasRung = () => (expected.length === 0 ? rang.length > 0 : expected.every((agent) => rang.includes(agent)));
    return this.#waitUntil(() => hasRung() || performance.now() - this.#placedMs > withinMs);
  }

  async #waitUntil(isClear: () => boolean): Promise<CallSight> {
    while (this.#failure === undefined && this.#endedMs === undefined && !isClear()) {
      await pause(pollMs, undefined, { signal: this.#parts.signal });
    }
    return this.#sight();
  }

  decline(): void {
    this.#parts.ringing.decline();
  }

  async answer(agent: Agent): Promise<Answered> {
    const { ringing, timing, signal } = this.#parts;
    let isAcknowledged = false;
    ringing.answer(agent, () => {
      isAcknowledged = true;
    });
    await this.#waitUntil(() => performance.now() - this.#placedMs > answeringMs);
    // The CANCELs of the others and the ACK come a little after the caller has its answer.
    await pause(timing.nextMs, undefined, { signal });
    return { isAcknowledged, cancelled: new Map(ringing.cancelled) };
  }

  async hangUp(): Promise<void> {
    const { ringing, ending } = this.#parts;
    this.#cancelling.abort();
    // A server that neither answers nor can be cancelled must not hold us up: where it has not said anything, it has no
    // call to end, and where all phones have heard of the end, there is none any more.
    const beganMs = performance.now();
    const { rang, cancelled } = ringing;
    const isQuiet = () => !this.#isTried || (rang.length > 0 && rang.every((agent) => cancelled.has(agent)));
    while (this.#endedMs === undefined && this.#failure === undefined && !isQuiet()) {
      if (performance.now() - beganMs > (ending.isOverdue ? overdueMs : endingMs)) {
        ending.isOverdue = true;
        break;
      }
      await pause(pollMs);
    }
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
