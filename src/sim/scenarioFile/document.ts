import type { AfterRetryLater, AfterTooBrief, AfterUnsupported, ExpiresReading } from '../../machines/clientHabits.ts';
import type { Phone, PhoneRole, Role } from '../../machines/messages.ts';
import type { ModeName } from '../../machines/modeVariants.ts';
import type { OtherUser } from '../../machines/otherDevice.ts';
import type { SessionRefresher } from '../../machines/sessionTimer.ts';
import type { LinkName, PushProvider, Refresh, SuspendedSockets, Transport, TriedBy } from '../scenario/scenario.ts';
import type { NetworkName, PushServiceName } from './presets.ts';
import type { WorkloadName } from './workloads.ts';

/**
 * A scenario as it is written, in types that stand for themselves: the schema is held to them, and whoever imports them needs
 * no library for schemas.
 */

/** The messages that a fault can name: those that cross a link, and the word of one host to the other about a connection. */
export const faultMessages = [
  'REGISTER',
  'un-REGISTER',
  'REGISTER.200',
  'un-REGISTER.200',
  'REGISTER.401',
  'un-REGISTER.401',
  'REGISTER.423',
  'REGISTER.refused',
  'OPTIONS',
  'OPTIONS.200',
  'keepAlive.ping',
  'keepAlive.pong',
  'INVITE',
  'INVITE.100',
  'INVITE.110',
  'INVITE.180',
  'INVITE.182',
  'INVITE.183',
  'INVITE.200',
  'INVITE.failed',
  'ACK',
  'CANCEL',
  'CANCEL.200',
  'BYE',
  'BYE.200',
  'BYE.481',
  'UPDATE',
  'UPDATE.200',
  'UPDATE.481',
  'reINVITE',
  'reINVITE.200',
  'reINVITE.481',
  'reINVITE.ACK',
  'control.enable',
  'control.enabled',
  'control.disable',
  'control.disabled',
  'control.background',
  'control.takenOver',
  'control.foreground',
  'control.released',
  'control.registered',
  'control.heartbeat',
  'control.lapsed',
  'control.fetch',
  'control.noCall',
  'push',
  'push.end',
  'push.failed',
  'push.refresh',
  'notification',
  'notification.end',
  'notification.refresh',
  'outgoing.INVITE',
  'outgoing.407',
  'outgoing.180',
  'outgoing.200',
  'outgoing.failed',
  'outgoing.ACK',
  'outgoing.BYE',
  'outgoing.BYE.200',
  'connection.closed',
  'transport.failed',
] as const;

/** A message that a fault can name. */
export type FaultMessage = (typeof faultMessages)[number];

/** A duration with its unit: `400ms`, `1.5s`, `2min`, `1h`; whole milliseconds, at most a year. */
export type DurationDocument = string;

/** A delay or a date: exact, or the earliest and the latest. */
export type WindowDocument = DurationDocument | readonly [DurationDocument, DurationDocument];

/** When a step comes: from the start of the run, or from the step before; exactly one of the two. */
export interface When {
  readonly at?: WindowDocument | undefined;
  readonly after?: WindowDocument | undefined;
}

/** Which phone something is about; default the first. */
export interface OfPhone {
  readonly phone?: Phone | undefined;
}

/** What user, OS, network or another party does. */
export type StepDocument =
  | (When & {
      readonly do:
        | 'open'
        | 'home'
        | 'kill'
        | 'killWithNotice'
        | 'logOut'
        | 'logIn'
        | 'reinstall'
        | 'changeNetwork'
        | 'killToken';
    } & OfPhone)
  | (When & {
      readonly do:
        | 'call'
        | 'crashPushServer'
        | 'upgradePushServer'
        | 'isolatePushServer'
        | 'crashSipServer'
        | 'changePassword'
        | 'expireNonces'
        | 'banPushServer'
        | 'limitPushServer';
    })
  | (When & { readonly do: 'dial'; readonly call: 1 | 2 })
  | (When & { readonly do: 'hangUp'; readonly call: 1 | 2 })
  | (When & { readonly do: 'cut'; readonly link: LinkName } & OfPhone)
  | (When & { readonly do: 'repair'; readonly link: LinkName } & OfPhone);

/**
 * How a latency is drawn: [share of the messages, that take no longer than this], from 0 to 1, both rising; or a file of observed
 * latencies, one on each line or in a column, by its path from the scenario file.
 */
