import { type Message, type Network, type PartyName, partyNames } from '../machines/messages.ts';
import type { PlannedEvent } from '../sim/run/plannedSchedule.ts';
import { type Dated, datedAs } from '../sim/run/retimed.ts';
import type { Schedule } from '../sim/run/run.ts';
import { type LinkName, linkNames } from '../sim/scenario/scenario.ts';
import type { SipWorld } from '../sim/sipWorld/definition.ts';
import type { TransportState } from '../sim/sipWorld/transport.ts';
import { type Connection, isNotice, withoutConnection } from '../sim/sipWorld/transport.ts';
import { eventTable } from '../sim/system/eventTable.ts';
import type { Pending } from '../sim/world/pending.ts';
import { type Fired, World } from '../sim/world/world.ts';
import type { SipMessage } from '../sip/message/message.ts';
import type { Incoming } from './carried.ts';
import type { Clock } from './clock.ts';
import { copyKey } from './copyKey.ts';
import { Departures } from './departures.ts';
import type { Divergence, Told } from './divergence.ts';
import { type Fit, isOwed } from './expectations.ts';
import { Owed } from './owed.ts';
import type { PushAsked, PushLeg } from './push/pushLeg.ts';
import type { SocketName } from './sipSocket.ts';
import { linkTo, type TakenIn, Unforeseen } from './unforeseen.ts';
import type { Wire } from './wire.ts';

/** What a live run is made of. */
export interface LiveSetup {
  readonly definition: SipWorld;
  /** Decides the delays: of the network that is simulated on top of the real one, of pushes, timers and steps. */
  readonly schedule: Schedule;
  readonly wire: Wire;
  readonly clock: Clock;
  /**
   * Called when a notification reaches a phone on which another client plays the app. What the app's machine does then
   * happens in the model only: its messages are not sent, and what it is owed is that client's affair.
   */
  readonly wakeOtherClient?: () => void;
  /** Told what reaches a party that somebody else's software plays: not by the SIP server, which tells it itself. */
  readonly tellElsewhere?: (message: Message) => void;
  /** Called when the scenario restarts the SIP server. */
  readonly restartServer?: (() => void) | undefined;
  /** Answers what the SIP server has asked the push service for, where it is the SIP server that pushes. */
  readonly answerPush?: PushLeg['answer'] | undefined;
}

/** What happened, in the terms of the world: enough to run it again. */
export interface LiveRecord {
  readonly plan: readonly PlannedEvent[];
  /** The part of it to which the model comes as well: up to what was unforeseen, without what never came. */
  readonly foreseen: readonly Dated[];
  /** What the server sent and its profile does not explain, in order: a step each, taken in under these serials. */
  readonly unforeseen: readonly TakenIn[];
  readonly divergences: readonly Divergence[];
  /** Copies of what had been seen before, which a transaction absorbs (RFC 3261 17.1, 17.2). */
  readonly absorbed: number;
  /** How late this process was at worst for something that was due: what a busy machine adds to the network. */
  readonly latenessMs: number;
}

const sipServer = partyNames.indexOf('sipServer');
const app = partyNames.indexOf('app');
const notificationService = partyNames.indexOf('notificationService');

const crash = eventTable.idOf({ type: 'sipServer.crash' });

/** The pending event that comes next: its place, when it is due, and which of several at once. */
interface Next {
  readonly position: number;
  readonly dueMs: number;
  readonly order: number;
}

/** What a server need not send. RFC 3261 17.2.1: whether it says 100 before it answers is its own affair. */
const isFree = ({ type }: Told): boolean => type === 'INVITE.100';

/**
 * A run of the world in which the SIP server is a real one. Whatever is sent to it goes on the wire at the moment when it
 * arrives in the model; what the model lets it answer happens when the wire has brought it, and not before its own time.
 * The machines are those of every other driver, and so is the world: this one only decides what happens next, and when.
 */
