import { setTimeout as pause } from 'node:timers/promises';
import { type Account, addressOfRecord } from '../sip/account.ts';
import { contactsOf } from '../sip/message/headers.ts';
import type { SipResponse } from '../sip/message/message.ts';
import { OtherBindings, type Restoration } from './foundBindings.ts';
import {
  type Agent,
  agentName,
  isGranted,
  isRemoval,
  type Laboratory,
  type PlacedCall,
  type RegisterOutcome,
  type RegisterWish,
  type RingTiming,
} from './laboratory.ts';
import { OutgoingCall, type Ringing } from './outgoingCall.ts';
import { CredentialsRefused, isChallenge } from './request.ts';
import type { SipStack } from './sipStack.ts';
import { type Registered, type RegisterVariation, UserAgent } from './userAgent.ts';

/** How a real server is probed. */
export interface SipLaboratoryParts {
  readonly account: Account;
  /** Who calls it: another account of the user's, or the account itself. */
  readonly caller: Account;
  /** What is dialled to reach the account. */
  readonly callee: string;
  readonly agentStacks: readonly SipStack[];
  readonly callerStack: SipStack;
  readonly timing: RingTiming;
  readonly signal: AbortSignal;
  /** Shared by all agents in a REGISTER with an instance-id (RFC 5626 4.1). */
  readonly instanceId: string;
  /** What tells the contacts of this probe from those that another one has left. */
  readonly run: string;
}

/** A contact that may be bound, and under which Call-ID: that of its agent as a rule. */
interface PerhapsBound extends Pick<Required<RegisterWish>, 'from' | 'isRestarted'> {
  readonly agent: Agent;
}

const keyOf = ({ agent, from, isRestarted }: PerhapsBound): string => `${agent} ${from} ${isRestarted}`;

/** What the account is like after the probe. */
export interface Left {
  /** Contacts of the probe that may still be registered. */
  readonly leftBehind: readonly string[];
  readonly restorations: readonly Restoration[];
  /** Contacts that somebody else has registered meanwhile. */
  readonly strangers: readonly string[];
  /** What cannot be known of it, in sentences. */
  readonly doubts: readonly string[];
}

/** How long the last call may take besides the ring that is waited for, in milliseconds. */
const finalCallMs = 5_000;
/** Pauses before an un-REGISTER that was not confirmed is sent again, in milliseconds. */
const removalPausesMs = [0, 500, 2_000, 4_000] as const;

/** What remains open where the server does not say who is registered. */
const doubtOfList = (listed: readonly Agent[] | null): string =>
  listed === null
    ? 'the server did not answer when it was asked at the end who is registered'
    : 'the server was not seen to list the bindings of others: whether anybody was registered before, and still is, cannot be known';

const doubtOfAsking =
  'a REGISTER that only asks removes every binding here: whoever was registered before the probe, it has removed by asking';

/** The probe's laboratory with a real SIP server in it. */
export class SipLaboratory implements Laboratory {
  readonly agents: number;
  readonly hasOtherCaller: boolean;
  readonly userAgents: readonly UserAgent[];
  readonly others: OtherBindings;
  readonly #parts: SipLaboratoryParts;
  readonly #caller: UserAgent;
  #isCallerRegistered = false;
  #hasBound = false;
  /** Agents that were granted a binding for the account's credentials. */
  readonly #admitted = new Set<Agent>();
  #timing: RingTiming;
  readonly #ending = { isOverdue: false };
  #lastCall: PlacedCall | undefined;
  /** Whether rings have been measured: a call has reached somebody. */
  #callsReach = false;
  /** Whether a query has listed a contact of the probe to another of its agents; null where nobody has asked. */
  #listsOthers: boolean | null = null;
  /** Who may be bound, because nothing says otherwise. */
  readonly #perhapsBound = new Map<string, PerhapsBound>();

