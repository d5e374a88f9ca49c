import { isMessage, type MachineEvent, type TransportNotice } from '../../machines/events.ts';
import {
  type Call,
  type Contact,
  type FirewallMessage,
  type Message,
  type Network,
  networkIn,
  type PartyName,
  type PushServerContact,
} from '../../machines/messages.ts';
import { roleOf } from '../../machines/phones.ts';
import { kindOfLink, type SuspendedSockets, type Transport, type WorldLinkName } from '../scenario/scenario.ts';
import type { Sighting } from '../scenario/sighting.ts';
import type { AnyEvent } from '../system/settings.ts';
import type { Arrival, Departure, Host, ProcessChange, ProcessState } from '../world/host.ts';

/** What the transport layers must know of the world. */
export interface TransportConfiguration {
  readonly ends: Readonly<Partial<Record<WorldLinkName, readonly [PartyName, PartyName]>>>;
  readonly transports: Readonly<Partial<Record<WorldLinkName, Transport>>>;
  readonly suspendedSockets: SuspendedSockets;
  /** Whether the OS tells the app that the network has changed; otherwise the connection to the SIP server dies unnoticed. */
  readonly noticesNetwork: boolean;
  /** Whether the SIP server's host drops what comes from banned addresses; absent where it bans none. */
  readonly hasFirewall?: true;
  /** Whether each node of the push server has an address of its own. */
  readonly nodesHaveAddresses?: true;
}

/** A path: the link and, where one end is the phone's, the network of that end. It may be a connection. */
export interface Connection {
  readonly link: WorldLinkName;
  readonly network?: Network;
  /** Whether the phone has left that network and does not know: what it sends leads nowhere. */
  readonly isDead?: true;
}

/** What crosses a link: a message, or the word of one host to the other about a connection. */
export type Segment = (Message | TransportNotice) & { readonly over?: Connection };

/** What may be about a call. */
interface OfCall {
  readonly call?: Call;
}

/** What the host of a party remembers of addresses, connections and buffers. Plain data. */
export interface TransportState {
  /** The network that the phone is in; absent where the address never changes. */
  readonly network?: Network;
  /** The addresses at which the push server listens; absent where it has one. */
  readonly listens?: readonly PushServerContact[];
  /** Connections with the phone that this end takes for open, the newest last. Others are opened when they are needed. */
  readonly open: readonly Connection[];
  /** What waits in the socket buffers of a suspended process, the oldest first. */
  readonly buffered: readonly Segment[];
  /** The addresses from which the firewall lets nothing in, by their contacts; absent where there is none. */
  readonly banned?: readonly Contact[];
}

/** Why a message reached nobody: its address has been left, nobody listens at it, it waits in a buffer or that is full. */
export type Undelivered = 'addressLeft' | 'nobodyThere' | 'waits' | 'bufferFull' | 'banned';

/**
 * What becomes of something that arrives. The host itself answers with a reset to a segment for a connection that is not
 * there (RFC 9293 3.10.7.1), and with the pong to a ping (RFC 5626 3.5.1).
 */
type Arrived = Arrival<TransportState, Segment, Message | TransportNotice>;

type Departed = Departure<TransportState, Segment, Told>;

type Changed = ProcessChange<TransportState, Segment, Message | Told, PartyName>;

/** What a host tells the machine about its connections: that one is no more, or that it has another address now. */
type Told = TransportNotice | { readonly type: 'network.change' };

/** A socket buffer holds more than a suspended process is ever sent here; what arrives beyond that is lost. */
const mostBuffered = 8;

const isPhone = (party: PartyName): boolean => roleOf(party) === 'app';

/** Whether a link is that of a phone to the SIP server. */
const isToServer = (link: WorldLinkName): boolean => kindOfLink(link) === 'appSip';

/** Whether messages go over connections, which keep them in order and say when they break. */
export const hasConnections = (transport: Transport): boolean => transport !== 'udp' && transport !== 'push';

/** Whether an event comes over a link, and not from the environment, a timer or the machine itself. */
const isSegment = (event: AnyEvent): event is Segment => isMessage(event as MachineEvent) || isNotice(event);

/** Whether it is the word of a host about a connection. */
export const isNotice = (segment: { type: string }): segment is TransportNotice & { readonly over?: Connection } =>
  segment.type === 'transport.failed' || segment.type === 'connection.closed';

/** The message itself, as sender and receiver know it. */
export const withoutConnection = <Event extends object>(event: Event & { readonly over?: Connection }): Event => {
  const { over: _, ...message } = event;
  return message as Event;
};

