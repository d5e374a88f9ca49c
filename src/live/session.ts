import { type Contact, partyAt } from '../machines/messages.ts';
import type { ElsewhereParty } from '../sim/scenario/scenario.ts';
import { callIdOf, fromOf } from '../sip/message/headers.ts';
import { type Malformed, malformedText, type SipMessage, type SipRequest } from '../sip/message/message.ts';
import { responseTo } from '../sip/message/response.ts';
import { serialise } from '../sip/message/serialise.ts';
import { uriText } from '../sip/message/uri.ts';
import type { AllowedHosts } from '../sip/transports/allowedHosts.ts';
import { DialledTransport } from '../sip/transports/dialledTransport.ts';
import type { TlsClient } from '../sip/transports/diallers.ts';
import { openTransports } from '../sip/transports/openTransports.ts';
import type { Remote, Tap, Transport, TransportListener } from '../sip/transports/transport.ts';
import { ElsewhereSocket } from './elsewhereSocket.ts';
import { OpenSocket } from './openSocket.ts';
import type { SipSocket, SocketName } from './sipSocket.ts';

/** What sockets are opened for. */
export interface SessionSetup {
  readonly server: Remote;
  /** Own address, as the server can reach it. */
  readonly local: string;
  /** Hosts other than loopback that the user has named. */
  readonly allowed: AllowedHosts;
  readonly tls?: TlsClient;
  /** Whether the push server looks as if it were behind a NAT (`NATEmulation`). */
  readonly natEmulation?: boolean;
  /** Whether the phone gets into its other network. */
  readonly changesNetwork?: boolean;
  /** Whether the user has another device. */
  readonly otherDevice?: boolean;
  /** Whether the user makes a call. */
  readonly callsOut?: boolean;
  /** The parties that have sockets of their own, in somebody else's software. */
  readonly elsewhere?: readonly ElsewhereParty[] | undefined;
  /** Sees every datagram. */
  readonly tap?: Tap;
}

/**
 * Opens an address from which the server is spoken to: a UDP socket, or one connection that the server answers and calls
 * over. Rejects where it cannot be opened.
 */
export async function openEndpoint(
  { server, local, allowed, tls, tap }: SessionSetup,
  listener: Omit<TransportListener, 'now' | 'onDatagram'>,
): Promise<Transport> {
  const told: TransportListener = { ...listener, ...(tap && { onDatagram: tap }), now: () => Date.now() };
  if (server.transport !== 'UDP')
    return DialledTransport.open({ server, host: local, allowed, ...(tls && { tls }) }, told);
  const [transport] = await openTransports({ transports: ['UDP'], host: local, allowed }, told);
  if (transport === undefined) throw new Error('no socket was opened');
  return transport;
}

/** Who is told what the sockets receive; false where it is nothing to him. */
export type Receiver = (at: SocketName, message: SipMessage) => boolean;

/** Who is told of a connection: that the server has ended it, or has answered a ping over it. */
export type ConnectionListener = (at: SocketName, what: 'closed' | 'pong') => void;

const names: readonly SocketName[] = ['app@wifi', 'app@cellular', 'pushServer', 'otherDevice', 'caller', 'callee'];

/** What stands for an address that the run does not have: nothing leads there, and nothing leaves it. */
const unopened = (name: SocketName): SipSocket => ({
  name,
  transport: 'udp',
  host: '0.0.0.0',
  port: 0,
  send: async () => ({ reason: 'this run has no such address' }),
  drop: () => {},
});

function isNeeded(name: SocketName, setup: SessionSetup) {
  const { elsewhere = [], changesNetwork = false, otherDevice = false, callsOut = false } = setup;
  if (name === 'otherDevice') return otherDevice;
  if (name === 'callee') return callsOut;
  if (name === 'app@cellular' && !changesNetwork) return false;
  const party = name === 'caller' ? name : partyAt(name);
  return !elsewhere.some((one) => one === party);
}

/** The contact that the side which is somebody else's has; of an app the network is not known. */
const contactElsewhere = ({ elsewhere = [] }: SessionSetup): Contact | undefined =>
  elsewhere.includes('app') ? 'app@wifi' : elsewhere.includes('pushServer') ? 'pushServer' : undefined;

/** INVITEs that belong to no run, and whom they came from. */
export interface ForeignCalls {
  readonly count: number;
  readonly from: readonly string[];
}

