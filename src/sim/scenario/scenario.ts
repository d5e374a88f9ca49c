import type { ClientHabits } from '../../machines/clientHabits.ts';
import type { DeviceCallConfiguration } from '../../machines/deviceCall.ts';
import type { EnvironmentEvent, TransportNotice } from '../../machines/events.ts';
import type { Delivery } from '../../machines/heldCall.ts';
import type { DeclineCode, Message, OtherPhone, Owner, PartyName, Phone, Role } from '../../machines/messages.ts';
import type { OtherUser } from '../../machines/otherDevice.ts';
import { phones as everyPhone } from '../../machines/phones.ts';
import type { PushServerNodes } from '../../machines/pushServerNodes.ts';
import { isPushedByServer, type RegistrationMode } from '../../machines/registrationModes.ts';
import type { AfterForbidden, ContactReading } from '../../machines/registrationRules.ts';
import type { Replication } from '../../machines/replication.ts';
import type { SecondServer } from '../../machines/secondServer.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { SessionRefresher } from '../../machines/sessionTimer.ts';
import type { Law } from '../data/law.ts';
import type { Window } from '../data/window.ts';
import type { AnyFault, AnyStep, Settings } from '../system/settings.ts';
import type { Workload } from './workload.ts';

/** The links of the world, each between two parties and with the same properties in both directions. */
export const linkEnds = {
  callerSip: ['caller', 'sipServer'],
  appSip: ['app', 'sipServer'],
  pushServerSip: ['pushServer', 'sipServer'],
  control: ['app', 'pushServer'],
  pushRequest: ['pushServer', 'notificationService'],
  notification: ['notificationService', 'app'],
} as const satisfies Record<string, readonly [Role, Role]>;

/** The ends of the links in that mode: where the SIP server pushes, it is the SIP server that sends the push requests. */
export const linkEndsIn = (mode: RegistrationMode): Readonly<Record<LinkName, readonly [Role, Role]>> =>
  isPushedByServer(mode) ? { ...linkEnds, pushRequest: ['sipServer', 'notificationService'] } : linkEnds;

export type LinkName = keyof typeof linkEnds;
export const linkNames = Object.keys(linkEnds) as LinkName[];

/** The links that each phone has for itself; the caller's is nobody's. */
export type PhoneLinkName = Exclude<LinkName, 'callerSip'>;
export const phoneLinkNames = linkNames.filter((name) => name !== 'callerSip') as readonly PhoneLinkName[];

/** A link by its name in the world: those of the first phone go by their own. */
export type WorldLinkName = LinkName | `${PhoneLinkName}${OtherPhone}`;

/** A link of that phone. */
export const linkOf = (name: LinkName, phone: Phone): WorldLinkName =>
  phone === 1 || name === 'callerSip' ? name : `${name}${phone}`;

/** The phone that a link belongs to; the caller's is with those of the first. */
export const phoneOfLink = (name: WorldLinkName): Phone => Number(/[23]$/.exec(name)?.[0] ?? 1) as Phone;

/** Which of the links of its phone it is. */
export const kindOfLink = (name: WorldLinkName): LinkName => name.replace(/[23]$/, '') as LinkName;

/** `udp` and `push` neither keep the order nor deliver for certain; the others do both. */
export const transports = ['udp', 'tcp', 'tls', 'https', 'push'] as const;
export type Transport = (typeof transports)[number];

/**
 * What the OS makes of the sockets of a process that it suspends. `kept`: what arrives waits in their buffers, as on
 * Android, which freezes a cached process together with its sockets. `defunct`: they are closed on the phone and nothing
 * leaves it (iOS: Apple TN2277; developer.apple.com forum 802375 has it happen as soon as the app is suspended).
 */
export const suspendedSockets = ['kept', 'defunct'] as const;
export type SuspendedSockets = (typeof suspendedSockets)[number];

/** Whether a SIP server that pushes supports the push service of an app (RFC 8599 8.1). */
export const pushProviders = ['supported', 'unsupported'] as const;
export type PushProvider = (typeof pushProviders)[number];

/**
 * `beforeExpiry`: after 90 % of the lifetime that it is told, as baresip and Linphone do. `atInterval`: after the lifetime
 * that it asks for, whatever is granted, as one may read `RegistrationRefresh`.
 */
export const refreshes = ['beforeExpiry', 'atInterval'] as const;
export type Refresh = (typeof refreshes)[number];

export interface Link {
  readonly transport: Transport;
  readonly latencyMs: Window;
  /** How a run draws from the window; evenly without one. */
  readonly law?: Law;
  /** Probability that a message is lost, where the transport allows it. */
  readonly loss: number;
  /** Probability that a message arrives twice, where the transport allows it. */
  readonly duplicate: number;
  /** False where nothing ever gets through, such as a private SIP server seen from the push server. */
  readonly reachable: boolean;
}

/** A step of the environment of a hand-over. */
export interface ScenarioStep extends AnyStep {
  readonly action: StepAction;
}

/**
 * What a step does. A message as a step is one that a real server sent and that its profile does not explain; so is what
 * became of a real connection.
 */
export type StepAction =
  | { readonly party: PartyName; readonly event: EnvironmentEvent | Message | TransportNotice }
  | { readonly cut: WorldLinkName }
  | { readonly repair: WorldLinkName };

/** One fault that happens for certain, between parties of a hand-over. */
export interface Fault extends AnyFault {
  readonly from?: PartyName | undefined;
  readonly to?: PartyName | undefined;
}

