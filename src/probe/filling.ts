import type { Known } from './experiment.ts';
import {
  type Agent,
  bind,
  type CallSight,
  isGranted,
  type Laboratory,
  type RegisterOutcome,
  unbind,
  unbindAll,
} from './laboratory.ts';
import { isAmong, type Presence, sorted, whoIsBound } from './presence.ts';

/** What was seen with so many agents registered one after the other. */
export interface Check extends Presence {
  /** Whoever was granted a binding, in this order. */
  readonly granted: readonly Agent[];
}

/** A call that was left ringing, since it did not ring everywhere, and was then declined by those who rang. */
export interface Hunt {
  readonly expected: readonly Agent[];
  /** What was seen after the time that a ring takes, at the end of the wait, and after they had declined. */
  readonly soon: CallSight;
  readonly late: CallSight;
  readonly declined: CallSight;
}

/** One agent more than the server takes. */
export interface Refusal {
  readonly agent: Agent;
  readonly outcome: RegisterOutcome;
  /** What it got with nobody else registered. */
  readonly alone: RegisterOutcome | null;
}

/** What filling the account has shown. */
export interface Filling {
  readonly checks: readonly Check[];
  readonly hunt: Hunt | null;
  readonly refusal: Refusal | null;
  /** Once more up to the one too many, the shortest lifetime being with the first one now; null where nobody had to go. */
  readonly again: Check | null;
}

/** After so many it is looked who rings: each call costs time. */
const levels = [1, 2, 3, 4, 6, 8, 11, 16, 21] as const;
/** Bindings that are tried at most, should the server have room for more. */
export const enough = Math.max(...levels);
/** The same where the account has to be called once for each binding. */
const enoughOneByOne = 6;

/** Who is bound, a call that rang on taken into account; null stays where it has not shown everybody. */
function withHunted(bound: readonly Agent[] | null, hunted: readonly Agent[], granted: readonly Agent[]) {
  if (bound === null) return isAmong(granted, hunted) ? hunted : null;
  return hunted.length > bound.length ? hunted : bound;
}

/** Fills an account step by step, and remembers what was seen. */
export class Filler {
  readonly #lab: Laboratory;
  readonly #known: Known;
  /** Who has the short lifetime: that tells the oldest from the one that is soonest to expire. */
  #brief: Agent = 1;
  #granted: Agent[] = [];
  #refused: { agent: Agent; outcome: RegisterOutcome } | null = null;
  readonly #checks: Check[] = [];
  #hunt: Hunt | null = null;

  constructor(lab: Laboratory, known: Known) {
    this.#lab = lab;
    this.#known = known;
  }

  async fill(): Promise<Filling> {
    const hasRoom = await this.#climb();
    await this.#empty();
    const refusal = this.#refused === null ? null : { ...this.#refused, alone: await this.#alone(this.#refused.agent) };
    const again = hasRoom || refusal !== null ? null : await this.#onceMore();
    return { checks: this.#checks, hunt: this.#hunt, refusal, again };
  }

  /** Whether the server had room for all that were tried. */
  async #climb(): Promise<boolean> {
    let most = Math.min(this.#lab.agents, enough);
    for (const level of levels.filter((one) => one <= most)) {
      if (level > most) break;
      if (!(await this.#isRoomFor(level))) return false;
      if (this.#checks.some(({ rang, granted }) => rang.length < granted.length)) most = enoughOneByOne;
    }
    return true;
  }

  /** Goes on to so many agents. Where one of them had to go, it is found out at which number that begins. */
  async #isRoomFor(level: number, isStepwise = false): Promise<boolean> {
    const before = this.#granted.length;
    const check = await this.#upTo(level);
    if (check === null || check.bound === null) return false;
    if (check.bound.length === check.granted.length) return this.#refused === null;
    if (level - before === 1 || isStepwise) return false;
    this.#checks.pop();
    await this.#empty();
    this.#refused = null;
    for (let count = before; count <= level; count++) {
      if (!(await this.#isRoomFor(count, true))) return false;
    }
    return false;
  }

  async #upTo(level: number): Promise<Check | null> {
    while (this.#granted.length < level && this.#refused === null) {
      const agent = this.#granted.length;
      const outcome = await this.#bind(agent);
      if (isGranted(outcome)) this.#granted.push(agent);
      else this.#refused = { agent, outcome };
    }
    return this.#granted.length === 0 ? null : this.#check();
  }

  #bind(agent: Agent): Promise<RegisterOutcome> {
    const { shortSeconds, longSeconds } = this.#known;
    return bind(this.#lab, agent, agent === this.#brief ? shortSeconds : longSeconds);
  }

  async #check(): Promise<Check> {
    const granted = [...this.#granted];
    if (this.#known.callsFail !== null)
      return this.#note({ granted, rang: granted, bound: granted, isEmptied: false, isUnsteady: false });
    const presence = await whoIsBound(this.#lab, granted, this.#known);
    if (presence.rang.length === granted.length) return this.#note({ ...presence, granted });
    if (presence.isEmptied) for (const agent of granted) await this.#bind(agent);
    const forksToAll = this.#checks.some(({ granted: all, rang }) => all.length > 1 && rang.length === all.length);
    if (presence.rang.length === 0 || this.#hunt !== null || forksToAll) return this.#note({ ...presence, granted });
    this.#hunt = await hunt(this.#lab, granted, this.#known);
    const hunted = sorted([...presence.rang, ...this.#hunt.late.rang, ...this.#hunt.declined.rang]);
    return this.#note({ ...presence, granted, bound: withHunted(presence.bound, hunted, granted) });
  }

  #note(check: Check): Check {
    this.#checks.push(check);
    return check;
  }

  async #empty(): Promise<void> {
    const agents = this.#refused === null ? this.#granted : [...this.#granted, this.#refused.agent];
    await unbindAll(this.#lab, agents);
    this.#granted = [];
  }

  async #alone(agent: Agent): Promise<RegisterOutcome | null> {
    if (agent === 0) return null;
    const outcome = await bind(this.#lab, agent, this.#known.longSeconds);
    await unbind(this.#lab, agent);
    return outcome;
  }

  /** Fills the account up to the one too many again, with the short lifetime elsewhere. */
  async #onceMore(): Promise<Check | null> {
    const last = this.#checks.at(-1);
    if (last === undefined || last.bound === null || last.bound.length === 0) return null;
    this.#brief = 0;
    const level = last.granted.length;
    while (this.#granted.length < level) {
      const agent = this.#granted.length;
      if (!isGranted(await this.#bind(agent))) break;
      this.#granted.push(agent);
    }
    const granted = [...this.#granted];
    const presence = await whoIsBound(this.#lab, granted, this.#known);
    await this.#empty();
    return { ...presence, granted };
  }
}

/** Lets a call ring that does not ring everywhere, and then declines it: a server may call one after the other. */
async function hunt(lab: Laboratory, expected: readonly Agent[], { ringWaitMs }: Known): Promise<Hunt> {
  const call = await lab.call();
  const soon = await call.whoRings();
  const late = await call.outcome(ringWaitMs, expected);
  call.decline();
  const declined = isAmong(expected, late.rang) ? late : await call.whoRings();
  await call.hangUp();
  return { expected, soon, late, declined };
}