const without = (segment: Segment) => withoutConnection(segment) as Message | TransportNotice;

const isSame = (one: Connection, other: Connection) => one.link === other.link && one.network === other.network;

const opened = (state: TransportState, connection: Connection): TransportState => ({
  ...state,
  open: [...state.open.filter((one) => !isSame(one, connection)), connection],
});

const closed = (state: TransportState, connection: Connection): TransportState => ({
  ...state,
  open: state.open.filter((one) => !isSame(one, connection)),
});

const deliver = (state: TransportState, segment: Segment): Arrived => ({
  state,
  deliver: without(segment),
  undelivered: null,
  reply: null,
});

const lose = (state: TransportState, undelivered: Undelivered, reply: Segment | null = null): Arrived => ({
  state,
  deliver: null,
  undelivered,
  reply,
});

const noted = (state: TransportState, reply: Segment | null = null): Arrived => ({
  state,
  deliver: null,
  undelivered: null,
  reply,
});

/** Whether it is to an address of the push server. */
const isCalledAt = (segment: Segment): segment is Segment & { readonly contact: PushServerContact } =>
  'contact' in segment && segment.contact.startsWith('pushServer');

const networkOf = ({ network }: { readonly network?: Network }) => (network === undefined ? {} : { network });

/** An address is banned, or let in again. */
function changedFirewall(state: TransportState, { type, contact }: FirewallMessage): Departed {
  const { banned: before = [], ...rest } = state;
  const others = before.filter((one) => one !== contact);
  const banned = type === 'firewall.ban' ? [...others, contact].sort() : others;
  return { state: banned.length === 0 ? rest : { ...rest, banned }, segment: null, told: null };
}

/**
 * The transport layer of one party (RFC 3261 18): datagrams to addresses; connections that open, carry and break. It
 * alone decides whether a message reaches somebody, whatever the message is. Pure: it gives the next state of the host.
 */
export class TransportLayer implements Host<TransportState, Segment> {
  readonly isSegment = isSegment;
  readonly initial: TransportState;
  readonly #party: PartyName;
  readonly #isPhone: boolean;
  readonly #links: readonly WorldLinkName[];
  readonly configuration: TransportConfiguration;

  constructor(party: PartyName, configuration: TransportConfiguration) {
    this.#party = party;
    this.configuration = configuration;
    this.#isPhone = isPhone(party);
    this.#links = Object.keys(configuration.ends) as WorldLinkName[];
    this.initial = {
      ...(this.#isPhone && { network: 'wifi' as const }),
      ...(configuration.nodesHaveAddresses && roleOf(party) === 'pushServer' && { listens: ['pushServer'] as const }),
      open: [],
      buffered: [],
    };
  }

  /** Something comes from the network. */
  arrive(state: TransportState, segment: Segment, process: ProcessState): Arrived {
    if (segment.type.startsWith('notification')) return deliver(state, segment);
    if (!this.#isPhone) return this.#arriveAtHost(state, segment, process);
    const network = segment.over?.network;
    // A datagram, or a segment, to the address of a network that the phone has left reaches nobody.
    if (network !== undefined && network !== state.network) return lose(state, 'addressLeft');
    if (isNotice(segment)) return this.#noticeAtPhone(state, segment, process);
    if (process === 'suspended') return this.#arriveAtSuspended(state, segment);
    const isOpen = !this.#isConnection(segment.over) || this.#isOpen(state, segment.over);
    return process === 'running' && isOpen
      ? deliver(state, segment)
      : lose(state, 'nobodyThere', this.#resetFor(segment));
  }

  #isEndOf(link: WorldLinkName): boolean {
    return this.configuration.ends[link]?.includes(this.#party) ?? false;
  }

  #peerOn(link: WorldLinkName): PartyName {
    const [one, other] = this.configuration.ends[link] ?? [];
    if (one === undefined || other === undefined) throw new Error(`there is no link ${link}`);
    return one === this.#party ? other : one;
  }

  #isReliable(link: WorldLinkName): boolean {
    return hasConnections(this.configuration.transports[link] ?? 'udp');
  }

  #isConnection(over: Connection | undefined): over is Connection {
    return over !== undefined && this.#isReliable(over.link);
  }