export type LawDocument =
  | readonly (readonly [number, DurationDocument])[]
  | { readonly csv: string; readonly column?: string | undefined };

/** How often something happens in a day, and how that is spread over its 24 hours; default evenly, or as the preset has it. */
export interface RateDocument {
  readonly perDay?: number | undefined;
  /** 24 numbers, from midnight on: each hour gets its share of their sum. */
  readonly byHour?: readonly number[] | undefined;
}

/** A day in the life of a phone: a preset, or what differs from one; without `like`, what is not said does not happen. */
export type WorkloadDocument =
  | WorkloadName
  | {
      readonly like?: WorkloadName | undefined;
      /** How often the user opens the app. */
      readonly opens?: RateDocument | undefined;
      /** How long it stays open. */
      readonly stay?: LawDocument | undefined;
      /** How often somebody calls. */
      readonly calls?: RateDocument | undefined;
      /** How long a call lasts. */
      readonly talk?: WindowDocument | undefined;
      /** How often the phone moves to another network. */
      readonly networkChanges?: RateDocument | undefined;
      /** How often the OS kills the app without notice while it is not open. */
      readonly kills?: RateDocument | undefined;
    };

/** What a link is like, where that is not what is usual. */
export interface LinkDocument {
  readonly transport?: Transport | undefined;
  /** How long a message takes. */
  readonly latency?: WindowDocument | undefined;
  /** How a run draws the latency. */
  readonly law?: LawDocument | undefined;
  /** The share of messages that a run loses, 0 to 1. */
  readonly loss?: number | undefined;
  /** The share of messages that arrive twice in a run, 0 to 1. */
  readonly duplicate?: number | undefined;
  /** False where nothing ever gets through. */
  readonly reachable?: boolean | undefined;
}

/** A fault that happens for certain. */
export interface FaultDocument extends OfPhone {
  readonly do: 'lose' | 'delay' | 'duplicate';
  readonly message: FaultMessage;
  readonly from?: Role | undefined;
  readonly to?: Role | undefined;
  /** Which of these messages, from 1; default 1. */
  readonly occurrence?: number | undefined;
  /** With `delay`, and only with it: how long the message takes instead. */
  readonly latency?: WindowDocument | undefined;
}

/** Bounds of the properties that have one. */
export interface LimitsDocument {
  readonly blackout?: DurationDocument | undefined;
  readonly ringStop?: DurationDocument | undefined;
  readonly connect?: DurationDocument | undefined;
  readonly endsAgree?: DurationDocument | undefined;
  readonly belief?: DurationDocument | undefined;
  readonly logout?: DurationDocument | undefined;
  /** How many REGISTERs may follow the last step. */
  readonly registers?: number | undefined;
}

/** What is expected in a mode on a server: `holds`, or the names of the properties that are violated in some run. */
export type Expectation = 'holds' | readonly string[];

/** What a phone beside the first one has of its own; in all else it is like the first. */
export interface PhoneDocument {
  /** A preset of the delays between this phone and the servers. */
  readonly network?: NetworkName | undefined;
  /** A preset of the delays of its notifications: the push service of its OS. */
  readonly push?: PushServiceName | undefined;
  readonly notifications?: 'available' | 'unavailable' | undefined;
  /** What the user does when it rings. */
  readonly user?: 'answers' | 'declines' | 'ignores' | 'doNotDisturb' | undefined;
  readonly suspendedSockets?: SuspendedSockets | undefined;
  readonly unreportedPush?: 'tolerated' | 'terminates' | undefined;
  readonly reportsPush?: 'atOnce' | 'withInvite' | 'callsOnly' | undefined;
  /** In mode `sipServerPushes`: whether the server supports the push service of this phone; default `supported`. */
  readonly pushProvider?: PushProvider | undefined;
  /** Windows of delays of its app, of the push server for it, and of its push service. */
  readonly timing?:
    | { readonly [Party in PhoneRole]?: { readonly [delay: string]: WindowDocument | undefined } | undefined }
    | undefined;
}