  constructor(parts: SipLaboratoryParts) {
    this.#parts = parts;
    this.#timing = parts.timing;
    this.agents = parts.agentStacks.length;
    this.hasOtherCaller = addressOfRecord(parts.caller) !== addressOfRecord(parts.account);
    this.userAgents = parts.agentStacks.map(
      (stack, agent) => new UserAgent(stack, parts.account, `${agentName(agent).toLowerCase()}-${parts.run}`),
    );
    this.#caller = new UserAgent(parts.callerStack, parts.caller, `caller-${parts.run}`);
    this.others = new OtherBindings(this.#agent(0), this.userAgents);
  }

  #agent(agent: Agent): UserAgent {
    const found = this.userAgents[agent];
    if (found === undefined) throw new Error(`there is no agent ${agentName(agent)}`);
    return found;
  }

  /**
   * Sends a REGISTER. Credentials that were taken from another agent are right: to be challenged again then refuses this
   * contact, not the account (RFC 3261 22.2).
   */
  async #send(from: Agent, contacts: readonly string[], variation: RegisterVariation = {}): Promise<Registered> {
    try {
      return await this.#agent(from).register(contacts, variation);
    } catch (error) {
      const isAccountRight = [...this.#admitted].some((agent) => agent !== from);
      if (error instanceof CredentialsRefused && isAccountRight) return error.answered;
      throw error;
    }
  }

