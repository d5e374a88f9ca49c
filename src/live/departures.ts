import { type Message, type Network, type PartyName, partyNames } from '../machines/messages.ts';
import { withoutConnection } from '../sim/sipWorld/transport.ts';
import { eventTable } from '../sim/system/eventTable.ts';
import type { Pending } from '../sim/world/pending.ts';
import type { Fired } from '../sim/world/world.ts';
import type { Incoming, Outgoing } from './carried.ts';
import type { Told } from './divergence.ts';
import type { SocketName } from './sipSocket.ts';
import { undelivered, type Wire } from './wire.ts';

const sipServer = partyNames.indexOf('sipServer');
const app = partyNames.indexOf('app');
const notificationService = partyNames.indexOf('notificationService');

const messageOf = (event: number): Told => withoutConnection(eventTable.of(event)) as Told;

/**
 * What is under way from the machines to the SIP server: written when it is sent, for CSeq and credentials are of that
 * moment, and put on the wire when it arrives in the model.
 */
export class Departures {
  readonly #wire: Wire;
  readonly #appIsElsewhere: boolean;
  readonly #failed: (incoming: Incoming) => void;
  /** Datagrams by the serial of their message. */
  readonly #datagrams = new Map<number, Outgoing>();
  /** The sockets that something was sent through since their connection was opened. */
  readonly #used = new Set<SocketName>();

  /** `appIsElsewhere`: another client sends what is the app's. `failed` is told what a connection could not deliver. */
  constructor(wire: Wire, appIsElsewhere: boolean, failed: (incoming: Incoming) => void) {
    this.#wire = wire;
    this.#appIsElsewhere = appIsElsewhere;
    this.#failed = failed;
  }

  /** Writes the datagrams of what has been sent, while the phone is in that network. */
  prepare({ created }: Fired, network: () => Network): void {
    for (const one of created) {
      if (one.kind !== 'message' || one.party !== sipServer) continue;
      if (one.from === app && this.#appIsElsewhere) continue;
      // What a push service says is an answer over HTTP, which the run gives.
      if (one.from === notificationService) continue;
      const datagram = this.#wire.outgoing(partyNames[one.from] as PartyName, messageOf(one.event), network());
      if (datagram !== null) this.#datagrams.set(one.serial, datagram);
    }
  }

  /** Puts on the wire what has arrived at the SIP server, unless it was lost. */
  send({ fired, fate }: Pick<Fired, 'fired' | 'fate'>): void {
    const datagram = this.#datagrams.get(fired.serial);
    this.#datagrams.delete(fired.serial);
    if (datagram !== undefined && fate !== 'lose') this.#put(datagram, fired);
  }

  /** The connection of a socket has ended; false where nothing was sent over it. */
  forgetConnection(at: SocketName): boolean {
    return this.#used.delete(at);
  }

  /** What cannot be sent over UDP is lost, and the machines find out as on any network; a connection says so (18.4). */
  #put({ through, bytes }: Outgoing, { from, event }: Pending): void {
    if (bytes === null) {
      through.drop();
      return;
    }
    this.#used.add(through.name);
    void through.send(bytes).then((failure) => {
      if (failure === undefined || through.transport === 'udp') return;
      const message = undelivered(through.name, messageOf(event) as Message);
      this.#failed({ to: partyNames[from] as PartyName, message });
    });
  }
}