/** Two nodes of the push server, of which one is in charge. */
export interface NodesDocument {
  /** One address for both, or one for each; default `shared`. */
  readonly address?: 'shared' | 'own' | undefined;
  /** Whether the node that takes over knows what the other one knew; default `shared`. */
  readonly state?: 'shared' | 'lost' | undefined;
  /** What becomes of the binding of a node that is stopped; default `leaves`. */
  readonly onStop?: 'leaves' | 'removesFirst' | 'removesAfterwards' | undefined;
  /** How long the lease of the node in charge lasts; default none. */
  readonly lease?: DurationDocument | undefined;
}

/** What there is more than one of. */
export interface TopologyDocument {
  /** The phones of the user, each with the app on the same account and with the same push server; default one. */
  readonly phones?: 2 | 3 | undefined;
  /** Two registrars, of which one has the REGISTERs and the other the calls; default one. */
  readonly registrars?: { readonly lag: DurationDocument; readonly order?: 'kept' | 'any' | undefined } | undefined;
  /** An edge proxy that tells clients a lifetime of its own; default none. */
  readonly edge?: { readonly tells: DurationDocument } | undefined;
  /** A second server of the domain, to which clients go when the first has died; default none. */
  readonly secondServer?:
    | {
        readonly location?: 'shared' | 'own' | undefined;
        readonly dead?: 'silent' | 'refuses' | undefined;
        readonly triedBy?: TriedBy | undefined;
      }
    | undefined;
  /** Two nodes of the push server; default one process. */
  readonly nodes?: NodesDocument | undefined;
  readonly phone2?: PhoneDocument | undefined;
  readonly phone3?: PhoneDocument | undefined;
}