export class LiveRun {
  readonly #setup: LiveSetup;
  readonly #world: World;
  readonly #owed: Owed;
  readonly #unforeseen: Unforeseen;
  readonly #startedMs: number;
  /** Whether the SIP server is only heard, since not all who deal with it are the model's. */
  readonly #isServerHeard: boolean;
  readonly #departures: Departures;
  /** What has been received, to tell copies. */
  readonly #seen = new Set<string>();
  readonly #plan: PlannedEvent[] = [];
  readonly #foreseen: Dated[] = [];
  readonly #divergences: Divergence[] = [];
  #absorbed = 0;
  #latenessMs = 0;
  #lastMs = 0;
  /** What was there by then has been read. */
  #readMs = 0;
  #cancelTimer: () => void = () => {};
  #finish: () => void = () => {};
  #isOver = false;

  constructor(setup: LiveSetup) {
    const { scenario } = setup.definition;
    const steps = [...setup.definition.steps];
    const definition = { ...setup.definition, steps };
    this.#setup = { ...setup, definition };
    this.#startedMs = setup.clock.nowMs();
    this.#isServerHeard = (scenario.elsewhere ?? []).length > 0;
    const { world, started } = World.start(definition, setup.schedule.schedule);
    this.#world = world;
    this.#owed = new Owed(world, setup.wakeOtherClient === undefined ? null : app);
    const [owed, isServerHeard] = [this.#owed, this.#isServerHeard];
    this.#unforeseen = new Unforeseen({ world, owed, scenario, steps, isServerHeard });
    this.#departures = new Departures(setup.wire, setup.wakeOtherClient !== undefined, (incoming) => {
      if (this.#isOver) return;
      this.#tell(incoming);
      this.#turn();
    });
    for (const outcome of started) this.#departures.prepare(outcome, () => this.#network());
  }

  /** Runs to the end of the scenario in real time, or until it is stopped. */
  finish(): Promise<LiveRecord> {
    return new Promise((resolve) => {
      this.#finish = () => resolve(this.#record());
      this.#turn();
    });
  }

