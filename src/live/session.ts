import type { Malformed, SipMessage, SipRequest } from '../sip/message/message.ts';
import { responseTo } from '../sip/message/response.ts';
import { serialise } from '../sip/message/serialise.ts';
import type { AllowedHosts } from '../sip/transports/allowedHosts.ts';
import { openTransports, type TlsIdentity, type TransportOptions } from '../sip/transports/openTransports.ts';
import type { Remote, Tap, Transport } from '../sip/transports/transport.ts';
import type { SipSocket, SipTransport, SocketName } from './sipSocket.ts';

/** What sockets are opened for. */
export interface SessionSetup {
  readonly server: Remote;
  /** Own address, as the server can reach it. */
  readonly local: string;
  /** Hosts other than loopback that the user has named. */
  readonly allowed: AllowedHosts;
  readonly tls?: TlsIdentity;
  /** Whether the push server looks as if it were behind a NAT (`NATEmulation`). */
  readonly natEmulation?: boolean;
  /** Sees every datagram. */
  readonly tap?: Tap;
}

/** How a socket towards the server is opened. */
export const endpointOf = ({ server, local, allowed, tls }: SessionSetup): TransportOptions => ({
  transports: [server.transport],
  host: local,
  allowed,
  ...(tls && { tls }),
});

/** Who is told what the sockets receive; false where it is nothing to him. */
export type Receiver = (at: SocketName, message: SipMessage) => boolean;

const names: readonly SocketName[] = ['app@wifi', 'app@cellular', 'pushServer', 'caller'];

/** The answer to a request that belongs to no run: servers ask with OPTIONS whether a phone is still there. */
function strangersAnswer(request: SipRequest): Uint8Array | null {
  if (request.method === 'ACK') return null;
  const status = request.method === 'OPTIONS' ? 200 : request.method === 'INVITE' ? 486 : 481;
  return serialise(responseTo(request, status, { toTag: 'ringproof' }));
}

/** The four sockets of one run: the app's on two networks, the push server's and the caller's. */
export class Session {
  readonly sockets: Readonly<Record<SocketName, SipSocket>>;
  readonly #transports: readonly Transport[];
  #receiver: Receiver = () => false;

  private constructor(setup: SessionSetup, transports: readonly Transport[]) {
    this.#transports = transports;
    const entries = names.map((name, index) => [name, socketOf(name, transports[index] as Transport, setup)]);
    this.sockets = Object.fromEntries(entries) as Record<SocketName, SipSocket>;
  }

  /** Opens the sockets. Rejects where one cannot be opened. */
  static async open(setup: SessionSetup): Promise<Session> {
    const opened: { session?: Session } = {};
    const open = async (name: SocketName): Promise<Transport> => {
      const [transport] = await openTransports(endpointOf(setup), {
        onMessage: (message) => opened.session?.receive(name, message),
        ...(setup.tap && { onDatagram: setup.tap }),
        now: () => Date.now(),
      });
      if (transport === undefined) throw new Error(`no socket was opened for ${name}`);
      return transport;
    };
    const results = await Promise.allSettled(names.map(open));
    const transports = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      await Promise.all(transports.map((transport) => transport.close()));
      throw failed.reason;
    }
    opened.session = new Session(setup, transports);
    return opened.session;
  }

  /** Says who receives from now on. */
  listen(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /** Takes in what a socket received; what is no SIP is dropped, as the network might have dropped it. */
  receive(at: SocketName, message: SipMessage | Malformed): void {
    if (message.kind === 'malformed' || this.#receiver(at, message) || message.kind === 'response') return;
    const answer = strangersAnswer(message);
    if (answer !== null) this.sockets[at].send(answer);
  }

  async close(): Promise<void> {
    this.#receiver = () => true;
    await Promise.all(this.#transports.map((transport) => transport.close()));
  }
}

/** RFC 1918: what the push server's Via and Contact say as if from behind a NAT; its `rport` brings the answers all the same. */
const behindNat = '10.255.255.254';

const addressOf = (name: SocketName, { local }: Transport, { natEmulation }: SessionSetup) =>
  name === 'pushServer' && natEmulation === true ? { host: behindNat, port: local.port, seenAt: local } : local;

const socketOf = (name: SocketName, transport: Transport, setup: SessionSetup): SipSocket => ({
  name,
  transport: transport.name.toLowerCase() as SipTransport,
  ...addressOf(name, transport, setup),
  // What cannot be sent is lost, and the machines find out as they would on any network.
  send: (bytes) => void transport.send(bytes, setup.server),
});
