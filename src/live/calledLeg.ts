import type { OutgoingMessage } from '../machines/messages.ts';
import type { Account } from '../sip/account.ts';
import { callIdOf, fromOf, toOf } from '../sip/message/headers.ts';
import type { SipMessage, SipRequest } from '../sip/message/message.ts';
import { tagOf } from '../sip/message/nameAddress.ts';
import { responseTo } from '../sip/message/response.ts';
import { serialise } from '../sip/message/serialise.ts';
import { sessionDescription } from './sessionDescription.ts';
import { contactUri, type SipSocket } from './sipSocket.ts';
import { unexplainedRequest } from './unexplained.ts';
import type { UserCallLeg } from './userCallLeg.ts';

/** The call that the user makes, on the wire, at the phone that he calls (RFC 3261 13.3, 15.1.2). */
export class CalledLeg {
  readonly #callee: Account;
  readonly #caller: Account;
  readonly #leg: UserCallLeg;
  readonly #socket: SipSocket;
  readonly #tag: string;
  #invite: SipRequest | null = null;
  #bye: SipRequest | null = null;
  #hasAnswered = false;
  #isCancelled = false;

  /** `leg`: the other end, which says what the messages of the wire are in the model. */
  constructor(setup: { callee: Account; caller: Account; leg: UserCallLeg; socket: SipSocket; tag: string }) {
    this.#callee = setup.callee;
    this.#caller = setup.caller;
    this.#leg = setup.leg;
    this.#socket = setup.socket;
    this.#tag = setup.tag;
  }

  /** What a request says to the machine of the phone; null where it says nothing to it. */
  request(request: SipRequest): OutgoingMessage | null {
    if (!this.#owns(request)) return null;
    const invited = this.#leg.latest('outgoing.INVITE');
    if (invited === undefined) return null;
    const { from } = invited;
    if (request.method === 'INVITE' && tagOf(toOf(request)) === undefined) {
      this.#invite = request;
      return invited;
    }
    // 17.1.1.3: after a CANCEL it is the failure that is acknowledged.
    if (request.method === 'ACK')
      return this.#isCancelled ? null : (this.#leg.latest('outgoing.ACK') ?? { type: 'outgoing.ACK', from });
    if (request.method === 'BYE') {
      this.#bye = request;
      return this.#leg.latest('outgoing.BYE') ?? { type: 'outgoing.BYE', from };
    }
    const meaning = unexplainedRequest(request, from, this.#socket);
    if (request.method === 'CANCEL') this.#cancel();
    return meaning;
  }

  /** The datagram for what the phone says; null where the wire never brought what it is about, or has taken it back. */
  message({ type }: OutgoingMessage): Uint8Array | null {
    if (type === 'outgoing.BYE.200') return this.#bye && serialise(responseTo(this.#bye, 200));
    if (type !== 'outgoing.180' && type !== 'outgoing.200') throw new Error(`a phone that is called sends no ${type}`);
    if (this.#invite === null || this.#isCancelled) return null;
    const contact = { name: 'Contact', value: `<${contactUri(this.#callee, this.#socket)}>` };
    if (type === 'outgoing.180') return this.#answer(this.#invite, 180, { headers: [contact] });
    this.#hasAnswered = true;
    const sdp = { name: 'Content-Type', value: 'application/sdp' };
    return this.#answer(this.#invite, 200, {
      ...{ headers: [contact, sdp], body: sessionDescription(this.#socket.host) },
    });
  }

  /** A proxy leaves the Call-ID as it is (RFC 3261 16.6); a B2BUA at least says who calls. */
  #owns(message: SipMessage): boolean {
    if (this.#leg.owns(message)) return true;
    if (this.#invite !== null && callIdOf(message) === callIdOf(this.#invite)) return true;
    const uri = fromOf(message)?.uri;
    return uri !== undefined && 'host' in uri && uri.user === this.#caller.user;
  }

  /** 9.2: the INVITE that a CANCEL is for ends with 487, unless it has been answered. */
  #cancel(): void {
    if (this.#invite === null || this.#hasAnswered || this.#isCancelled) return;
    this.#isCancelled = true;
    void this.#socket.send(this.#answer(this.#invite, 487));
  }

  #answer(request: SipRequest, status: number, parts: Parameters<typeof responseTo>[2] = {}): Uint8Array {
    return serialise(responseTo(request, status, { ...parts, toTag: this.#tag }));
  }
}
