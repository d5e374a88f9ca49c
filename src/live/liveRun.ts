import { type Message, type Network, type PartyName, partyNames } from '../machines/messages.ts';
import type { Window } from '../sim/data/window.ts';
import type { PlannedEvent } from '../sim/run/plannedSchedule.ts';
import type { Schedule } from '../sim/run/run.ts';
import { type LinkName, linkNames, type StepAction } from '../sim/scenario/scenario.ts';
import type { SipWorld } from '../sim/sipWorld/definition.ts';
import type { TransportState } from '../sim/sipWorld/transport.ts';
import { type Connection, isNotice, withoutConnection } from '../sim/sipWorld/transport.ts';
import { eventTable } from '../sim/system/eventTable.ts';
import { stepCause } from '../sim/world/causes.ts';
import type { CompiledStep } from '../sim/world/definition.ts';
import { type Fired, type Pending, World } from '../sim/world/world.ts';
import type { SipMessage } from '../sip/message/message.ts';
import type { Incoming } from './carried.ts';
import type { Clock } from './clock.ts';
import { copyKey } from './copyKey.ts';
import { Departures } from './departures.ts';
import type { Divergence, Told } from './divergence.ts';
import { fitting, isOwed } from './expectations.ts';
import { type Dated, datedAs } from './retimed.ts';
import type { SocketName } from './sipSocket.ts';
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
}

/** What happened, in the terms of the world: enough to run it again. */
export interface LiveRecord {
  readonly plan: readonly PlannedEvent[];
  /** The part of it to which the model comes as well: up to what was unforeseen, without what never came. */
  readonly foreseen: readonly Dated[];
  /** What the server sent and its profile does not explain, in order: a step each, taken in under these serials. */
  readonly unforeseen: readonly { readonly serial: number; readonly atMs: number; readonly action: StepAction }[];
  readonly divergences: readonly Divergence[];
  /** Copies of what had been seen before, which a transaction absorbs (RFC 3261 17.1, 17.2). */
  readonly absorbed: number;
  /** How late this process was at worst for something that was due: what a busy machine adds to the network. */
  readonly latenessMs: number;
}

const sipServer = partyNames.indexOf('sipServer');
const app = partyNames.indexOf('app');

const crash = eventTable.idOf({ type: 'sipServer.crash' });

/** The pending event that comes next: its place, when it is due, and which of several at once. */
interface Next {
  readonly position: number;
  readonly dueMs: number;
  readonly order: number;
}

/** The connection of a party with the SIP server, as the transport layers name it. */
function connectionTo(to: PartyName, network: Network | undefined): Connection {
  const link = to === 'app' ? 'appSip' : to === 'caller' ? 'callerSip' : 'pushServerSip';
  return { link, ...(network && { network }) };
}

/** What a server need not send. RFC 3261 17.2.1: whether it says 100 before it answers is its own affair. */
const isFree = ({ type }: Told): boolean => type === 'INVITE.100';

/** Of several events at the same instant, the last one. */
const afterAll = 2 ** 31;

/** How long an answer may be overdue before it counts as one that does not come: T1 and its first doubling. */
const overdueAfterMs = 1_500;

/** How much earlier than in the model a timer of a server may run out: servers count in whole seconds. */
const clockGrainMs = 1_000;

/**
 * A run of the world in which the SIP server is a real one. Whatever is sent to it goes on the wire at the moment when it
 * arrives in the model; what the model lets it answer happens when the wire has brought it, and not before its own time.
 * The machines are those of every other driver, and so is the world: this one only decides what happens next, and when.
 */
export class LiveRun {
  readonly #setup: LiveSetup;
  readonly #world: World;
  /** The scenario's steps, and after them what the server does unforeseen. */
  readonly #steps: CompiledStep[];
  readonly #startedMs: number;
  readonly #departures: Departures;
  /** When the wire brought what the SIP server owed, by serial. */
  readonly #arrived = new Map<number, number>();
  /** What has been received, to tell copies. */
  readonly #seen = new Set<string>();
  /** What of the SIP server's has reached its machine, to tell repetitions that the wire need not bring. */
  readonly #delivered = new Set<string>();
  /** Steps by which the network that is simulated tells what the SIP server has sent. */
  readonly #told = new Set<number>();
  /** Messages of the SIP server that the scenario lost before the wire brought them. */
  #lost: Pending[] = [];
  readonly #plan: PlannedEvent[] = [];
  readonly #foreseen: Dated[] = [];
  readonly #unforeseen: { serial: number; atMs: number; action: StepAction }[] = [];
  readonly #divergences: Divergence[] = [];
  #absorbed = 0;
  #latenessMs = 0;
  #lastMs = 0;
  #cancelTimer: () => void = () => {};
  #finish: () => void = () => {};
  #isOver = false;