  async register(wish: RegisterWish): Promise<RegisterOutcome> {
    const { from, contacts, sharesInstance, outdated, isRestarted = false } = wish;
    const sender = this.#agent(from);
    const variation = { isRestarted, ...(outdated && { outdated }) };
    if (contacts === 'every') return sender.outcome(await this.#send(from, ['*'], { expires: 0 }));
    const instance = sharesInstance ? `;+sip.instance="<${this.#parts.instanceId}>";reg-id=1` : '';
    const under = contacts.map(({ agent, expiresSeconds }) => ({ agent, from, isRestarted, expiresSeconds }));
    for (const one of under) if (one.expiresSeconds > 0) this.#perhapsBound.set(keyOf(one), one);
    const values = contacts.map(
      ({ agent, expiresSeconds }) => `<${this.#agent(agent).contactUri}>;expires=${expiresSeconds}${instance}`,
    );
    const registered = await this.#send(from, values, variation);
    const outcome = sender.outcome(registered);
    const removes = isRemoval(wish);
    // ejabberd knows nobody by then.
    const isRemoved = outcome.status === 200 || outcome.status === 404;
    if (removes && outdated === undefined && isRemoved) for (const one of under) this.#perhapsBound.delete(keyOf(one));
    if (!removes && isGranted(outcome)) {
      this.#hasBound = true;
      if (outcome.challenge !== undefined) this.#admitted.add(from);
    }
    const { response } = registered;
    return response === null ? outcome : { ...outcome, listed: this.#agentsIn(response) };
  }

  #agentsIn(response: SipResponse): readonly Agent[] {
    const contacts = contactsOf(response);
    if (contacts === '*') return [];
    return [...this.userAgents.entries()].flatMap(([agent, userAgent]) =>
      contacts.some((contact) => userAgent.isOwn(contact)) ? [agent] : [],
    );
  }

  async listed(asking: Agent): Promise<readonly Agent[] | null> {
    if (this.others.isAskingHarmful) return null;
    const { response } = await this.#send(asking, []);
    if (response === null || isChallenge(response)) return null;
    const listed = this.#agentsIn(response);
    // What is listed once proves that others are listed; an empty list proves nothing.
    if (listed.some((agent) => agent !== asking)) this.#listsOthers = true;
    else this.#listsOthers ??= false;
    return listed;
  }

  async registerCaller(): Promise<RegisterOutcome> {
    this.#isCallerRegistered = true;
    const value = `<${this.#caller.contactUri}>;expires=600`;
    return this.#caller.outcome(await this.#caller.register([value]));
  }

  /** Twice the slowest, and a little for a busy machine. Branches of one call leave together, each after some work. */
  expectRings(slowestMs: number): void {
    this.#callsReach = true;
    const { nextMs } = this.#parts.timing;
    this.#timing = { firstMs: Math.ceil(2 * slowestMs + nextMs + 100), nextMs: Math.ceil(nextMs + slowestMs / 4) };
  }

  pause(ms: number): Promise<void> {
    return pause(ms, undefined, { signal: this.#parts.signal });
  }

  stopAsking(): void {
    this.others.isAskingHarmful = true;
  }

  async newcomers(): Promise<readonly string[]> {
    return this.others.removeAll();
  }

  async call(): Promise<PlacedCall> {
    return this.#call(this.#parts.signal);
  }

  #call(signal: AbortSignal): PlacedCall {
    const { caller, callee, callerStack } = this.#parts;
    const call = new OutgoingCall({
      stack: callerStack,
      caller,
      callee,
      ringing: this.#listen(),
      timing: this.#timing,
      ending: this.#ending,
      signal,
    });
    this.#lastCall = call;
    return call;
  }

  #listen(): Ringing {
    const rang: Agent[] = [];
    const atMs: number[] = [];
    const cancelled = new Map<Agent, string | null>();
    for (const [agent, userAgent] of this.userAgents.entries()) {
      userAgent.listener = {
        onRing: () => {
          if (rang.includes(agent)) return;
          rang.push(agent);
          atMs.push(performance.now());
        },
        onCancel: (reason) => cancelled.set(agent, reason),
      };
    }
    const decline = () => {
      for (const userAgent of this.userAgents) userAgent.stopRinging();
    };
    const stop = () => {
      for (const userAgent of this.userAgents) userAgent.listener = undefined;
      decline();
    };
    const answer = (agent: Agent, onAcknowledged: () => void) => this.#agent(agent).answer(onAcknowledged);
    return { rang, atMs, cancelled, answer, decline, stop };
  }

  /** Removes what the probe may have left behind, restores what it has taken away, and looks whether it is so. */
  async leave(): Promise<Left> {
    await this.#lastCall?.hangUp();
    const doubts: string[] = [];
    for (const one of this.#perhapsBound.values()) await this.#remove(one);
    const left = new Set([...this.#perhapsBound.values()].map(({ agent }) => agent));
    const listed = await this.#listedNow();
    for (const agent of listed ?? []) left.add(agent);
    for (const agent of await this.#ringingNow(doubts)) left.add(agent);
    if (this.others.isAskingHarmful) doubts.push(doubtOfAsking);
    else if (this.#hasBound && (this.#listsOthers !== true || listed === null)) doubts.push(doubtOfList(listed));
    if (this.#isCallerRegistered && !(await this.#removeCaller())) {
      doubts.push(`the server did not confirm that the caller's contact ${this.#caller.contactUri} is un-registered`);
    }
    const { restorations, strangers } = await this.others.restoreAll();
    const leftBehind = [...left].sort((one, other) => one - other).map((agent) => this.#agent(agent).contactUri);
    return { leftBehind, restorations, strangers, doubts };
  }

  /** A server that is busy may take the next one; one that is gone or asks for other credentials takes none. */
  async #remove({ agent, from, isRestarted }: PerhapsBound): Promise<void> {
    for (const pauseMs of removalPausesMs) {
      await pause(pauseMs);
      try {
        const { status } = await this.register({ from, contacts: [{ agent, expiresSeconds: 0 }], isRestarted });
        if (status === 200 || status === 404 || status === 401 || status === 407) return;
      } catch {
        return;
      }
    }
  }

  async #removeCaller(): Promise<boolean> {
    const { response } = await this.#caller
      .register([`<${this.#caller.contactUri}>;expires=0`])
      .catch(() => ({ response: null }));
    return response?.status === 200;
  }

  /** Which of the probe's contacts the server lists; null without an answer. */
  async #listedNow(): Promise<readonly Agent[] | null> {
    const response = await this.others.lookOnce();
    return response === null ? null : this.#agentsIn(response);
  }

  /** Which agents still ring: an un-REGISTER may have been answered 200 and done nothing. */
  async #ringingNow(doubts: string[]): Promise<readonly Agent[]> {
    if (!this.#callsReach) {
      if (this.#hasBound && this.#listsOthers !== true)
        doubts.push('neither a list nor a call shows whether the contacts of the probe are un-registered');
      return [];
    }
    try {
      const call = this.#call(AbortSignal.timeout(Math.ceil(this.#timing.firstMs) + finalCallMs));
      const { rang } = await call.whoRings();
      await call.hangUp();
      return rang;
    } catch {
      doubts.push('no call could be made at the end to hear whether a contact of the probe still rings');
      return [];
    }
  }
}
