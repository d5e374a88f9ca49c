/**
 * The named delays of the machines, in milliseconds, with their usual values.
 * A scenario gives each of them a window [earliest, latest]; those of the RFC are exact.
 */

/** RFC 3261 table 4: T1 = 500 ms, T2 = 4 s; 64*T1 is Timer B, F, H and J. */
const sipTimers = {
  T1: 500,
  '2T1': 1_000,
  '4T1': 2_000,
  '8T1': 4_000,
  '16T1': 8_000,
  '32T1': 16_000,
  '64T1': 32_000,
  T2: 4_000,
} as const;

/** Of a session interval of 1800 s (RFC 4028 4.1); a scenario with session timers says another one. */
const sessionDelays = {
  sessionRefresh: 900_000,
  sessionExpiry: 1_768_000,
} as const;

/** Back-off of RFC 5626 4.5: min(1800 s, 30 s * 2^failures), of which 50 to 100 % is waited. */
const registrationDelays = {
  ...sipTimers,
  /** 90 % of the granted lifetime, as baresip and Linphone do. */
  refreshInterval: 540_000,
  /** The same for a client that takes the largest lifetime in a 200 for its own; it follows from what others may have. */
  refreshByLargest: 540_000,
  /** RFC 5626 4.4.1: a client sends a ping every 95 to 120 s over a connection, and waits 10 s for the pong. */
  keepAliveInterval: 107_500,
  pongTimeout: 10_000,
  /** Kamailio's `Retry-After: 30`. */
  retryAfter: 30_000,
  backOff1: 45_000,
  backOff2: 90_000,
  backOff3: 180_000,
  backOff4: 360_000,
  backOff5: 720_000,
  backOff6: 1_350_000,
} as const;

export const callerDelays = {
  ...sipTimers,
  ...sessionDelays,
  /** How long a caller lets it ring. */
  patience: 30_000,
  talk: 20_000,
  /** How long another device of the user rings until it is answered. */
  otherDeviceReaction: 8_000,
  /** How long the callee of a call that the user makes takes to answer. */
  calleeReaction: 4_000,
} as const;

export const appDelays = {
  ...registrationDelays,
  ...sessionDelays,
  /** Process start until the app can speak SIP. */
  coldStart: 1_500,
  /** Thawing a suspended process. */
  resume: 200,
  /** How long the OS lets an app run in the background (iOS: about 30 s when it asks). */
  backgroundTime: 25_000,
  /** How long a request to the push server may take before it is sent again. */
  controlTimeout: 10_000,
  heartbeatInterval: 30_000,
  /** A push that no INVITE follows stops ringing after this (Telnyx: 10 s from the push). */
  watchdog: 10_000,
  /** How long the user takes to answer or decline. */
  userReaction: 4_000,
  /** How long the user talks in a call, whoever made it. */
  talk: 20_000,
  /** The app stops ringing by itself, should no CANCEL come. */
  ringLimit: 120_000,
} as const;

export const pushServerDelays = {
  ...registrationDelays,
  /** Without a heartbeat for so long the app counts as gone. */
  heartbeatTimeout: 75_000,
  /** Acrobits SIPIS deletes the credentials of an app that it has not heard of for a week (doc.acrobits.net, FAQ). */
  credentialsLifetime: 604_800_000,
  /** How long an INVITE is held for an app that does not come. */
  giveUp: 30_000,
  /** How long an INVITE on the app's connection may stay without any answer before a push is sent instead. */
  connectionTimeout: 3_000,
  /** Flexisip's interval between two pushes for one call, where it repeats them. */
  pushRepeat: 5_000,
  restart: 20_000,
  /** RFC 9568 6.1: three advertisements of 1 s and the skew without one, and a VRRP backup takes over; under a lease, its rest. */
  takeOver: 3_600,
  /** When a node that has lost its charge without a word refreshes its binding next: at any time of the interval. */
  formerRefresh: 270_000,
} as const;

export const sipServerDelays = {
  ...sipTimers,
  appBindingLifetime: 600_000,
  pushServerBindingLifetime: 600_000,
  holdTime: 15_000,
  /** How long an INVITE waits for a phone that is being woken; a profile of a server that pushes says so. */
  waking: 15_000,
  /** How long after a REGISTER a phone is pushed to refresh its binding; it follows from lifetime and profile. */
  refreshPush: 480_000,
  /** How long after a REGISTER a phone gets the INVITE without a push; a profile of a server that skips it says so. */
  pushSkip: 10_000,
  branchTimeout: 30_000,
  noAnswer: 60_000,
  restart: 10_000,
  /** How long an SBC answers for the registrar, keeps a flow, and waits for an 18x; a profile with an SBC says so. */
  registrationCache: 60_000,
  flowIdle: 60_000,
  alertTimeout: 60_000,
  /** fail2ban findtime and bantime, and the window of a limit on REGISTERs; a profile that has them says so. */
  findTime: 600_000,
  banTime: 600_000,
  rateWindow: 10_000,
  /** How often the registrar sends OPTIONS, and how long it waits for an answer; a profile that sends them says so. */
  probeInterval: 60_000,
  probeTimeout: 3_000,
  /** How long one of two registrars takes to know what the other one has committed; a scenario with two says so. */
  replicationLag: 500,
} as const;
