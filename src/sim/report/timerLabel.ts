import type { TraceRecord } from '../trace/trace.ts';
import type { TracedEvent } from './messageLabel.ts';

/** The delay and the call slot that the name of a timer's event speaks of: `xstate.after.<delay>.<path>`. */
function partsOf(type: string): { delay: string; path: string; call: string | null } {
  const [, delay = '', path = ''] = /^xstate\.after\.([^.]+)\.(.*)$/.exec(type) ?? [];
  return { delay, path, call: /\bcall(\d)\b/.exec(path)?.[1] ?? null };
}

/** By the delay of a timer; by what it tells its party where no delay of a machine stands behind it. */
const labels: Readonly<Record<string, string>> = {
  coldStart: 'app runs',
  resume: 'app runs again',
  backgroundTime: 'OS suspends the app',
  heartbeatInterval: 'heartbeat due',
  refreshInterval: 'refresh due',
  sessionRefresh: 'session refresh due',
  sessionExpiry: 'no session refresh came',
  keepAliveInterval: 'keep-alive due',
  pongTimeout: 'no pong came',
  controlTimeout: 'request timed out',
  connectionTimeout: "no answer on the app's connection",
  retryAfter: 'Retry-After is over',
  restart: 'runs again',
  giveUp: 'gives up',
  pushRepeat: 'sends the push again',
  watchdog: 'no INVITE came (watchdog)',
  ringLimit: 'rang too long',
  otherDeviceReaction: 'somebody is at the other device',
  calleeReaction: 'somebody is there',
  patience: 'gives up',
  talk: 'hangs up',
  holdTime: 'held long enough',
  noAnswer: 'no answer',
  'place.free': 'the limit has room again',
  'limit.over': 'the limit has room again',
  'registration.refresh': 'refresh due',
  'alert.missing': 'no 18x came in time',
  'waking.over': 'no REGISTER came after the push',
  'refreshPush.due': 'the binding is about to end',
  'wakefulness.over': 'the phone counts as awake no longer',
  'flow.closed': 'the SBC forgets the flow to the push server',
  'branches.silent': 'branch time-out',
  'app.silent': 'no heartbeat from the app',
};

/** RFC 3261 table 4: which of its timers 64*T1 is depends on the transaction that it ends. */
function endOfTransaction(path: string): string {
  if (/session\d/.test(path)) return 'UPDATE timed out (Timer F)';
  if (/unregistering/.test(path)) return 'un-REGISTER timed out (Timer F)';
  if (/registering|refreshing/.test(path)) return 'REGISTER timed out (Timer F)';
  if (/dialling/.test(path)) return 'INVITE timed out (Timer B)';
  if (/cancelling/.test(path)) return 'INVITE ended (64*T1)';
  if (/hangingUp/.test(path)) return 'BYE timed out (Timer F)';
  return /failed|declining|cancelled|answer/.test(path) ? 'no ACK came (Timer H)' : 'transaction forgotten (64*T1)';
}

/** What the end of a timer means to the party that had armed it. */
export function timerLabel(event: TracedEvent): string {
  if (event.type === 'probe.due') return `OPTIONS to ${event.contact} due`;
  if (event.type === 'probe.missed') return `no answer of ${event.contact} to OPTIONS`;
  if (event.type === 'binding.expired') return `binding of ${event.contact} expired`;
  if (event.type === 'ban.over') return `the ban of ${event.contact} is over`;
  if (event.type === 'offence.forgotten') return `a failure of ${event.contact} is forgotten`;
  if (event.type === 'cache.ended') return `the SBC forgets ${event.contact}`;
  const { delay, path, call } = partsOf(event.type);
  if (delay === '64T1') return endOfTransaction(path);
  if (delay === 'userReaction') return call === null ? 'user reacts' : `user reacts to call ${call}`;
  if (/^backOff\d$/.test(delay)) return 'back-off is over';
  return labels[delay || event.type] ?? (isRetransmission(event) ? `retransmission (${delay})` : delay || event.type);
}

/** The call that a timer is about, or null. */
export const callOfTimer = (event: TracedEvent): string | null => partsOf(event.type).call;

/** Whether this is Timer A, E or G, or that of a 200: all it ever does is to send something again. */
export const isRetransmission = ({ type }: TracedEvent): boolean => /^((?!64)\d*T1|T2)$/.test(partsOf(type).delay);

const always = /^xstate\.after\.(coldStart|resume|backgroundTime|restart)\.|^binding\.expired$/;

/**
 * Whether a timer belongs to the story. Retransmissions are seen by what they send, and what neither sends nor shows
 * anything is bookkeeping.
 */
export function isTimerOfInterest({ event, sent, observations }: TraceRecord): boolean {
  if (always.test(event.type)) return true;
  if (isRetransmission(event) || event.type.startsWith('xstate.after.heartbeatInterval.')) return false;
  return sent.length + observations.length > 0;
}
