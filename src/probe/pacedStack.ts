import { setTimeout as pause } from 'node:timers/promises';
import type { SipRequest, SipResponse } from '../sip/message/message.ts';
import { ProbeFailure } from './probeFailure.ts';
import type { RequestListener, SendWatch, SipStack } from './sipStack.ts';

/** What keeps a probe within what was announced. */
export interface Limits {
  /** Requests that are sent at most, repetitions of the transport and the clean-up not counted. */
  readonly requests: number;
  /** The shortest time between two requests, in milliseconds. */
  readonly intervalMs: number;
  /** How long an answer to a REGISTER is waited for, in milliseconds. */
  readonly answerMs: number;
  /** How long cleaning up may take, in milliseconds. */
  readonly cleanUpMs: number;
  /** Ends the probe: the time is up, or the user has had enough. */
  readonly signal: AbortSignal;
}

/** A stack that keeps to the limits. */
export class PacedSipStack implements SipStack {
  readonly transport: SipStack['transport'];
  readonly host: string;
  readonly port: number;
  readonly #stack: SipStack;
  readonly #pace: Pace;

  constructor(stack: SipStack, pace: Pace) {
    this.#stack = stack;
    this.#pace = pace;
    this.transport = stack.transport;
    this.host = stack.host;
    this.port = stack.port;
  }

  async send(request: SipRequest, watch?: SendWatch): Promise<SipResponse | null> {
    await this.#pace.next();
    watch?.onSent?.();
    const answer = this.#stack.send(request, watch);
    return request.method === 'INVITE' ? answer : this.#pace.withinTime(answer);
  }

  sendAcknowledgement(request: SipRequest): void {
    this.#stack.sendAcknowledgement(request);
  }

  listen(listener: RequestListener): void {
    this.#stack.listen(listener);
  }

  get nonsense(): string | undefined {
    return this.#stack.nonsense;
  }

  get unsent(): string | undefined {
    return this.#stack.unsent;
  }

  get closed(): string | undefined {
    return this.#stack.closed;
  }

  close(): Promise<void> {
    return this.#stack.close();
  }
}

/** One outdated REGISTER may be dropped in silence; a server that leaves so many unanswered in a row is gone. */
const silentAtMost = 3;

/** Counts the requests of all stacks and keeps them apart. */
export class Pace {
  readonly #limits: Limits;
  #sent = 0;
  #nextMs = 0;
  #cleanUpEndMs: number | undefined;
  /** REGISTERs in a row that were not answered. */
  #silent = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** From now on only what removes or restores bindings is sent: only the pace and a time of its own limit it. */
  cleanUp(): void {
    this.#cleanUpEndMs = performance.now() + this.#limits.cleanUpMs;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Resolves when the next request may be sent. Throws a ProbeFailure where none may. */
  async next(): Promise<void> {
    const { requests, intervalMs, signal } = this.#limits;
    if (this.#cleanUpEndMs !== undefined) {
      if (performance.now() > this.#cleanUpEndMs) throw new ProbeFailure('stopped', 'the time to clean up is up');
      if (this.#silent > silentAtMost) throw new ProbeFailure('unreachable', 'the server answers no more');
    } else {
      if (signal.aborted) throw signal.reason;
      if (this.#sent >= requests) throw new ProbeFailure('stopped', `the ${requests} requests announced are used up`);
    }
    this.#sent++;
    const nowMs = performance.now();
    const waitMs = this.#nextMs - nowMs;
    this.#nextMs = Math.max(nowMs, this.#nextMs) + intervalMs;
    if (waitMs > 0) await pause(waitMs);
  }

  /** The answer, or null where it takes too long. Throws a ProbeFailure where several in a row did. */
  async withinTime<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
    const timer = new AbortController();
    try {
      const answered = await Promise.race([answer, pause(this.#limits.answerMs, null, { signal: timer.signal })]);
      this.#silent = answered === null ? this.#silent + 1 : 0;
      if (this.#silent >= silentAtMost && this.#cleanUpEndMs === undefined) {
        throw new ProbeFailure('unreachable', `the server has stopped answering: ${silentAtMost} requests in a row`);
      }
      return answered;
    } finally {
      timer.abort();
    }
  }
}