  constructor(setup: LiveSetup) {
    this.#steps = [...setup.definition.steps];
    const definition = { ...setup.definition, steps: this.#steps };
    this.#setup = { ...setup, definition };
    this.#startedMs = setup.clock.nowMs();
    const { world, started } = World.start(definition, setup.schedule.schedule);
    this.#world = world;
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
    const { link } = connectionTo(incoming.to, undefined);
    const fit = this.#fit(incoming);
    if (fit !== null) this.#arrived.set(fit.pending.serial, this.elapsedMs);
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
    this.#fire(this.#takeIn({ to, message }, [0, 0], link === 'control' ? { link, network } : undefined));
    this.#turn();
  }

  /** Whether the SIP server is only heard, since not all who deal with it are the model's. */
  get #isServerHeard(): boolean {
    return (this.#setup.definition.scenario.elsewhere ?? []).length > 0;
  }

  #meet(incoming: Incoming, isCopy: boolean): void {
    if (this.#isServerHeard) {
      this.#tellOverNetwork(incoming, connectionTo(incoming.to, undefined).link);
      return;
    }
    const fit = this.#fit(incoming) ?? (isCopy ? null : this.#fitOfEarlyTimer(incoming));
    if (fit === null) {
      if (isCopy) this.#absorbed++;
      else if (!this.#wasLost(incoming)) this.#tell(incoming);
      return;
    }
    this.#arrived.set(fit.pending.serial, this.elapsedMs);
    if (fit.isDifferent) this.#diverge('different', incoming.to, fit.message, incoming.message);
  }

  #fit(incoming: Incoming) {
    const owed = this.#world.pending.filter((one) => isOwed(one) && !this.#arrived.has(one.serial));
    return fitting(owed, incoming);
  }

  /** Whether the scenario had already lost it when it came. */
  #wasLost(incoming: Incoming): boolean {
    const fit = fitting(this.#lost, incoming);
    this.#lost = this.#lost.filter((one) => one !== fit?.pending);
    return fit !== null;
  }