/** What happens in a scenario and around it: everything that a mitigation can change. */
export interface CourseDocument {
  /** Registration mode of a single run; default `standard`. */
  readonly mode?: ModeName | undefined;
  /** Name of the server profile of a single run; default `multi`. */
  readonly server?: string | undefined;
  /** A preset of the delays between phone and servers. */
  readonly network?: NetworkName | undefined;
  /** A preset of the delays of notifications. */
  readonly push?: PushServiceName | undefined;
  /** How a call reaches the app that a push has woken. */
  readonly delivery?: 'overConnection' | 'byRefork' | undefined;
  readonly autoSend180?: boolean | undefined;
  readonly repeatsPush?: boolean | undefined;
  readonly user?: 'answers' | 'declines' | 'ignores' | 'doNotDisturb' | undefined;
  /** What the phone answers when the user declines; default 603. */
  readonly declinesWith?: 480 | 486 | 603 | undefined;
  /** Whether a second call may ring during another one; default true. */
  readonly callWaiting?: boolean | undefined;
  /** Who hangs up in the end; default `caller`. */
  readonly endsCall?: 'caller' | 'user' | undefined;
  /** Whether the phone sends a re-INVITE from its new address in a call (RFC 3261 14.1); default true. */
  readonly followsNetwork?: boolean | undefined;
  /** Session timers in every call with the phone (RFC 4028); default none. `interval`: at least 90s, default 1800s. */
  readonly sessionTimers?:
    | { readonly interval?: DurationDocument | undefined; readonly refresher?: SessionRefresher | undefined }
    | undefined;
  /** Whether each sends CRLF keep-alives over its connection to the SIP server (RFC 5626 4.4.1); default false. */
  readonly keepAlive?: { readonly app?: boolean | undefined; readonly pushServer?: boolean | undefined } | undefined;
  /** Whether the OS tells the app at once that the network has changed; default true. */
  readonly noticesNetwork?: boolean | undefined;
  /** What the user does at another device, which is always registered; default none. */
  readonly otherDevice?: OtherUser | undefined;
  /** What the OS does about a push that is not reported as a call (iOS: `terminates`). */
  readonly unreportedPush?: 'tolerated' | 'terminates' | undefined;
  /** When the app reports a push as a call. */
  readonly reportsPush?: 'atOnce' | 'withInvite' | 'callsOnly' | undefined;
  /** In mode `sipServerPushes`: whether the app answers each push by a REGISTER (RFC 8599 4.1.3); default true. */
  readonly refreshesOnPush?: boolean | undefined;
  /** In mode `sipServerPushes`: whether the server supports the push service of the app (RFC 8599 8.1); default `supported`. */
  readonly pushProvider?: PushProvider | undefined;
  /** What an app does after 555; default `registersWithout` a push token. */
  readonly afterUnsupported?: 'registersWithout' | AfterUnsupported | undefined;
  /** What an app does in the background where no 200 says that it will be pushed (RFC 8599 4.1.1); default `sleeps`. */
  readonly withoutPushes?: 'sleeps' | 'staysAwake' | undefined;
  /** Which Contact of a 200 a user agent takes for its own. */
  readonly readsContacts?: 'own' | 'first' | undefined;
  /** What a user agent does after 403 to its REGISTER, or wrong credentials; default `backsOff`. */
  readonly afterForbidden?: 'givesUp' | 'backsOff' | undefined;
  /** What a user agent does after 423 to its REGISTER; default `asksForMinimum` (RFC 3261 10.2.8). */
  readonly afterTooBrief?: 'asksForMinimum' | AfterTooBrief | undefined;
  /** What a user agent does after a refusal with Retry-After; default `waits` (RFC 3261 21.5.4). */
  readonly afterRetryLater?: 'waits' | AfterRetryLater | undefined;
  /** What a user agent does after a REGISTER without any answer; default `backsOff` (RFC 5626 4.5). */
  readonly afterSilence?: 'backsOff' | 'givesUp' | undefined;
  /** What of a 200 a user agent takes for the lifetime of its binding; default `own` (RFC 3261 10.2.4). */
  readonly readsExpires?: 'own' | ExpiresReading | undefined;
  /** Whether a user agent keeps its Call-ID over a restart, with a CSeq from 1 (against RFC 3261 10.2); default false. */
  readonly keepsCallId?: boolean | undefined;
  /** What the OS makes of the sockets of a suspended app; default: that of the push preset, else `defunct` as on iOS. */
  readonly suspendedSockets?: SuspendedSockets | undefined;
  /** False: no push server at all, in any mode; default true. */
  readonly pushEnabled?: boolean | undefined;
  /** Whether the push server looks as if it were behind a NAT to an SBC that compares; default false. */
  readonly natEmulation?: boolean | undefined;
  /** When each registers again: `beforeExpiry` (90 % of the lifetime), or `atInterval` (the lifetime asked for). */
  readonly refresh?: { readonly app?: Refresh | undefined; readonly pushServer?: Refresh | undefined } | undefined;
  readonly notifications?: 'available' | 'unavailable' | undefined;
  readonly replacesToken?: boolean | undefined;
  /** The lifetime that each asks for in its REGISTER. */
  readonly expires?:
    | { readonly app?: DurationDocument | undefined; readonly pushServer?: DurationDocument | undefined }
    | undefined;
  readonly links?: { readonly [Name in LinkName]?: LinkDocument | undefined } | undefined;
  /** Windows of the named delays of the machines, where they differ from the usual ones. */
  readonly timing?:
    | { readonly [Party in Role]?: { readonly [delay: string]: WindowDocument | undefined } | undefined }
    | undefined;
  /** More of everything than one phone; default one. */
  readonly topology?: TopologyDocument | undefined;
  /** What a day is like that each seed draws: opens, calls, changes of network, kills; `steps` come on top of it. */
  readonly workload?: WorkloadDocument | undefined;
  /** At most 60 steps; none only with a `workload`. */
  readonly steps: readonly StepDocument[];
  /** At most 500 faults. */
  readonly faults?: readonly FaultDocument[] | undefined;
  readonly limits?: LimitsDocument | undefined;
  /** End of the run. */
  readonly until?: DurationDocument | undefined;
}

/** A scenario as it is written in a file. Everything but name, title and steps has a default. */
export interface ScenarioDocument extends CourseDocument {
  /** Lower-case words joined by hyphens, as used on the command line. */
  readonly name: string;
  /** What happens, in a few words. */
  readonly title: string;
  /** What there is to see. */
  readonly about?: string | undefined;
  /** By the name of a server profile, then by mode. */
  readonly expect?:
    | { readonly [server: string]: { readonly [Mode in ModeName]?: Expectation | undefined } }
    | undefined;
  /** The report from the field that the scenario reproduces: where it was reported (URLs), and what was learned from it. */
  readonly report?: { readonly threads: readonly string[]; readonly says: string } | undefined;
  /** What has to be done so that the scenario passes, and what differs in it then. */
  mitigation?:
    | {
        readonly says: string;
        readonly change: { readonly [Key in keyof CourseDocument]?: CourseDocument[Key] | undefined };
      }
    | undefined;
}