  #isOpen(state: TransportState, connection: Connection): boolean {
    return state.open.some((one) => isSame(one, connection));
  }

  #resetFor(segment: Segment): Segment | null {
    const { over } = segment;
    if (!this.#isConnection(over) || isNotice(segment)) return null;
    return { type: 'transport.failed', message: without(segment) as Message, over, ...networkOf(over) };
  }

  #arriveAtSuspended(state: TransportState, segment: Segment): Arrived {
    const { suspendedSockets } = this.configuration;
    const isOpen = this.#isConnection(segment.over) ? this.#isOpen(state, segment.over) : suspendedSockets === 'kept';
    if (!isOpen) return lose(state, 'nobodyThere', this.#resetFor(segment));
    // A copy of a datagram that waits already would tell nothing new.
    if (state.buffered.some((one) => JSON.stringify(one) === JSON.stringify(segment))) return lose(state, 'waits');
    if (state.buffered.length >= mostBuffered) return lose(state, 'bufferFull');
    return lose({ ...state, buffered: [...state.buffered, segment] }, 'waits');
  }

  #noticeAtPhone(state: TransportState, notice: Segment, process: ProcessState): Arrived {
    const next = notice.over === undefined ? state : closed(state, notice.over);
    return process === 'running' ? deliver(next, notice) : noted(next);
  }

  #arriveAtHost(state: TransportState, segment: Segment, process: ProcessState): Arrived {
    // A firewall that drops says nothing, and looks before any process does.
    if (this.#isBanned(state, segment)) return lose(state, 'banned');
    if (process === 'absent') return lose(state, 'nobodyThere', this.#resetFor(segment));
    // A datagram to the address of a node that is no longer in charge.
    if (state.listens !== undefined && isCalledAt(segment) && !state.listens.includes(segment.contact))
      return lose(state, 'addressLeft');
    const { over } = segment;
    if (over?.isDead) return lose(state, 'addressLeft');
    const isOfPhone = over?.network !== undefined && this.#isConnection(over);
    if (segment.type === 'keepAlive.ping') {
      // No connection begins with a ping: the host that does not know it has been another one before.
      if (isOfPhone && !this.#isOpen(state, over)) return lose(state, 'nobodyThere', this.#resetFor(segment));
      return noted(state, { type: 'keepAlive.pong', ...(over && { over }) });
    }
    if (!isOfPhone) return deliver(state, segment);
    return deliver(isNotice(segment) ? closed(state, over) : opened(state, over), segment);
  }

  #isBanned({ banned = [] }: TransportState, { over }: Segment): boolean {
    if (banned.length === 0 || over === undefined) return false;
    if (kindOfLink(over.link) === 'pushServerSip') return banned.includes('pushServer');
    return over.network !== undefined && banned.includes(`${this.#peerOn(over.link)}@${over.network}` as Contact);
  }

  /** The other end of the connection over which something has come. */
  senderOf({ over }: Segment): PartyName {
    if (over === undefined) throw new Error('a datagram is not answered by the transport');
    return this.#peerOn(over.link);
  }

  /**
   * The machine wants to send a message, in answer to what has come in the same step or by itself. RFC 3261 18.2.2: the
   * answer to a REGISTER goes where that came from, whatever Contact it names.
   */
  send(state: TransportState, to: PartyName, message: Message, request: Segment | null): Departed {
    const link = this.#links.find((name) => this.#isEndOf(name) && this.#peerOn(name) === to);
    if (link === undefined) throw new Error(`${this.#party} has no link to ${to}`);
    const isReliable = this.#isReliable(link);
    if (message.type === 'keepAlive.missed') return this.#giveUp(state, link, to);
    if (message.type === 'firewall.ban' || message.type === 'firewall.lift') return changedFirewall(state, message);
    if (message.type === 'address.taken')
      return { state: { ...state, listens: message.listens }, segment: null, told: null };
    const dead = this.#deadOn(state, link);
    if (dead !== undefined) return { state, segment: { ...message, over: { ...dead, isDead: true } }, told: null };
    if (state.network !== undefined) {
      const over = { link, network: state.network };
      return { state: isReliable ? opened(state, over) : state, segment: { ...message, over }, told: null };
    }
    const network = request?.type === 'REGISTER' ? request.over?.network : networkIn(message);
    // By which link a datagram of the push server has come matters to a firewall only.
    const saysLink = isReliable || (this.configuration.hasFirewall === true && kindOfLink(link) === 'pushServerSip');
    if (!isPhone(to)) return { state, segment: saysLink ? { ...message, over: { link } } : message, told: null };
    if (isReliable) return this.#sendToPhone(state, link, message, network);
    return { state, segment: network === undefined ? message : { ...message, over: { link, network } }, told: null };
  }

  /** Nobody can connect to the phone: it is behind a NAT. What has a connection is sent over the newest, if no other is named. */
  #sendToPhone(state: TransportState, link: WorldLinkName, message: Message, named: Network | undefined): Departed {
    const over = state.open.findLast((one) => one.link === link && (named ?? one.network) === one.network);
    if (over !== undefined) return { state, segment: { ...message, over }, told: null };
    return { state, segment: null, told: { type: 'transport.failed', message, ...(named && { network: named }) } };
  }

  /**
   * A change of network concerns the host, and the OS may keep it from the app. And where another call gets the number of one that is
   * over, what waits of that one would be taken for it: here calls differ by their numbers alone.
   */
  happen(state: TransportState, event: AnyEvent): { state: TransportState; tell: AnyEvent | null } {
    if (event.type === 'call.cleared') {
      const { call } = event as OfCall;
      return {
        state: { ...state, buffered: state.buffered.filter((one) => (one as OfCall).call !== call) },
        tell: event,
      };
    }
    if (event.type !== 'network.change') return { state, tell: event };
    return { state: this.changeNetwork(state), tell: this.tellsOfChange(state) ? event : null };
  }

  /** A REGISTER can be seen on the wire. */
  sightingOf(message: Message): Sighting | null {
    return message.type === 'REGISTER' ? { type: 'sent', from: this.#party, message } : null;
  }

  /** Whether the OS tells the app of a change of its network now: one without a connection looks before it opens one. */
  tellsOfChange({ open }: TransportState): boolean {
    return this.configuration.noticesNetwork || !open.some(({ link }) => isToServer(link));
  }

  /** The phone has another network: it has a new address, and its connections are no more, or dead without its knowing. */
  changeNetwork(state: TransportState): TransportState {
    const open = this.tellsOfChange(state) ? [] : state.open.filter(({ link }) => isToServer(link));
    return { network: state.network === 'wifi' ? 'cellular' : 'wifi', open, buffered: [] };
  }

  /** The connection that the phone takes for open although it has left its network. */
  #deadOn({ network, open }: TransportState, link: WorldLinkName): Connection | undefined {
    return network === undefined ? undefined : open.find((one) => one.link === link && one.network !== network);
  }

  /** RFC 5626 4.4.1: who hears no pong closes the connection, and sees then where he is. */
  #giveUp(state: TransportState, link: WorldLinkName, peer: PartyName): Departed {
    const isDead = this.#deadOn(state, link) !== undefined;
    const next = { ...state, open: state.open.filter((one) => one.link !== link) };
    const told: Told = isDead
      ? { type: 'network.change' }
      : { type: 'connection.closed', from: peer, ...networkOf(state) };
    return { state: next, segment: null, told };
  }

  /** The process is suspended, goes on or ends. */
  changeProcess(state: TransportState, before: ProcessState, after: ProcessState): Changed {
    if (after === 'absent')
      return { state: this.#empty(state), deliver: this.#unnoticed(state), notices: this.#closing(state) };
    if (after === 'suspended' && before === 'running') {
      if (this.configuration.suspendedSockets === 'kept') return { state, deliver: [], notices: [] };
      return { state: this.#empty(state), deliver: this.#unnoticed(state), notices: [] };
    }
    const waiting = after === 'running' ? state.buffered : [];
    const next = after === 'running' ? { ...state, buffered: [] } : state;
    return { state: next, deliver: waiting.map(without), notices: [] };
  }

  /** What the app learns with the end of a connection that had been dead without its knowing. */
  #unnoticed(state: TransportState): Told[] {
    const link = this.#links.find((one) => isToServer(one) && this.#isEndOf(one));
    return link === undefined || this.#deadOn(state, link) === undefined ? [] : [{ type: 'network.change' }];
  }

  #empty(state: TransportState): TransportState {
    return { ...state, open: [], buffered: [] };
  }

  /** The OS closes the connections of a process that ends: the other ends are told. */
  #closing(state: TransportState): Changed['notices'] {
    const fixed = this.#links
      .filter((link) => !this.#isPhone && this.#isEndOf(link))
      .filter((link) => this.#isReliable(link) && !isPhone(this.#peerOn(link)))
      .map((link): Connection => ({ link }));
    const alive = state.open.filter(({ link }) => this.#deadOn(state, link) === undefined);
    return [...alive, ...fixed].map((over) => ({
      to: this.#peerOn(over.link),
      segment: { type: 'connection.closed', from: this.#party, ...networkOf(over), over },
    }));
  }
}
