/**
 * What the probe can do to a server and see of it. The experiments know no more: the same ones run against a real
 * server and, in the tests, against the model of one.
 */

/** One of the probe's user agents, from 0. Each has an address, a Contact and a Call-ID of its own. */
export type Agent = number;

export interface ContactWish {
  readonly agent: Agent;
  /** 0 removes (RFC 3261 10.2.2). */
  readonly expiresSeconds: number;
}

/** A REGISTER to be sent. */
export interface RegisterWish {
  readonly from: Agent;
  /** In the order of the request; `every` is `Contact: *` with `Expires: 0`. */
  readonly contacts: readonly ContactWish[] | 'every';
  /** With the instance-id and reg-id that all agents then share (RFC 5626 4.1). */
  readonly sharesInstance?: boolean;
  /**
   * With a CSeq below the one last used by this agent (RFC 3261 10.3 step 7): one that it has skipped, as a REGISTER has
   * that was overtaken on its way, or one that it has used before.
   */
  readonly outdated?: 'skipped' | 'used';
  /** With a new Call-ID, as a user agent that has been started anew (RFC 3261 10.2). */
  readonly isRestarted?: boolean;
}

/** How a server asks for credentials (RFC 3261 22, RFC 8760). */
export interface Challenge {
  readonly realm: string;
  readonly algorithm: string;
  /** Empty where the server offers none. */
  readonly qop: readonly string[];
}

/** What came back for a REGISTER, credentials having been given where they were asked for. */
export interface RegisterOutcome {
  /** Status of the final answer; null where none came. */
  readonly status: number | null;
  readonly reason: string;
  /** What it was answered before it was sent again, where that has passed; null for silence. */
  readonly passed?: number | null;
  /** It was refused in another way before or after, when it was sent again: one of them is that of a busy server. */
  readonly isMixed?: true;
  /** Seconds for which the sender's own contact is bound, where the answer says so. */
  readonly grantedSeconds?: number;
  readonly retryAfterSeconds?: number;
  /** Min-Expires of a 423. */
  readonly minExpiresSeconds?: number;
  /** Present where the server asked for credentials first. */
  readonly challenge?: Challenge;
  /** Whose contacts the answer lists. A hint only: servers list all bindings, or the new one, or none. */
  readonly listed?: readonly Agent[];
}

/** What has become of a call so far. */
export interface CallSight {
  /** Whom the INVITE has reached, in this order. */
  readonly rang: readonly Agent[];
  /** Milliseconds from the INVITE until each of them rang. */
  readonly rangAtMs: readonly number[];
  /** Whether the server has answered at all, be it with 100 (RFC 3261 17.2.1). */
  readonly isTried: boolean;
  /** Whether the caller was told that somebody rings (18x), whoever that is. */
  readonly isAlerted: boolean;
  /** Status of the final answer; null where there is none yet. */
  readonly status: number | null;
  /** Milliseconds from the INVITE to that answer, or to now. */
  readonly afterMs: number;
}

/** What the phones of an answered call have heard. */
export interface Answered {
  /** Whether the one who answered got an ACK. */
  readonly isAcknowledged: boolean;
  /** The Reason of the CANCEL to each of the others; null for a CANCEL without one. Those without a CANCEL are absent. */
  readonly cancelled: ReadonlyMap<Agent, string | null>;
}

/** A call to the account on its way: whomever it reaches rings and does not answer. */
export interface PlacedCall {
  /**
   * Waits until it is clear who rings: for the final answer; until all who are expected ring, and nobody else does for a
   * while; or as long as a ring takes here.
   */
  whoRings(expected?: readonly Agent[]): Promise<CallSight>;
  /** Waits for the final answer, or until all of these ring (anybody, where none is named), at most so many milliseconds. */
  outcome(withinMs: number, expected?: readonly Agent[]): Promise<CallSight>;
  /** Lets those who ring decline with 480. */
  decline(): void;
  /** Lets this one answer; the call is ended as soon as it connects. */
  answer(agent: Agent): Promise<Answered>;
  /** Cancels it. */
  hangUp(): Promise<void>;
}

/** How long it takes until it is clear who rings, in milliseconds. */
export interface RingTiming {
  /** Until the first one rings, at most. */
  readonly firstMs: number;
  /** Until the next one rings, at most. */
  readonly nextMs: number;
}

export interface Laboratory {
  /** How many user agents there are, 3 at least. */
  readonly agents: number;
  /** Whether somebody else calls than the account itself. */
  readonly hasOtherCaller: boolean;
  register(wish: RegisterWish): Promise<RegisterOutcome>;
  /** Whose contacts the server lists when that agent asks for all (RFC 3261 10.2.3); null without an answer that says so. */
  listed(asking: Agent): Promise<readonly Agent[] | null>;
  call(): Promise<PlacedCall>;
  /** Registers the caller too, for servers that take the calls of registered contacts only. */
  registerCaller(): Promise<RegisterOutcome>;
  /** From now on rings are waited for as long as such a one, which was the slowest that was measured, makes it sensible. */
  expectRings(slowestMs: number): void;
  /**
   * From now on nobody asks who is registered, since that removes all: `listed` has no answer, and `newcomers` knows of
   * none.
   */
  stopAsking(): void;
  /** Contacts of others that have come since it was last asked; they are taken away, to be restored at the end. */
  newcomers(): Promise<readonly string[]>;
  pause(ms: number): Promise<void>;
}

/** How an agent is called in a text: A, B, C, ... */
export const agentName = (agent: Agent): string => String.fromCharCode('A'.charCodeAt(0) + agent);

export const isGranted = ({ status }: RegisterOutcome): boolean => status !== null && status >= 200 && status < 300;

/** Whether it adds nothing. */
export const isRemoval = ({ contacts }: RegisterWish): boolean =>
  contacts === 'every' || contacts.every(({ expiresSeconds }) => expiresSeconds === 0);

/** Binds one agent's contact. */
export const bind = (lab: Laboratory, agent: Agent, expiresSeconds: number, more: Partial<RegisterWish> = {}) =>
  lab.register({ from: agent, contacts: [{ agent, expiresSeconds }], ...more });

/** Removes one agent's contact. */
export const unbind = (lab: Laboratory, agent: Agent, more: Partial<RegisterWish> = {}) => bind(lab, agent, 0, more);

/** Removes the contacts of these agents. */
export async function unbindAll(lab: Laboratory, agents: readonly Agent[]): Promise<void> {
  for (const agent of agents) await unbind(lab, agent);
}

/** Who rings when the account is called, those being expected to. */
export async function ringing(lab: Laboratory, expected: readonly Agent[] = []): Promise<readonly Agent[]> {
  const call = await lab.call();
  const { rang } = await call.whoRings(expected);
  await call.hangUp();
  return rang;
}
