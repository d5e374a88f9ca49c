import { setTimeout as pause } from 'node:timers/promises';
import type { Account } from '../sip/account.ts';
import type { SipRequest, SipResponse } from '../sip/message/message.ts';
import {
  type Agent,
  agentName,
  type Laboratory,
  type PlacedCall,
  type RegisterOutcome,
  type RegisterWish,
} from './laboratory.ts';
import { OutgoingCall, type RingTiming } from './outgoingCall.ts';
import { ProbeFailure } from './probeFailure.ts';
import type { RequestListener, SipStack } from './sipStack.ts';
import { UserAgent } from './userAgent.ts';

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

  async send(request: SipRequest, cancelling?: AbortSignal): Promise<SipResponse | null> {
    await this.#pace.next();
    const answer = this.#stack.send(request, cancelling);
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

/** How a real server is probed. */
export interface SipLaboratoryParts {
  readonly account: Account;
  /** Who calls it: another account of the user's, or the account itself. */
  readonly caller: Account;
  readonly agentStacks: readonly SipStack[];
  readonly callerStack: SipStack;
  readonly timing: RingTiming;
  readonly signal: AbortSignal;
  /** Shared by all agents in a REGISTER with an instance-id (RFC 5626 4.1). */
  readonly instanceId: string;
}

/** The probe's laboratory with a real SIP server in it. */
export class SipLaboratory implements Laboratory {
  readonly agents: number;
  readonly userAgents: readonly UserAgent[];
  readonly #parts: SipLaboratoryParts;
  #lastCall: PlacedCall | undefined;
  /** Agents that may be bound, because nothing says that they are not. */
  readonly #perhapsBound = new Set<Agent>();

  constructor(parts: SipLaboratoryParts) {
    this.#parts = parts;
    this.agents = parts.agentStacks.length;
    this.userAgents = parts.agentStacks.map(
      (stack, agent) => new UserAgent(stack, parts.account, agentName(agent).toLowerCase()),
    );
  }

  #agent(agent: Agent): UserAgent {
    const found = this.userAgents[agent];
    if (found === undefined) throw new Error(`there is no agent ${agentName(agent)}`);
    return found;
  }

  async register({
    from,
    contacts,
    sharesInstance,
    isOutdated = false,
    isRestarted = false,
  }: RegisterWish): Promise<RegisterOutcome> {
    const sender = this.#agent(from);
    if (contacts === 'every') return sender.outcome(await sender.register(['*'], { expires: 0 }));
    const instance = sharesInstance ? `;+sip.instance="<${this.#parts.instanceId}>";reg-id=1` : '';
    for (const { agent, expiresSeconds } of contacts) if (expiresSeconds > 0) this.#perhapsBound.add(agent);
    const values = contacts.map(
      ({ agent, expiresSeconds }) => `<${this.#agent(agent).contactUri}>;expires=${expiresSeconds}${instance}`,
    );
    const outcome = sender.outcome(await sender.register(values, { isOutdated, isRestarted }));
    const isRemoval = contacts.every(({ expiresSeconds }) => expiresSeconds === 0);
    if (isRemoval && !isOutdated && !isRestarted && outcome.status === 200) this.#perhapsBound.delete(from);
    return outcome;
  }

  async call(): Promise<PlacedCall> {
    const { account, caller, callerStack, timing, signal } = this.#parts;
    const rang: Agent[] = [];
    for (const [agent, userAgent] of this.userAgents.entries()) {
      userAgent.onRing = () => {
        if (!rang.includes(agent)) rang.push(agent);
      };
    }
    const stop = () => {
      for (const userAgent of this.userAgents) {
        userAgent.onRing = undefined;
        userAgent.stopRinging();
      }
    };
    this.#lastCall = new OutgoingCall({
      stack: callerStack,
      caller,
      callee: account,
      ringing: { rang, stop },
      timing,
      signal,
    });
    return this.#lastCall;
  }

  /** Ends the last call and removes what the probe may have left behind. Returns the agents whose removal nobody has confirmed. */
  async cleanUp(): Promise<readonly Agent[]> {
    await this.#lastCall?.hangUp();
    for (const agent of [...this.#perhapsBound]) {
      await this.register({ from: agent, contacts: [{ agent, expiresSeconds: 0 }] }).catch(() => undefined);
    }
    return [...this.#perhapsBound].sort();
  }
}
