import type { PartyName } from '../../machines/messages.ts';
import type { ModeName } from '../../machines/modeVariants.ts';
import type { OtherUser } from '../../machines/otherDevice.ts';
import type { SessionRefresher } from '../../machines/sessionTimer.ts';
import type { LinkName, Refresh, SuspendedSockets, Transport } from '../scenario/scenario.ts';
import type { NetworkName, PushServiceName } from './presets.ts';

/**
 * A scenario as it is written, in types that stand for themselves: the schema is held to them, and whoever imports them needs
 * no library for schemas.
 */

/** The messages that a fault can name: those that cross a link. */
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
  'INVITE.180',
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
] as const;

/** A message that a fault can name. */
export type FaultMessage = (typeof faultMessages)[number];

/** A duration with its unit: `400ms`, `1.5s`, `2min`, `1h`; whole milliseconds, at most a year. */
export type DurationDocument = string;

/** A delay or a date: exact, or the earliest and the latest. */
export type WindowDocument = DurationDocument | [DurationDocument, DurationDocument];

/** When a step comes: from the start of the run, or from the step before; exactly one of the two. */
interface When {
  at?: WindowDocument | undefined;
  after?: WindowDocument | undefined;
}

/** What user, OS, network or another party does. */
export type StepDocument =
  | (When & {
      do:
        | 'open'
        | 'home'
        | 'kill'
        | 'killWithNotice'
        | 'logOut'
        | 'logIn'
        | 'reinstall'
        | 'call'
        | 'changeNetwork'
        | 'crashPushServer'
        | 'crashSipServer'
        | 'changePassword'
        | 'expireNonces'
        | 'killToken';
    })
  | (When & { do: 'dial'; call: 1 | 2 })
  | (When & { do: 'hangUp'; call: 1 | 2 })
  | (When & { do: 'cut'; link: LinkName })
  | (When & { do: 'repair'; link: LinkName });

/** What a link is like, where that is not what is usual. */
export interface LinkDocument {
  transport?: Transport | undefined;
  /** How long a message takes. */
  latency?: WindowDocument | undefined;
  /** How a run draws the latency: [share of the messages, that take no longer than this], from 0 to 1, both rising. */
  law?: [number, DurationDocument][] | undefined;
  /** The share of messages that a run loses, 0 to 1. */
  loss?: number | undefined;
  /** The share of messages that arrive twice in a run, 0 to 1. */
  duplicate?: number | undefined;
  /** False where nothing ever gets through. */
  reachable?: boolean | undefined;
}

/** A fault that happens for certain. */
export interface FaultDocument {
  do: 'lose' | 'delay' | 'duplicate';
  message: FaultMessage;
  from?: PartyName | undefined;
  to?: PartyName | undefined;
  /** Which of these messages, from 1; default 1. */
  occurrence?: number | undefined;
  /** With `delay`, and only with it: how long the message takes instead. */
  latency?: WindowDocument | undefined;
}

/** Bounds of the properties that have one. */
export interface LimitsDocument {
  blackout?: DurationDocument | undefined;
  ringStop?: DurationDocument | undefined;
  connect?: DurationDocument | undefined;
  endsAgree?: DurationDocument | undefined;
  belief?: DurationDocument | undefined;
  logout?: DurationDocument | undefined;
  /** How many REGISTERs may follow the last step. */
  registers?: number | undefined;
}

/** What is expected in a mode on a server: `holds`, or the names of the properties that are violated in some run. */
export type Expectation = 'holds' | string[];