/** What came and was no SIP. */
export interface Unreadable {
  readonly count: number;
  /** What was wrong with the first one, for people. */
  readonly first: string | null;
}

/** So many callers are named. */
const mostNamed = 5;

/** The answer to a request that belongs to no run: servers ask with OPTIONS whether a phone is still there. */
function strangersAnswer(request: SipRequest): Uint8Array | null {
  if (request.method === 'ACK') return null;
  const status = request.method === 'OPTIONS' ? 200 : request.method === 'INVITE' ? 486 : 481;
  return serialise(responseTo(request, status, { toTag: 'ringproof' }));
}

/** The sockets of one run: the app's on each network that it gets into, the push server's, the caller's and of whom else there is. */
export class Session {
  readonly sockets: Readonly<Record<SocketName, SipSocket>>;
  readonly #transports: readonly Transport[];
  /** The INVITEs that belonged to no run, by their transaction, and who sent them. */
  readonly #foreign = new Map<string, string>();
  #unreadable: Unreadable = { count: 0, first: null };
  #receiver: Receiver = () => false;
  #connectionListener: ConnectionListener = () => {};

  private constructor(setup: SessionSetup, opened: ReadonlyMap<SocketName, Transport>) {
    this.#transports = [...opened.values()];
    const entries = names.map((name) => {
      const transport = opened.get(name);
      if (transport !== undefined)
        return [
          name,
          new OpenSocket(name, transport, setup.server, name === 'pushServer' && setup.natEmulation === true),
        ];
      return [name, name === contactElsewhere(setup) ? new ElsewhereSocket(name) : unopened(name)];
    });
    this.sockets = Object.fromEntries(entries) as Record<SocketName, SipSocket>;
  }

  /** Opens the sockets. Rejects where one cannot be opened. */
  static async open(setup: SessionSetup): Promise<Session> {
    const opened: { session?: Session } = {};
    const open = (name: SocketName): Promise<Transport> =>
      openEndpoint(setup, {
        onMessage: (message) => opened.session?.receive(name, message),
        onClosed: () => opened.session?.happened(name, 'closed'),
        onKeepAlive: (kind) => kind === 'pong' && opened.session?.happened(name, kind),
      });
    const needed = names.filter((name) => isNeeded(name, setup));
    const results = await Promise.allSettled(needed.map(open));
    const transports = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      await Promise.all(transports.map((transport) => transport.close()));
      throw failed.reason;
    }
    opened.session = new Session(setup, new Map(needed.map((name, index) => [name, transports[index] as Transport])));
    return opened.session;
  }

  /** Says who receives from now on, and who is told of connections. */
  listen(receiver: Receiver, connectionListener: ConnectionListener = () => {}): void {
    this.#receiver = receiver;
    this.#connectionListener = connectionListener;
  }

  /** Something has happened to the connection of a socket. */
  happened(at: SocketName, what: 'closed' | 'pong'): void {
    this.#connectionListener(at, what);
  }

  /** Takes in what a socket received; what is no SIP is counted, and told nobody. */
  receive(at: SocketName, message: SipMessage | Malformed): void {
    if (message.kind === 'malformed') {
      this.#unreadable = { count: this.#unreadable.count + 1, first: this.#unreadable.first ?? malformedText(message) };
      return;
    }
    if (this.#receiver(at, message) || message.kind === 'response') return;
    // Its copies are one INVITE, and so are its branches.
    if (message.method === 'INVITE') this.#foreign.set(callIdOf(message) ?? '', fromText(message));
    const answer = strangersAnswer(message);
    if (answer !== null) void this.sockets[at].send(answer);
  }

  /** What came and was no SIP. */
  get unreadable(): Unreadable {
    return this.#unreadable;
  }

  /** The calls of somebody else to the account, which were answered 486. */
  get foreignCalls(): ForeignCalls {
    return { count: this.#foreign.size, from: [...new Set(this.#foreign.values())].slice(0, mostNamed) };
  }

  async close(): Promise<void> {
    this.listen(() => true);
    await Promise.all(this.#transports.map((transport) => transport.close()));
  }
}

/** Who calls, as far as the request says. */
const fromText = (request: SipRequest): string => {
  const uri = fromOf(request)?.uri;
  return uri === undefined ? 'somebody' : uriText(uri).slice(0, 100);
};
