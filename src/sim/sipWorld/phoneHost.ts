import type { MachineEvent, TransportNotice } from '../../machines/events.ts';
import type { Message, PartyName, Phone } from '../../machines/messages.ts';
import type { Observation } from '../../machines/observations.ts';
import { asInWorld, asToPhone, partyOf, peersOf, shownBy } from '../../machines/phones.ts';
import type { AnyEvent } from '../system/settings.ts';
import type { Arrival, Departure, Host, ProcessChange, ProcessState } from '../world/host.ts';
import type { Segment, TransportLayer, TransportState } from './transport.ts';

type Told = Message | TransportNotice | { readonly type: 'network.change' };

/**
 * The transport layer of a party of one of several phones. The machine above it does not know which phone that is: the layer
 * below speaks in the names of the world, and this one translates.
 */
export class PhoneHost implements Host<TransportState, Segment> {
  readonly initial: TransportState;
  readonly isSegment: Host['isSegment'];
  readonly #below: TransportLayer;
  readonly #phone: Phone;
  readonly #parties: readonly PartyName[];
  readonly #peers: readonly string[];

  constructor(below: TransportLayer, phone: Phone, parties: readonly PartyName[]) {
    this.initial = below.initial;
    this.isSegment = below.isSegment;
    this.#below = below;
    this.#phone = phone;
    this.#parties = parties;
    this.#peers = peersOf(parties, phone);
  }

  arrive(state: TransportState, segment: Segment, process: ProcessState): Arrival<TransportState, Segment> {
    const arrived = this.#below.arrive(state, segment, process);
    return arrived.deliver === null ? arrived : { ...arrived, deliver: this.#told(arrived.deliver) };
  }

  senderOf(segment: Segment): string {
    return this.#ownNameOf(this.#below.senderOf(segment));
  }

  send(
    state: TransportState,
    to: string,
    message: AnyEvent,
    request: Segment | null,
  ): Departure<TransportState, Segment> {
    const said = asInWorld(message as Message, this.#phone);
    const departed = this.#below.send(state, partyOf(to as never, this.#phone), said, request);
    return departed.told === null ? departed : { ...departed, told: this.#told(departed.told) };
  }

  happen(state: TransportState, event: AnyEvent) {
    return this.#below.happen(state, event);
  }

  changeProcess(
    state: TransportState,
    before: ProcessState,
    after: ProcessState,
  ): ProcessChange<TransportState, Segment> {
    const { deliver, notices, ...changed } = this.#below.changeProcess(state, before, after);
    return {
      ...changed,
      deliver: deliver.map((one) => this.#told(one)),
      notices: notices.map(({ to, segment }) => ({ to: this.#ownNameOf(to), segment })),
    };
  }

  sightingOf(message: AnyEvent): AnyEvent | null {
    return this.#below.sightingOf(asInWorld(message as Message, this.#phone));
  }

  shown(observation: AnyEvent): AnyEvent {
    return shownBy(observation as Observation, this.#phone);
  }

  #told<Event extends Told | AnyEvent>(event: Event): Event {
    return asToPhone(event as MachineEvent & Event, this.#phone);
  }

  #ownNameOf(party: PartyName): string {
    return this.#peers[this.#parties.indexOf(party)] ?? party;
  }
}