/** What happens in a scenario and around it: everything that a mitigation can change. */
export interface CourseDocument {
  /** Registration mode of a single run; default `standard`. */
  mode?: ModeName | undefined;
  /** Name of the server profile of a single run; default `multi`. */
  server?: string | undefined;
  /** A preset of the delays between phone and servers. */
  network?: NetworkName | undefined;
  /** A preset of the delays of notifications. */
  push?: PushServiceName | undefined;
  /** How a call reaches the app that a push has woken. */
  delivery?: 'overConnection' | 'byRefork' | undefined;
  autoSend180?: boolean | undefined;
  repeatsPush?: boolean | undefined;
  user?: 'answers' | 'declines' | 'ignores' | 'doNotDisturb' | undefined;
  /** What the phone answers when the user declines; default 603. */
  declinesWith?: 480 | 486 | 603 | undefined;
  /** Whether a second call may ring during another one; default true. */
  callWaiting?: boolean | undefined;
  /** Who hangs up in the end; default `caller`. */
  endsCall?: 'caller' | 'user' | undefined;
  /** Whether the phone sends a re-INVITE from its new address in a call (RFC 3261 14.1); default true. */
  followsNetwork?: boolean | undefined;
  /** Session timers in every call with the phone (RFC 4028); default none. `interval`: at least 90s, default 1800s. */
  sessionTimers?: { interval?: DurationDocument | undefined; refresher?: SessionRefresher | undefined } | undefined;
  /** Whether each sends CRLF keep-alives over its connection to the SIP server (RFC 5626 4.4.1); default false. */
  keepAlive?: { app?: boolean | undefined; pushServer?: boolean | undefined } | undefined;
  /** Whether the OS tells the app at once that the network has changed; default true. */
  noticesNetwork?: boolean | undefined;
  /** What the user does at another device, which is always registered; default none. */
  otherDevice?: OtherUser | undefined;
  /** What the OS does about a push that is not reported as a call (iOS: `terminates`). */
  unreportedPush?: 'tolerated' | 'terminates' | undefined;
  /** When the app reports a push as a call. */
  reportsPush?: 'atOnce' | 'withInvite' | undefined;
  /** In mode `sipServerPushes`: whether the app answers each push by a REGISTER (RFC 8599 4.1.3); default true. */
  refreshesOnPush?: boolean | undefined;
  /** Which Contact of a 200 a user agent takes for its own. */
  readsContacts?: 'own' | 'first' | undefined;
  /** What a user agent does after 403 to its REGISTER, or wrong credentials; default `backsOff`. */
  afterForbidden?: 'givesUp' | 'backsOff' | undefined;
  /** What the OS makes of the sockets of a suspended app; default: that of the push preset, else `defunct` as on iOS. */
  suspendedSockets?: SuspendedSockets | undefined;
  /** False: no push server at all, in any mode; default true. */
  pushEnabled?: boolean | undefined;
  /** Whether the push server looks as if it were behind a NAT to an SBC that compares; default false. */
  natEmulation?: boolean | undefined;
  /** When each registers again: `beforeExpiry` (90 % of the lifetime), or `atInterval` (the lifetime asked for). */
  refresh?: { app?: Refresh | undefined; pushServer?: Refresh | undefined } | undefined;
  notifications?: 'available' | 'unavailable' | undefined;
  replacesToken?: boolean | undefined;
  /** The lifetime that each asks for in its REGISTER. */
  expires?: { app?: DurationDocument | undefined; pushServer?: DurationDocument | undefined } | undefined;
  links?: { [Name in LinkName]?: LinkDocument | undefined } | undefined;
  /** Windows of the named delays of the machines, where they differ from the usual ones. */
  timing?: { [Party in PartyName]?: { [delay: string]: WindowDocument | undefined } | undefined } | undefined;
  /** 1 to 60 steps. */
  steps: StepDocument[];
  /** At most 500 faults. */
  faults?: FaultDocument[] | undefined;
  limits?: LimitsDocument | undefined;
  /** End of the run. */
  until?: DurationDocument | undefined;
}

/** A scenario as it is written in a file. Everything but name, title and steps has a default. */
export interface ScenarioDocument extends CourseDocument {
  /** Lower-case words joined by hyphens, as used on the command line. */
  name: string;
  /** What happens, in a few words. */
  title: string;
  /** What there is to see. */
  about?: string | undefined;
  /** By the name of a server profile, then by mode. */
  expect?: { [server: string]: { [Mode in ModeName]?: Expectation | undefined } } | undefined;
  /** The report from the field that the scenario reproduces: where it was reported (URLs), and what was learned from it. */
  report?: { threads: string[]; says: string } | undefined;
  /** What has to be done so that the scenario passes, and what differs in it then. */
  mitigation?:
    | { says: string; change: { [Key in keyof CourseDocument]?: CourseDocument[Key] | undefined } }
    | undefined;
}
