import type {
  Call,
  CallTarget,
  Contact,
  Message,
  Network,
  OtherPhone,
  PartyName,
  Phone,
  RegisterResponse,
} from './messages.ts';

/** What the environment does to a party: the steps that a scenario can take. */
export type EnvironmentEvent =
  | { type: 'user.open' }
  | { type: 'user.home' }
  | { type: 'user.logOut' }
  | { type: 'user.logIn'; password?: 'changed' }
  | { type: 'user.reinstall'; password?: 'changed' }
  | { type: 'user.call' }
  | { type: 'app.kill'; notice: boolean }
  | { type: 'network.change' }
  | { type: 'call.dial'; call: Call }
  | { type: 'call.hangUp'; call: Call }
  /** The slot of a call that is long over is free for another one; said where a run has more calls than slots. */
  | { type: 'call.cleared'; call: Call }
  | { type: 'pushServer.crash' }
  /** The node in charge is stopped, and the other one takes over. */
  | { type: 'pushServer.upgrade' }
  /** The other nodes no longer hear the node in charge, and one takes over; it lives on. */
  | { type: 'pushServer.isolate' }
  | { type: 'sipServer.crash' }
  | { type: 'nonce.expire' }
  | { type: 'password.change' }
  | { type: 'token.die' }
  /** Other users of the push server have failed too often, or have sent too many REGISTERs, from its one address. */
  | { type: 'pushServer.ban' }
  | { type: 'pushServer.limit' };

/** Raised by a machine for its own other regions, within one atomic step. */
export type InternalEvent =
  | { type: 'registration.register' }
  | { type: 'registration.remove' }
  | { type: 'registration.abandon' }
  | { type: 'registration.rebind' }
  | { type: 'registration.refresh' }
  | { type: 'registration.bound' }
  | { type: 'registration.unbound' }
  | { type: 'handOver.claim' }
  | { type: 'handOver.yield' }
  | { type: 'app.silent' }
  | { type: 'app.forgotten' }
  | { type: 'binding.stored'; contact: Contact }
  | { type: 'binding.expired'; contact: Contact }
  | { type: 'bindings.changed' }
  | { type: 'binding.replicated'; contact: Contact }
  | { type: 'register.answered'; contact: Contact; answer: RegisterResponse }
  | { type: 'offence.forgotten'; contact: Contact; slot: number }
  | { type: 'place.free'; contact: Contact; slot: number }
  | { type: 'ban.over'; contact: Contact }
  | { type: 'limit.over' }
  | { type: 'probe.due'; contact: Contact }
  | { type: 'probe.missed'; contact: Contact }
  | { type: 'branches.silent'; call: Call }
  | { type: 'answer.missing'; call: Call }
  | { type: 'answer.dismissed'; call: Call; contact: CallTarget }
  | { type: 'cache.ended'; contact: Contact }
  | { type: 'flow.closed' }
  | { type: 'alert.missing'; call: Call }
  | { type: 'waking.over'; call: Call; phone?: OtherPhone }
  | { type: 'refreshPush.due'; contact: Contact }
  | { type: 'wakefulness.over'; phone: Phone }
  | { type: 'session.begun'; call: Call }
  | { type: 'session.over'; call: Call }
  | { type: 'session.expired'; call: Call }
  | { type: 'push.unreported' };

/**
 * What the transport tells its user (RFC 3261 18.4, 8.1.3.1): that a message could not be delivered over its connection,
 * or that the other end has closed one. `network` says which of the phone's connections it was.
 */
export type TransportNotice =
  | { type: 'transport.failed'; message: Message; network?: Network }
  | { type: 'connection.closed'; from: PartyName; network?: Network };

export type MachineEvent = Message | TransportNotice | EnvironmentEvent | InternalEvent;

/** The first words of the messages that cross links; nothing else that a world can tell a party begins with them. */
const messageWords = [
  'REGISTER',
  'OPTIONS',
  'keepAlive',
  'INVITE',
  'reINVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'UPDATE',
  'control',
  'push',
  'notification',
  'outgoing',
];

/** Whether an event is a message of another party. */
export const isMessage = ({ type }: MachineEvent): boolean => messageWords.includes(type.split('.', 1)[0] as string);

/** The event as one of the given type, for an action that no other event can cause. Throws if it is another. */
export function expecting<Type extends MachineEvent['type']>(
  event: MachineEvent,
  type: Type,
): Extract<MachineEvent, { type: Type }> {
  if (event.type !== type) throw new Error(`the action expects ${type}, but the event is ${event.type}`);
  return event as Extract<MachineEvent, { type: Type }>;
}
