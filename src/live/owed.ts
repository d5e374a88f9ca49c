import { partyNames } from '../machines/messages.ts';
import { withoutConnection } from '../sim/sipWorld/transport.ts';
import { eventTable } from '../sim/system/eventTable.ts';
import type { Pending } from '../sim/world/pending.ts';
import type { Fired, World } from '../sim/world/world.ts';
import type { Incoming } from './carried.ts';
import type { Told } from './divergence.ts';
import { asConfirmedByServer, type Fit, fitting, isOwed } from './expectations.ts';

const sipServer = partyNames.indexOf('sipServer');

/** How long an answer may be overdue before it counts as one that does not come: T1 and its first doubling. */
const overdueAfterMs = 1_500;

/** How much earlier than in the model a timer of a server may run out: servers count in whole seconds. */
const clockGrainMs = 1_000;

/** What the SIP server of the model owes, and what of it the wire has brought from the real one. */
export class Owed {
  readonly #world: World;
  /** The party to whom the server's messages go past this run, if there is one. */
  readonly #unseen: number | null;
  /** When the wire brought it, by serial. */
  readonly #broughtMs = new Map<number, number>();
  /** When the real server could first know of it, by serial. */
  readonly #owedSinceMs = new Map<number, number>();
  /** What has reached its machine, to tell repetitions that the wire need not bring. */
  readonly #delivered = new Set<string>();
  /** What the scenario lost before the wire brought it. */
  #lost: Pending[] = [];

  constructor(world: World, unseen: number | null) {
    this.#world = world;
    this.#unseen = unseen;
  }

  /** What came fits one of these, which the wire has not brought yet. */
  fit(incoming: Incoming): Fit | null {
    const owed = this.#world.pending.filter((one) => isOwed(one) && !this.#broughtMs.has(one.serial));
    return fitting(owed, incoming);
  }

  bring({ serial }: Pending, atMs: number): void {
    this.#broughtMs.set(serial, atMs);
  }

  /** When the wire brought a message; undefined where it has not. */
  broughtMs({ serial }: Pending): number | undefined {
    return this.#broughtMs.get(serial);
  }

  /**
   * When a pending event is due: one that the wire has to bring, once it can be said not to come. Where this process was
   * late, the real server has its time from when it was told.
   */
  dueMs(one: Pending): number {
    if (!this.mustBeSeen(one)) return one.dueMs;
    return Math.max(one.dueMs, this.#owedSinceMs.get(one.serial) ?? 0) + overdueAfterMs;
  }

  /** Whether a message of the SIP server's is still to be brought by the wire. */
  mustBeSeen(one: Pending): boolean {
    return isOwed(one) && one.party !== this.#unseen && one.fate !== 'lose' && !this.#broughtMs.has(one.serial);
  }

  /**
   * The server's clock is not ours: perhaps one of its timers has run out a little earlier there. The position of the timer
   * that explains what came; null where none does.
   */
  timerBehind(incoming: Incoming, nowMs: number): number | null {
    const timers = this.#world.pending.filter(
      ({ kind, party, dueMs }) => kind === 'timer' && party === sipServer && dueMs <= nowMs + clockGrainMs,
    );
    for (const { serial } of timers) {
      const ahead = this.#world.clone();
      const position = ahead.pending.findIndex((one) => one.serial === serial);
      const { created } = ahead.fire(position);
      if (fitting(created.filter(isOwed), incoming) !== null) return position;
    }
    return null;
  }

  /** Takes note of what has happened to a message of the server's, and of what it owes now. */
  note({ fired, fate, created }: Fired, nowMs: number): void {
    this.#owedSinceMs.delete(fired.serial);
    for (const one of created) if (isOwed(one)) this.#owedSinceMs.set(one.serial, nowMs);
    if (isOwed(fired) && fired.fate === 'lose' && !this.#broughtMs.has(fired.serial)) this.#lost.push(fired);
    if (fired.kind === 'message' && fired.from === sipServer && fate !== 'lose') this.#deliver(fired);
  }

  #deliver({ party, event }: Pending): void {
    const message = withoutConnection(eventTable.of(event)) as Told;
    for (const one of [event, eventTable.idOf(asConfirmedByServer(message))]) this.#delivered.add(whatFor(party, one));
  }

  /** Whether the scenario had already lost it when it came. */
  wasLost(incoming: Incoming): boolean {
    const fit = fitting(this.#lost, incoming);
    this.#lost = this.#lost.filter((one) => one !== fit?.pending);
    return fit !== null;
  }

  /** Whether the same has arrived before: then the server's transaction had no reason to send it again. */
  isRepeat({ party, event }: Pending): boolean {
    return this.#delivered.has(whatFor(party, event));
  }
}

const whatFor = (party: number, event: number): string => `${party} ${event}`;
