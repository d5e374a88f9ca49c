import type { Known } from './experiment.ts';
import {
  type Agent,
  bind,
  type CallSight,
  isGranted,
  type Laboratory,
  type RegisterOutcome,
  ringing,
  unbind,
  unbindAll,
} from './laboratory.ts';
import { isAmong, type Presence, sorted, whoIsBound } from './presence.ts';

/** What was seen with so many agents registered one after the other. */
export interface Check extends Presence {
  /** Whoever was granted a binding, in this order. */
  readonly granted: readonly Agent[];
}

/** Calls on an account on which a call does not ring everywhere. */
export interface Hunt {
  readonly expected: readonly Agent[];
  /** A call was left ringing: after the time that a ring takes, at the end of the wait, and after they had declined. */
  readonly soon: CallSight;
  readonly late: CallSight;
  readonly declined: CallSight;
  /** Who rang when the account was called again. */
  readonly again: readonly (readonly Agent[])[];
  /** Who rang after A, the first one, had registered once more. */
  readonly refreshed: readonly Agent[];
}

/** One agent more than the server takes. */
export interface Refusal {
  readonly agent: Agent;
  readonly outcome: RegisterOutcome;
  /** What the last one that is bound then got for one more REGISTER, and the one too many after that; null with nobody bound. */
  readonly refreshed: RegisterOutcome | null;
  readonly again: RegisterOutcome | null;
  /** What it got with nobody else registered. */
  readonly alone: RegisterOutcome | null;
}

/** What filling the account has shown. */
export interface Filling {
  readonly checks: readonly Check[];
  readonly hunt: Hunt | null;
  readonly refusal: Refusal | null;
  /**
   * Twice more up to the one too many: the shortest lifetime is with the first one now, and then with the last one, the
   * first one having registered once more. The same again where chance may look like a rule. Empty where nobody had to go.
   */
  readonly rounds: readonly Check[];
  /** A call with nobody of the probe registered, where the server does not list others; null where it does. */
  readonly emptied: CallSight | null;
}

/** After so many it is looked who rings: each call costs time. */
const levels = [1, 2, 3, 4, 6, 8, 11, 16, 22] as const;
/** Bindings that are tried at most, should the server have room for more. */
export const enough = Math.max(...levels);
/** Between these it is not looked where the account has to be called once for each binding. */
const [fewOneByOne, manyOneByOne] = [4, enough];
/** Some servers know the times of REGISTERs in whole seconds. */
const secondMs = 1_100;
/** Of so many one goes by chance as often as by a rule: with three, in three rounds that are repeated, once in twenty times. */
const fewToChoose = 5;
/** The order in which a server calls is seen with so many at most. */
const callsAgain = 3;

/** Who is bound, a call that rang on taken into account; null stays where it has not shown everybody. */
function withHunted(bound: readonly Agent[] | null, hunted: readonly Agent[], granted: readonly Agent[]) {
  if (bound === null) return isAmong(granted, hunted) ? hunted : null;
  return hunted.length > bound.length ? hunted : bound;
}

const hasLost = ({ bound, granted }: Check): boolean => bound !== null && bound.length < granted.length;

/** Fills an account step by step, and remembers what was seen. */
export class Filler {
  readonly #lab: Laboratory;
  readonly #known: Known;
  /** Who has the short lifetime: that tells the oldest from the one that is soonest to expire. */
  #brief: Agent = 1;
  #granted: Agent[] = [];
  #refused: Omit<Refusal, 'alone'> | null = null;
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
    const rounds = hasRoom || refusal !== null ? [] : await this.#rounds();
    const { callsFail, listsOthers } = this.#known;
    const emptied = listsOthers || hasRoom || callsFail !== null ? null : await this.#callNobody();
    return { checks: this.#checks, hunt: this.#hunt, refusal, rounds, emptied };
  }

  /** Whether the server had room for all that were tried. */
  async #climb(): Promise<boolean> {
    const most = Math.min(this.#lab.agents, enough);
    let hadRoomFor = 0;
    for (const level of levels.filter((one) => one <= most)) {
      if (level > fewOneByOne && level < manyOneByOne && this.#rangPartly) continue;
      const check = await this.#upTo(level);
      if (check === null || check.bound === null) return false;
      if (hasLost(check)) {
        await this.#search(hadRoomFor, level, check);
        return false;
      }
      if (this.#refused !== null) return false;
      hadRoomFor = level;
    }
    return true;
  }

  get #rangPartly(): boolean {
    return this.#checks.some(({ rang, granted }) => rang.length < granted.length);
  }

  /** Between a number for which there is room and one for which there is none: at which number does that begin? */
  async #search(room: number, level: number, check: Check): Promise<void> {
    let [hadRoomFor, had, lost] = [room, level, check];
    this.#checks.pop();
    while (had - hadRoomFor > 1) {
      const between = (count: number) => count > hadRoomFor && count < had;
      // Where only one had to go for each that came, as many are left as there is room for.
      const left = lost.bound?.length ?? 0;
      const middle = Math.floor((hadRoomFor + had) / 2);
      const next = [left + 1, left].find(between) ?? middle;
      await this.#empty();
      const seen = await this.#upTo(next);
      this.#checks.pop();
      if (seen === null || seen.bound === null || this.#refused !== null) return;
      if (hasLost(seen)) [had, lost] = [next, seen];
      else hadRoomFor = next;
    }
    this.#checks.push(lost);
  }

  async #upTo(level: number): Promise<Check | null> {
    await this.#grantUpTo(level);
    return this.#granted.length === 0 ? null : this.#check();
  }