/** Bounds of the properties that have one, in milliseconds. */
export interface Limits {
  readonly blackoutMs: number;
  readonly ringStopMs: number;
  readonly connectMs: number;
  readonly endsAgreeMs: number;
  readonly beliefMs: number;
  readonly logoutMs: number;
  /** How many REGISTERs may follow the last step of the environment; null where that is not judged. */
  readonly registers: number | null;
}

/** The parties that can be somebody else's software in a live run. */
export type ElsewhereParty = Owner | 'caller';

/** Whose client knows how to try the second server of a domain. */
export const triedBy = ['both', 'app', 'pushServer', 'nobody'] as const;
export type TriedBy = (typeof triedBy)[number];

/** What a phone beside the first one has of its own; in all else it is like the first. */
export interface PhoneSettings
  extends Pick<
    Scenario,
    | 'user'
    | 'suspendedSockets'
    | 'notificationsAvailable'
    | 'unreportedPush'
    | 'reportsPush'
    | 'pushProvider'
    | 'links'
    | 'timing'
  > {}

/** Everything that one run needs, with nothing left to look up. Times in milliseconds. */
export interface Scenario extends Settings {
  readonly mode: RegistrationMode;
  readonly server: ServerProfile;
  readonly delivery: Delivery;
  readonly autoSend180: boolean;
  readonly repeatsPush: boolean;
  readonly user: DeviceCallConfiguration['user'];
  readonly declinesWith: DeclineCode;
  readonly callWaiting: boolean;
  /** Who ends a call that has been answered. */
  readonly endsCall: 'caller' | 'user';
  readonly followsNetwork: boolean;
  /** Whether each side sends CRLF keep-alives over its connection to the SIP server (RFC 5626 4.4.1); absent where none does. */
  readonly keepAlive?: Readonly<Record<Owner, boolean>>;
  /**
   * False where the OS does not tell the app at once that the network has changed: its connection to the SIP server is dead
   * without its knowing, until a keep-alive or a REGISTER stays without an answer.
   */
  readonly noticesNetwork?: boolean;
  /** The session timer of every call with the phone (RFC 4028); absent where there is none. */
  readonly sessionTimers?: { readonly intervalMs: number; readonly refresher: SessionRefresher };
  /** What the user does at another device of his; null where he has none. */
  readonly otherDevice: OtherUser | null;
  readonly unreportedPush: DeviceCallConfiguration['unreportedPush'];
  readonly reportsPush: DeviceCallConfiguration['reportsPush'];
  /**
   * False where an app that takes itself for registered answers no push by a REGISTER, against RFC 8599 4.1.3; absent where
   * it does.
   */
  readonly refreshesOnPush?: boolean;
  /** Said where the SIP server does not support the push service of the app (RFC 8599 8.1). */
  readonly pushProvider?: 'unsupported';
  /** Said where the app runs on in the background as long as no 200 says that it will be pushed (RFC 8599 4.1.1). */
  readonly withoutPushes?: 'staysAwake';
  /** Which Contact of a 200 app and push server take for their own. */
  readonly readsContacts: ContactReading;
  /** What app and push server do when the server forbids their REGISTER. */
  readonly afterForbidden: AfterForbidden;
  /** What app and push server do otherwise than RFC 3261 10.2 has it; absent where they do nothing so. */
  readonly habits?: ClientHabits;
  /** What the OS makes of the app's sockets while it is suspended. */
  readonly suspendedSockets: SuspendedSockets;
  readonly notificationsAvailable: boolean;
  readonly replacesToken: boolean;
  /** Whether there is a push server at all (`bria.push.enabled`). */
  readonly pushEnabled: boolean;
  /** Whether the push server looks as if it were behind a NAT (`NATEmulation`). */
  readonly natEmulation: boolean;
  /** When each side registers again: before its binding expires, or at the interval that it asks for. */
  readonly refreshes: Readonly<Record<Owner, Refresh>>;
  readonly askedExpiresMs: Readonly<Record<Owner, number>>;
  readonly links: Readonly<Record<LinkName, Link>>;
  /** The further phones of the user, each with the app on the same account and push server; absent where there is one phone. */
  readonly phones?: readonly PhoneSettings[];
  /** What the two nodes of the push server are like; absent where it is one process. */
  readonly nodes?: PushServerNodes;
  /** How two registrars share their bindings; absent where there is one. */
  readonly registrars?: Replication;
  /** What an edge proxy in front of the server tells clients of their lifetime; absent where there is none. */
  readonly edge?: { readonly tellsMs: number };
  /** What the second server of the domain is like, and who tries it; absent where there is one. */
  readonly secondServer?: SecondServer & { readonly triedBy: TriedBy };
  /**
   * In a live run: the parties that somebody else's software plays. They and the SIP server are only heard, as steps; absent
   * where all parties are Ringproof's.
   */
  readonly elsewhere?: readonly ElsewhereParty[];
  /** Windows of the machines' named delays, where they differ from the usual ones. */
  readonly timing: Readonly<Record<Role, Readonly<Record<string, Window>>>>;
  /** What a day is like that a seed draws, with `steps` on top of it; absent where the steps are all that happens. */
  readonly workload?: Workload;
  readonly steps: readonly ScenarioStep[];
  readonly faults: readonly Fault[];
  readonly limits: Limits;
}

/** The phones of a scenario. */
export const phonesOf = ({ phones = [] }: Pick<Scenario, 'phones'>): readonly Phone[] =>
  everyPhone.slice(0, phones.length + 1);

/** The scenario of one phone as if there were no other: what it is like, and its links. */
export const asOfPhone = ({ phones = [], ...scenario }: Scenario, phone: Phone): Scenario => ({
  ...scenario,
  ...phones[phone - 2],
});
