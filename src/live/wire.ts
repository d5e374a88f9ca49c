import type { TransportNotice } from '../machines/events.ts';
import {
  type Call,
  type CallMessage,
  type Contact,
  calls,
  contactAt,
  contacts,
  type Message,
  type Network,
  type Owner,
  ownerOf,
  type PartyName,
  partyAt,
  type RegisterRequest,
  senderOf,
  type Token,
} from '../machines/messages.ts';
import type { Account } from '../sip/account.ts';
import { callIdOf, cseqOf, fromOf } from '../sip/message/headers.ts';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message/message.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import type { Refusal } from './accountCheck.ts';
import { CalleeLeg } from './calleeLeg.ts';
import { CallerLeg, callerUser } from './callerLeg.ts';
import type { Incoming, Outgoing } from './carried.ts';
import type { Told } from './divergence.ts';
import { RegisterLeg } from './registerLeg.ts';
import type { SessionTimers } from './sessionHeaders.ts';
import { ownContact, type SipSocket, type SocketName } from './sipSocket.ts';
import { isOfUserCall, UserCall } from './userCall.ts';

/** What a run needs to speak SIP. */
export interface WireSetup {
  readonly account: Account;
  readonly sockets: Readonly<Record<SocketName, SipSocket>>;
  readonly identifiers: Identifiers;
  /** Milliseconds that each side asks for when it registers. */
  readonly askedExpiresMs: Readonly<Record<Owner, number>>;
  /** The session timer of its calls. */
  readonly sessionTimers?: SessionTimers | undefined;
  /** Whether somebody else's software calls: then any INVITE for the account is a call of the run. */
  readonly callsFromElsewhere?: boolean;
  /** Whom the user calls, where he makes a call. */
  readonly callee?: Account | undefined;
  /** What the app's Contact says of its push token, where the SIP server pushes (RFC 8599 4.1). */
  readonly pushParameters?: ((token: Token) => string) | undefined;
}

/** RFC 5626 3.5.1. */
const ping = Buffer.from('\r\n\r\n');

const isCallMessage = (message: Message): message is CallMessage => 'call' in message && 'contact' in message;

/**
 * The messages between the SIP server and everybody else, as SIP and back. What the model leaves out (CSeq, Call-ID, tags,
 * branches, nonces, routes) is added here and nowhere else.
 */
export class Wire {
  readonly #setup: WireSetup;
  readonly #registers: Readonly<Record<Owner | 'otherDevice', RegisterLeg>>;
  readonly #callers: Readonly<Record<Call, CallerLeg>>;
  readonly #callees: Readonly<Record<Call, Readonly<Record<Contact, CalleeLeg>>>>;
  readonly #userCall: UserCall | null;
  /** The calls of somebody else's, by their Call-ID. */
  readonly #foreign = new Map<string, Call>();