  /** The server's clock is not ours: perhaps one of its timers has run out a little earlier there. */
  #fitOfEarlyTimer(incoming: Incoming) {
    const soonMs = this.elapsedMs + clockGrainMs;
    const timers = this.#world.pending.filter(
      ({ kind, party, dueMs }) => kind === 'timer' && party === sipServer && dueMs <= soonMs,
    );
    for (const timer of timers) {
      const ahead = this.#world.clone();
      const { created } = ahead.fire(ahead.pending.findIndex(({ serial }) => serial === timer.serial));
      if (fitting(created.filter(isOwed), incoming) === null) continue;
      this.#fire(this.#world.pending.findIndex(({ serial }) => serial === timer.serial));
      return this.#fit(incoming);
    }
    return null;
  }

  /** Gives a machine what its model of the server does not explain. */
  #tell(incoming: Incoming): void {
    this.#fire(this.#takeIn(incoming, [0, 0]));
  }

  /** The same once the network that is simulated has carried it; on a connection not before what was sent before it. */
  #tellOverNetwork(incoming: Incoming, link: LinkName): void {
    const { latencyMs } = this.#setup.definition.scenario.links[link];
    const told = this.#world.pending[this.#takeIn(incoming, latencyMs)] as Pending;
    const ahead = this.#world.pending.filter(
      (one) =>
        one.party === told.party &&
        (isOwed(one) ? this.#arrived.has(one.serial) : this.#isServerHeard && this.#told.has(one.serial)),
    );
    this.#told.add(told.serial);
    told.dueMs = Math.max(told.dueMs, ...ahead.map(({ dueMs }) => dueMs));
    told.order = afterAll;
  }

  /** Makes a step of it, which is pending then. */
  #takeIn({ to, message }: Incoming, afterMs: Window, over?: Connection): number {
    const index = this.#steps.length;
    const event = isNotice(message)
      ? { ...message, over: connectionTo(to, message.network) }
      : { ...message, ...(over && { over }) };
    const party = partyNames.indexOf(to);
    this.#steps.push({
      ...{ party, event: eventTable.idOf(event), cause: stepCause(index), afterMs },
      ...{ chained: false, cuts: 0, repairs: 0 },
    });
    this.#now(this.elapsedMs);
    const position = this.#world.takeIn(index);
    const { serial, dueMs } = this.#world.pending[position] as Pending;
    if (!this.#isServerHeard && !isFree(message)) this.#diverge('unexpected', to, null, message);
    this.#unforeseen.push({ serial, atMs: dueMs, action: { party: to, event } });
    return position;
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
      this.#fire(next.position);
      next = this.#next();
    }
    if (this.elapsedMs >= untilMs) this.stop();
    else this.#wait(Math.min(next.dueMs, untilMs));
  }

  #wait(untilMs: number): void {
    const delayMs = untilMs - (this.#setup.clock.nowMs() - this.#startedMs);
    this.#cancelTimer = this.#setup.clock.after(Math.max(0, Math.ceil(delayMs)), () => this.#turn());
  }

  #next(): Next {
    let next: Next = { position: -1, dueMs: Number.POSITIVE_INFINITY, order: 0 };
    for (const [position, one] of this.#world.pending.entries()) {
      const [dueMs, { order }] = [this.#dueMs(one), one];
      if (dueMs < next.dueMs || (dueMs === next.dueMs && order < next.order)) next = { position, dueMs, order };
    }
    return next;
  }

  #dueMs(one: Pending): number {
    return this.#mustBeSeen(one) ? one.dueMs + overdueAfterMs : one.dueMs;
  }

  /** Whether a message of the SIP server's is still to be brought by the wire. */
  #mustBeSeen(one: Pending): boolean {
    const isPlayedElsewhere = one.party === app && this.#setup.wakeOtherClient !== undefined;
    return isOwed(one) && !isPlayedElsewhere && one.fate !== 'lose' && !this.#arrived.has(one.serial);
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
    const broughtMs = this.#arrived.get(pending.serial) ?? 0;
    const atMs = this.#now(Math.max(pending.dueMs, broughtMs));
    const isMissing = this.#mustBeSeen(pending);
    const outcome = this.#world.fire(position, isMissing ? 'lose' : pending.fate);
    this.#plan.push({ serial: pending.serial, atMs, fate: outcome.fate });
    if (!isMissing && this.#unforeseen.length === 0) {
      this.#foreseen.push(datedAs({ ...pending, fate: outcome.fate }, atMs, this.#foreseen.length));
    }
    if (isOwed(pending) && pending.fate === 'lose' && !this.#arrived.has(pending.serial)) this.#lost.push(pending);
    const missing = isMissing ? (withoutConnection(eventTable.of(pending.event)) as Told) : null;
    if (missing !== null && !isFree(missing) && !this.#isRepeat(pending)) {
      this.#diverge('missing', partyNames[pending.party] as PartyName, missing, null);
    }
    this.#carry(outcome);
    this.#departures.prepare(outcome, () => this.#network());
  }

  /** Whether the same has arrived before: then the server's transaction had no reason to send it again. */
  #isRepeat({ party, event }: Pending): boolean {
    return this.#delivered.has(`${party} ${event}`);
  }

  /** Puts on the wire what has arrived at the SIP server. */
  #carry({ fired, fate }: Fired): void {
    if (fired.kind === 'message' && fired.from === sipServer && fate !== 'lose') {
      this.#delivered.add(`${fired.party} ${fired.event}`);
    }
    if (fired.party === app && fate !== 'lose' && fired.event >= 0) {
      if (eventTable.of(fired.event).type === 'notification') this.#setup.wakeOtherClient?.();
    }
    if (fired.kind === 'message' && fate !== 'lose' && this.#isElsewhere(fired.party)) {
      const message = withoutConnection(eventTable.of(fired.event)) as Told;
      if (!isNotice(message)) this.#setup.tellElsewhere?.(message as Message);
    }
    if (fired.kind === 'step' && fired.party === sipServer && fired.event === crash) this.#setup.restartServer?.();
    this.#departures.send({ fired, fate });
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
      unforeseen: this.#unforeseen,
      divergences: this.#divergences,
      absorbed: this.#absorbed,
      latenessMs: this.#latenessMs,
    };
  }
}
