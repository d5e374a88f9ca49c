import type {
  Call,
  CallTarget,
  Contact,
  FailureCode,
  Message,
  OtherPhone,
  OutgoingFailureCode,
  PartyName,
  Side,
} from './messages.ts';

/** Why the bindings are what they are now, and who brought that about. */
export type BindingChange =
  | { how: 'registered' | 'removed'; by: Side }
  | { how: 'expired' | 'forgotten' | 'unreachable' };

/**
 * Why a call that was answered on the phone is over there: the user has hung up; the other end has said so; no ACK came
 * (RFC 3261 13.3.1.4), or no INVITE for a call that had been answered on the push alone, or no answer to a re-INVITE (14.1);
 * the session has not been refreshed (RFC 4028 10).
 */
export type PhoneEnd = 'hungUp' | 'told' | 'noAck' | 'noInvite' | 'noAnswer' | 'expired';

/** What a party shows of itself; the properties are functions of these observations. `phone`: of which phone, if not the first. */
export type Observation = { phone?: OtherPhone } & Shown;

/** What it is that a party shows. */
export type Shown =
  | { type: 'bindings'; contacts: readonly Contact[]; change: BindingChange }
  | { type: 'app.reachable'; contact: Contact | null }
  /** The process has ended in the midst of ringing for these calls. */
  | { type: 'ringing.cutOff'; calls: readonly Call[] }
  /** `at`: the addresses at which it listens, where each node has one of its own. */
  | { type: 'pushServer.up'; up: boolean; at?: readonly Contact[] }
  | { type: 'push.enabled'; enabled: boolean }
  /** Whether the SIP server has a token with which it can have the phone woken. */
  | { type: 'wakeable'; wakeable: boolean }
  | { type: 'loggedOut'; loggedOut: boolean }
  /** Whether the firewall of the SIP server drops what comes from the address of that contact. */
  | { type: 'address.banned'; contact: Contact; banned: boolean }
  | { type: 'believes'; owner: Side; contact: Contact | null }
  | { type: 'call.placed'; call: Call }
  | { type: 'call.connected'; call: Call; contact: CallTarget }
  | { type: 'call.failed'; call: Call; code: FailureCode }
  | { type: 'call.abandoned'; call: Call }
  | { type: 'call.hungUp'; call: Call }
  /** The caller ends the call because its session has not been refreshed (RFC 4028 10). */
  | { type: 'call.expired'; call: Call }
  | { type: 'call.ended'; call: Call }
  /** The app comes to the foreground; said where the user has several phones. */
  | { type: 'app.inHand' }
  | { type: 'ringing.started'; call: Call }
  | { type: 'ringing.alerting'; call: Call }
  | { type: 'ringing.stopped'; call: Call }
  | { type: 'ringing.answered'; call: Call }
  | { type: 'phone.connected'; call: Call }
  | { type: 'phone.ended'; call: Call; cause: PhoneEnd }
  | { type: 'call.takenElsewhere'; call: Call }
  | { type: 'call.missed'; call: Call }
  | { type: 'call.ringbackPromised'; call: Call }
  | { type: 'outgoing.placed' }
  | { type: 'outgoing.alerting' }
  | { type: 'outgoing.failed'; code: OutgoingFailureCode }
  | { type: 'push.reported' }
  /** The phone shows a call that nobody makes, for a push that had to be reported as one. */
  | { type: 'call.madeUp' }
  | { type: 'push.unreported' };

/**
 * The tags with which a machine says how its process takes part in the network: none while it runs, `suspended` while the
 * OS keeps it from running, `absent` while there is none. The transport layer reads them.
 */
export type ProcessTag = 'suspended' | 'absent';

/** A machine has no side effects: what it sends and what it shows leave it as emitted events. */
export type Emitted = { type: 'send'; to: PartyName; message: Message } | { type: 'observe'; observation: Observation };

/**
 * Message to be sent, as the event that a machine emits.
 *
 * @example
 * ```ts
 * import { sending } from 'ringproof';
 * import { createMachine, emit } from 'xstate';
 *
 * export const hasty = createMachine({
 *   entry: emit(sending('app', { type: 'control.released', turn: 0 })),
 * });
 * ```
 */
export const sending = (to: PartyName, message: Message): Emitted => ({ type: 'send', to, message });

/**
 * Observation, as the event that a machine emits.
 *
 * @example
 * ```ts
 * import { observing } from 'ringproof';
 * import { createMachine, emit } from 'xstate';
 *
 * export const ringing = createMachine({ entry: emit(observing({ type: 'phone.connected', call: 1 })) });
 * ```
 */
export const observing = (observation: Observation): Emitted => ({ type: 'observe', observation });