  constructor(setup: WireSetup) {
    const { account, sockets, identifiers, askedExpiresMs, sessionTimers, callee: called } = setup;
    const instance = identifiers.instance();
    const registers = (askedMs: number) =>
      new RegisterLeg({
        account,
        sockets,
        identifiers,
        instance,
        askedExpires: Math.round(askedMs / 1000),
        pushParameters: setup.pushParameters,
      });
    const caller = (call: Call) =>
      new CallerLeg({ call, account, caller: sockets.caller, sockets, identifiers, sessionTimers });
    const callee = (call: Call) => (contact: Contact) =>
      new CalleeLeg({ call, contact, account, identifiers, sessionTimers });
    this.#setup = setup;
    this.#registers = {
      app: registers(askedExpiresMs.app),
      pushServer: registers(askedExpiresMs.pushServer),
      otherDevice: registers(askedExpiresMs.app),
    };
    this.#callers = { 1: caller(1), 2: caller(2) };
    this.#callees = { 1: perContact(callee(1)), 2: perContact(callee(2)) };
    this.#userCall = called === undefined ? null : new UserCall({ account, callee: called, sockets, identifiers });
  }

  /**
   * The datagram for a message to the SIP server; null where it would answer or continue what the wire never saw. The
   * app sends its REGISTERs from the network that it is in, whichever contact they name.
   */
  outgoing(from: PartyName, message: Told, network: Network): Outgoing | null {
    const { sockets } = this.#setup;
    if (message.type === 'connection.closed' || message.type === 'transport.failed') return this.#ending(from, message);
    if (message.type === 'REGISTER') {
      const owner = ownerOf(message.contact);
      const through = sockets[owner === 'app' ? contactAt(network) : owner];
      return { through, bytes: this.#registers[owner].request(message, through) };
    }
    if (message.type === 'keepAlive.ping') {
      return { through: sockets[from === 'app' ? contactAt(network) : 'pushServer'], bytes: ping };
    }
    if (isOfUserCall(message)) return this.#userCall?.outgoing(from, message) ?? null;
    if (!isCallMessage(message)) throw new Error(`${from} sends the SIP server no ${message.type}`);
    if (from === 'caller' && !isOfOtherDevice(message))
      return outgoing(sockets.caller, this.#callers[message.call].request(message));
    const contact = ownContact(message.contact);
    const through = sockets[ownerOf(contact) === 'app' ? contactAt(network) : contact];
    return outgoing(through, this.#callees[message.call][contact].message(message, through));
  }

  /** The OS ends the connections of a process that ends; what else hosts tell each other is the affair of the real ones. */
  #ending(from: PartyName, notice: TransportNotice): Outgoing | null {
    if (notice.type !== 'connection.closed' || (from !== 'app' && from !== 'pushServer')) return null;
    const name = from === 'app' ? contactAt(notice.network ?? 'wifi') : from;
    return { through: this.#setup.sockets[name], bytes: null };
  }

  /** What the model calls it that the server has answered a ping. */
  ponged(at: SocketName): Incoming {
    return { to: partyBehind(at), message: { type: 'keepAlive.pong' } };
  }

  /** What the model calls it that the server has ended the connection of a socket. */
  closed(at: SocketName): Incoming {
    const network = networkAt(at);
    return {
      to: partyBehind(at),
      message: { type: 'connection.closed', from: 'sipServer', ...(network && { network }) },
    };
  }

  /**
   * What becomes of a REGISTER without an answer when its connection is gone: it has failed at once (RFC 3261 17.1.4). An
   * INVITE waits for its Timer B, as user agents do.
   */
  unanswered(at: SocketName): Incoming[] {
    if (at === 'caller' || at === 'callee' || at === 'otherDevice') return [];
    const owner = senderOf(at);
    const request = this.#registers[owner].unanswered(at);
    return request === null ? [] : [{ to: owner, message: undelivered(at, request) }];
  }

  /** The call of the run that has that Call-ID, where the server leaves it as it is (RFC 3261 16.6). */
  callWith(callId: string): Call | null {
    return calls.find((one) => this.#callers[one].callId === callId) ?? null;
  }

  /** The un-REGISTER of every contact that may still be bound, for when the run is over (RFC 3261 10.2.2). */
  farewells(): RegisterRequest[] {
    return Object.values(this.#registers).flatMap(({ named, hasNonce }) =>
      named.map((contact) => ({
        type: 'REGISTER' as const,
        contact,
        expires: 'zero' as const,
        authorization: hasNonce,
        stale: false,
      })),
    );
  }

  /** What the server answers to every REGISTER of the account; null where it has taken one, or answered none. */
  get refusal(): Refusal | null {
    // The other device is there only where its REGISTER has been taken.
    const legs = [this.#registers.app, this.#registers.pushServer];
    return legs.some(({ isAccepted }) => isAccepted) ? null : (legs.find((leg) => leg.refusal)?.refusal ?? null);
  }

  /** How many contacts of somebody else are registered with the account, as far as the server told. */
  get strangers(): number {
    return Math.max(...Object.values(this.#registers).map(({ strangers }) => strangers));
  }

  /** What a message from the wire is in the model; null where it is nothing there. */
  incoming(at: SocketName, message: SipMessage): Incoming | null {
    if (this.#userCall?.owns(at, message)) return this.#userCall.incoming(at, message);
    if (at === 'callee') return null;
    return message.kind === 'request' ? this.#request(at, message) : this.#response(at, message);
  }

  #request(at: CallSocket, request: SipRequest): Incoming | null {
    const call = this.#callOf(request);
    if (call === null) return null;
    if (at === 'caller') {
      const meaning = this.#callers[call].incoming(request);
      return meaning && { to: 'caller', message: meaning };
    }
    const meaning = this.#callees[call][at].request(request);
    return meaning && { to: partyAt(at), message: meaning };
  }

  #response(at: CallSocket, response: SipResponse): Incoming | null {
    if (at === 'caller') {
      const call = this.#callOf(response);
      const meaning = call && this.#callers[call].response(response);
      return meaning && { to: 'caller', message: meaning };
    }
    const method = cseqOf(response)?.method;
    if (method !== 'REGISTER') {
      const call = this.#callOf(response);
      const meaning = call && this.#dialogOf(call, at)?.response(method, response.status, at);
      return meaning ? { to: partyAt(at), message: meaning } : null;
    }
    const meaning = this.#registers[ownerOf(at)].response(response);
    return meaning && { to: partyAt(at), message: meaning };
  }

  /** The leg whose dialog an answer at a socket belongs to: the phone may have moved since it was called. */
  #dialogOf(call: Call, at: Contact): CalleeLeg | undefined {
    const legs = this.#callees[call];
    if (ownerOf(at) !== 'app') return legs[at];
    return [legs['app@wifi'], legs['app@cellular']].find((leg) => leg.hasAnswered);
  }

  /** A proxy leaves the Call-ID as it is (RFC 3261 16.6); a B2BUA at least says who calls. */
  #callOf(message: SipMessage): Call | null {
    const callId = callIdOf(message);
    const from = fromOf(message)?.uri;
    const user = from !== undefined && 'host' in from ? from.user : undefined;
    const own = calls.find((one) => this.#callers[one].callId === callId || callerUser(one) === user);
    return (
      own ?? (this.#setup.callsFromElsewhere && callId !== undefined ? this.#foreignCallOf(message, callId) : null)
    );
  }

  /** Somebody else's calls in the order of their first INVITE; for a third one the model has no place. */
  #foreignCallOf(message: SipMessage, callId: string): Call | null {
    const known = this.#foreign.get(callId);
    if (known !== undefined) return known;
    const isNew = message.kind === 'request' && message.method === 'INVITE';
    const free = calls.find((one) => ![...this.#foreign.values()].includes(one));
    if (!isNew || free === undefined) return null;
    this.#foreign.set(callId, free);
    return free;
  }
}

const answersOfCalled = ['INVITE.180', 'INVITE.200', 'INVITE.failed', 'CANCEL.200', 'BYE.200', 'BYE.481'];

/** What the user's other device says, which shares a party with the caller: its own BYE, and the answers of a called side. */
const isOfOtherDevice = (message: CallMessage): boolean =>
  message.contact === 'otherDevice' &&
  (message.type === 'BYE' ? message.by === 'callee' : answersOfCalled.includes(message.type) && !('by' in message));

const outgoing = (through: SipSocket, bytes: Uint8Array | null): Outgoing | null => bytes && { through, bytes };

/** What the transport tells of a message that it could not deliver over the connection of a socket (RFC 3261 18.4). */
export function undelivered(at: SocketName, message: Message): TransportNotice {
  const network = networkAt(at);
  return { type: 'transport.failed', message, ...(network && { network }) };
}

/** Where calls to the user are made and received. */
type CallSocket = Exclude<SocketName, 'callee'>;

/** The party that a socket is of: the phones beyond the server are one. */
const partyBehind = (at: SocketName): PartyName => (at === 'caller' || at === 'callee' ? 'caller' : partyAt(at));

/** The network of the phone's end of a connection. */
const networkAt = (at: SocketName): Network | undefined =>
  at === 'app@wifi' ? 'wifi' : at === 'app@cellular' ? 'cellular' : undefined;

const perContact = <T>(of: (contact: Contact) => T): Record<Contact, T> =>
  Object.fromEntries(contacts.map((contact) => [contact, of(contact)])) as Record<Contact, T>;