  /** Ends the run where it is. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimer();
    this.#finish();
  }

  /** Takes in what a socket received; false where it is nothing to this run. */
  receive(at: SocketName, message: SipMessage): boolean {
    if (this.#isOver) return false;
    const key = `${at} ${copyKey(message)}`;
    const isCopy = this.#seen.has(key);
    this.#seen.add(key);
    const incoming = this.#setup.wire.incoming(at, message);
    if (incoming === null) return false;
    this.#meet(incoming, isCopy);
    this.#turn();
    return true;
  }

  /** Takes in that the server has answered a ping of a socket. */
  ponged(at: SocketName): void {
    if (this.#isOver) return;
    this.#meet(this.#setup.wire.ponged(at), false);
    this.#turn();
  }

  /** Takes in that the server has ended the connection of a socket; of one that nothing was sent over nobody hears. */
  closed(at: SocketName): void {
    if (this.#isOver || !this.#departures.forgetConnection(at)) return;
    const { wire } = this.#setup;
    const incoming = wire.closed(at);
    const link = linkTo(incoming.to);
    const fit = this.#owed.fit(incoming);
    if (fit !== null) this.#owed.bring(fit.pending, this.elapsedMs);
    else this.#tellOverNetwork(incoming, link);
    for (const unanswered of wire.unanswered(at)) this.#tellOverNetwork(unanswered, link);
    this.#turn();
  }

  /** The milliseconds of the run that have passed. */
  get elapsedMs(): number {
    return Math.max(this.#lastMs, Math.floor(this.#setup.clock.nowMs() - this.#startedMs));
  }

  /** Takes in what the other side says to this one, over the connection between the two or through the push service. */
  hear(message: Message): void {
    if (this.#isOver) return;
    const { elsewhere = [] } = this.#setup.definition.scenario;
    const to = elsewhere.includes('app') ? 'pushServer' : 'app';
    const link = message.type.startsWith('notification') ? 'notification' : 'control';
    if ((this.#world.cutLinks & (1 << linkNames.indexOf(link))) !== 0) return;
    const network = to === 'app' ? this.#network() : 'wifi';
    this.#fire(this.#takeIn({ to, message }, link === 'control' ? { link, network } : undefined));
    this.#turn();
  }

  /** Takes in that the SIP server has asked the push service for a push. */
  pushed(message: PushAsked): void {
    if (this.#isOver) return;
    this.#meet({ to: 'notificationService', message }, false);
    this.#turn();
  }

  #meet(incoming: Incoming, isCopy: boolean): void {
    if (this.#isServerHeard) {
      this.#tellOverNetwork(incoming, linkTo(incoming.to));
      return;
    }
    const fit = this.#owed.fit(incoming) ?? (isCopy ? null : this.#fitOfEarlyTimer(incoming));
    if (fit === null) {
      if (isCopy) this.#absorbed++;
      else if (!this.#owed.wasLost(incoming)) this.#tell(incoming);
      return;
    }
    this.#owed.bring(fit.pending, this.elapsedMs);
    if (fit.isDifferent) this.#diverge('different', incoming.to, fit.message, incoming.message);
  }

  #fitOfEarlyTimer(incoming: Incoming): Fit | null {
    const timer = this.#owed.timerBehind(incoming, this.elapsedMs);
    if (timer === null) return null;
    this.#fire(timer);
    return this.#owed.fit(incoming);
  }

  /** Gives a machine what its model of the server does not explain. */
  #tell(incoming: Incoming): void {
    this.#fire(this.#takeIn(incoming));
  }

  /** The same once the network that is simulated has carried it. */
  #tellOverNetwork(incoming: Incoming, link: LinkName): void {
    this.#begin(incoming);
    this.#unforeseen.takeInOverNetwork(incoming, link);
  }

  /** Makes a step of it, which is pending then; its position. */
  #takeIn(incoming: Incoming, over?: Connection): number {
    this.#begin(incoming);
    return this.#unforeseen.takeIn(incoming, [0, 0], over);
  }

  #begin({ to, message }: Incoming): void {
    this.#now(this.elapsedMs);
    if (!this.#isServerHeard && !isFree(message)) this.#diverge('unexpected', to, null, message);
  }

  #diverge(kind: Divergence['kind'], to: PartyName, expected: Told | null, came: Told | null): void {
    // One object for all equal messages: there may be any number of runs.
    const known = came && (eventTable.of(eventTable.idOf(came)) as Told);
    this.#divergences.push({ atMs: this.elapsedMs, kind, to, expected, came: known });
  }

  /** Lets happen whatever is due, then waits for the next. */
  #turn(): void {
    this.#cancelTimer();
    const { untilMs } = this.#setup.definition.scenario;
    let next = this.#next();
    while (next.dueMs <= Math.min(this.elapsedMs, untilMs)) {
      if (this.#mayLieUnread(next)) {
        this.#read();
        return;
      }
      this.#fire(next.position);
      next = this.#next();
    }
    if (this.elapsedMs < untilMs) this.#wait(Math.min(next.dueMs, untilMs));
    else if (this.#readMs < untilMs) this.#read();
    else this.stop();
  }

  /** Whether a message may be there that is about to be missed: this process may not have read it yet. */
  #mayLieUnread({ position, dueMs }: Next): boolean {
    return dueMs > this.#readMs && this.#owed.mustBeSeen(this.#world.pending[position] as Pending);
  }

  /** Reads what is there, and goes on. */
  #read(): void {
    const untilMs = this.elapsedMs;
    this.#cancelTimer = this.#setup.clock.afterReading(() => {
      this.#readMs = untilMs;
      this.#turn();
    });
  }

  #wait(untilMs: number): void {
    const delayMs = untilMs - (this.#setup.clock.nowMs() - this.#startedMs);
    this.#cancelTimer = this.#setup.clock.after(Math.max(0, Math.ceil(delayMs)), () => this.#turn());
  }

  #next(): Next {
    let next: Next = { position: -1, dueMs: Number.POSITIVE_INFINITY, order: 0 };
    for (const [position, one] of this.#world.pending.entries()) {
      const [dueMs, { order }] = [this.#owed.dueMs(one), one];
      if (dueMs < next.dueMs || (dueMs === next.dueMs && order < next.order)) next = { position, dueMs, order };
    }
    return next;
  }

  /**
   * What comes of an event is scheduled from when it was due, not from when this process got round to it: lateness of ours
   * must not add up to delays that no network has.
   */
  #now(dueMs: number): number {
    this.#lastMs = this.elapsedMs;
    this.#setup.schedule.nowMs = Math.min(dueMs, this.#lastMs);
    return this.#lastMs;
  }

  #fire(position: number): void {
    const pending = this.#world.pending[position] as Pending;
    if (!isOwed(pending)) this.#latenessMs = Math.max(this.#latenessMs, this.elapsedMs - pending.dueMs);
    const broughtMs = this.#owed.broughtMs(pending) ?? 0;
    const atMs = this.#now(Math.max(pending.dueMs, broughtMs));
    const isMissing = this.#owed.mustBeSeen(pending);
    const outcome = this.#world.fire(position, isMissing ? 'lose' : pending.fate);
    this.#plan.push({ serial: pending.serial, atMs, fate: outcome.fate });
    if (!isMissing && this.#unforeseen.taken.length === 0) {
      this.#foreseen.push(datedAs({ ...pending, fate: outcome.fate }, atMs, this.#foreseen.length));
    }
    const missing = isMissing ? (withoutConnection(eventTable.of(pending.event)) as Told) : null;
    if (missing !== null && !isFree(missing) && !this.#owed.isRepeat(pending)) {
      this.#diverge('missing', partyNames[pending.party] as PartyName, missing, null);
    }
    this.#carry(outcome);
    this.#owed.note(outcome, this.elapsedMs);
    this.#departures.prepare(outcome, () => this.#network());
  }

  /** Puts on the wire what has arrived at the SIP server. */
  #carry({ fired, fate, created }: Fired): void {
    if (fired.party === app && fate !== 'lose' && fired.event >= 0) {
      if (eventTable.of(fired.event).type === 'notification') this.#setup.wakeOtherClient?.();
    }
    if (fired.kind === 'message' && fate !== 'lose' && this.#isElsewhere(fired.party)) {
      const message = withoutConnection(eventTable.of(fired.event)) as Told;
      if (!isNotice(message)) this.#setup.tellElsewhere?.(message as Message);
    }
    if (fired.kind === 'step' && fired.party === sipServer && fired.event === crash) this.#setup.restartServer?.();
    if (fate !== 'lose') this.#answerPush(fired, created);
    this.#departures.send({ fired, fate });
  }

  /** A push service answers at once that it takes a push; that a token is dead it says once the model has carried that. */
  #answerPush({ party, event }: Pending, created: readonly Pending[]): void {
    const { answerPush } = this.#setup;
    if (answerPush === undefined || event < 0 || (party !== notificationService && party !== sipServer)) return;
    const message = eventTable.of(event) as Told;
    if (message.type === 'push.failed') {
      const { call, token } = message;
      answerPush(call === undefined ? { type: 'push.refresh', token } : { type: 'push', call, token }, 'unregistered');
    } else if (message.type === 'push' || message.type === 'push.refresh') {
      const isRejected = created.some((one) => one.kind === 'message' && one.party === sipServer);
      if (!isRejected) answerPush(message, 'accepted');
    }
  }

  #isElsewhere(party: number): boolean {
    const { elsewhere = [] } = this.#setup.definition.scenario;
    return elsewhere.some((one) => partyNames.indexOf(one) === party);
  }

  #network(): Network {
    const table = this.#setup.definition.parties[app];
    const host = table?.hostStateOf(this.#world.locals[app] ?? table.initial.next) as TransportState | undefined;
    const network = host?.network;
    if (network === undefined) throw new Error('the app has no address');
    return network;
  }

  #record(): LiveRecord {
    return {
      plan: this.#plan,
      foreseen: this.#foreseen,
      unforeseen: this.#unforeseen.taken,
      divergences: this.#divergences,
      absorbed: this.#absorbed,
      latenessMs: this.#latenessMs,
    };
  }
}