  async #grantUpTo(level: number): Promise<void> {
    while (this.#granted.length < level && this.#refused === null) {
      const agent = this.#granted.length;
      const outcome = await this.#bind(agent);
      if (isGranted(outcome)) this.#granted.push(agent);
      else await this.#noteRefusal(agent, outcome);
    }
  }

  /** A server that is busy refuses whoever comes; one that is full takes those that it has. */
  async #noteRefusal(agent: Agent, outcome: RegisterOutcome): Promise<void> {
    // The last one: that changes nobody's place in the order.
    const last = this.#granted.at(-1);
    const refreshed = last === undefined ? null : await this.#bind(last);
    const again = last === undefined ? null : await this.#bind(agent);
    this.#refused = { agent, outcome, refreshed, again };
  }

  #bind(agent: Agent): Promise<RegisterOutcome> {
    const { shortSeconds, longSeconds } = this.#known;
    return bind(this.#lab, agent, agent === this.#brief ? shortSeconds : longSeconds);
  }

  async #bindAgain(agents: readonly Agent[]): Promise<void> {
    for (const agent of agents) await this.#bind(agent);
  }

  async #check(): Promise<Check> {
    const granted = [...this.#granted];
    if (this.#known.callsFail !== null)
      return this.#note({ granted, rang: granted, calls: [], bound: granted, isEmptied: false });
    const presence = await whoIsBound(this.#lab, granted, this.#known);
    if (presence.calls.some((rang) => isAmong(granted, rang))) return this.#note({ ...presence, granted });
    if (presence.isEmptied) await this.#bindAgain(granted);
    const forksToAll = this.#checks.some(({ calls }) => calls.some((rang) => rang.length > 1));
    // All who are bound ring: nobody is left to be called later.
    const isWhole = presence.bound?.length === presence.rang.length;
    if (isWhole || this.#hunt !== null || forksToAll) return this.#note({ ...presence, granted });
    const hunt = await this.#goHunting(granted);
    this.#hunt = hunt;
    const hunted = sorted([...presence.rang, ...hunt.late.rang, ...hunt.declined.rang]);
    return this.#note({ ...presence, granted, bound: withHunted(presence.bound, hunted, granted) });
  }

  #note(check: Check): Check {
    this.#checks.push(check);
    return check;
  }

  /** Lets a call ring that does not ring everywhere, and declines it: a server may call one after the other. */
  async #goHunting(expected: readonly Agent[]): Promise<Hunt> {
    const lab = this.#lab;
    const call = await lab.call();
    const soon = await call.whoRings();
    const late = await call.outcome(this.#known.ringWaitMs, expected);
    call.decline();
    const declined = isAmong(expected, late.rang) ? late : await call.whoRings();
    await call.hangUp();
    const again: (readonly Agent[])[] = [];
    for (let count = 0; count < callsAgain; count++) again.push(await ringing(lab));
    await this.#refresh();
    const refreshed = await ringing(lab);
    await unbindAll(lab, expected);
    await this.#bindAgain(expected);
    return { expected, soon, late, declined, again, refreshed };
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

  async #callNobody(): Promise<CallSight> {
    const call = await this.#lab.call();
    const sight = await call.whoRings();
    await call.hangUp();
    return sight;
  }

  /** Fills the account up to the one too many again, with the short lifetime elsewhere. */
  async #rounds(): Promise<readonly Check[]> {
    const last = this.#checks.at(-1);
    if (last === undefined || last.bound === null || last.bound.length === 0) return [];
    const level = last.granted.length;
    if (level < 3) return [await this.#round(level, 0)];
    const rounds: Check[] = [];
    for (let times = level <= fewToChoose ? 2 : 1; times > 0; times--) {
      rounds.push(await this.#round(level, 0));
      rounds.push(await this.#round(level, level - 2));
    }
    return rounds;
  }

  /** A registers once more, so that a server which counts in seconds sees that it was later, and who comes now later still. */
  async #refresh(): Promise<void> {
    await this.#lab.pause(secondMs);
    await this.#bind(0);
    await this.#lab.pause(secondMs);
  }

  /** @param brief who has the short lifetime; where it is not A, A registers once more */
  async #round(level: number, brief: Agent): Promise<Check> {
    this.#brief = brief;
    await this.#grantUpTo(level - 1);
    if (brief !== 0) await this.#refresh();
    await this.#grantUpTo(level);
    const granted = [...this.#granted];
    const presence = await whoIsBound(this.#lab, granted, this.#known);
    await this.#empty();
    this.#refused = null;
    return { ...presence, granted };
  }
}
