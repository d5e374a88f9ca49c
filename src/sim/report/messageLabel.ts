import type { FailureCode } from '../../machines/messages.ts';
import type { TraceRecord } from '../trace.ts';

type AnyEvent = TraceRecord['event'];

const reasons: Readonly<Record<FailureCode | 403, string>> = {
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  480: 'Unavailable',
  482: 'Loop Detected',
  486: 'Busy Here',
  487: 'Terminated',
  503: 'Unavailable',
  603: 'Decline',
};

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** What a SIP engineer would write over the arrow of a message, or beside the lifeline for what is none. */
export function messageLabel(event: AnyEvent): string {
  switch (event.type) {
    case 'REGISTER':
      return `REGISTER${event.expires === 'zero' ? ' Expires: 0' : ''}${event.authorization ? ' +auth' : ''}${event.stale ? ' (old CSeq)' : ''}`;
    case 'REGISTER.200':
      return `200 OK ${counted(event.contacts.length, 'contact')}`;
    case 'REGISTER.401':
      return event.stale ? '401 stale' : '401';
    case 'REGISTER.423':
      return '423 Interval Too Brief';
    case 'REGISTER.refused':
      return `${event.code} ${event.retryAfter ? 'Retry-After' : reasons[event.code]}`;
    case 'INVITE.failed':
      return `${event.code} ${reasons[event.code]}`;
    default:
      return fixedLabels[event.type]?.(event) ?? event.type;
  }
}

const call = (text: string) => (event: AnyEvent) => `${text}${'call' in event ? ` call ${event.call}` : ''}`;
const plain = (text: string) => () => text;

const fixedLabels: Readonly<Record<string, (event: AnyEvent) => string>> = {
  INVITE: call('INVITE'),
  'INVITE.100': plain('100 Trying'),
  'INVITE.180': plain('180 Ringing'),
  'INVITE.200': plain('200 OK'),
  ACK: plain('ACK'),
  CANCEL: call('CANCEL'),
  'CANCEL.200': plain('200 OK (CANCEL)'),
  BYE: plain('BYE'),
  'BYE.200': plain('200 OK (BYE)'),
  'control.enable': plain('POST /enable'),
  'control.enabled': plain('enabled'),
  'control.disable': plain('POST /disable'),
  'control.disabled': plain('disabled'),
  'control.background': plain('POST /background'),
  'control.takenOver': plain('taken over'),
  'control.foreground': plain('POST /foreground'),
  'control.released': plain('released'),
  'control.registered': plain('POST /registered'),
  'control.heartbeat': plain('heartbeat'),
  'control.fetch': call('GET'),
  'control.noCall': call('no such'),
  push: call('push'),
  'push.end': call('end push'),
  'push.failed': plain('token rejected'),
  notification: call('VoIP push'),
  'notification.end': call('end push'),
  'user.open': plain('user opens the app'),
  'user.home': plain('user goes home'),
  'user.logOut': plain('user logs out'),
  'user.logIn': plain('user logs in'),
  'user.reinstall': plain('user reinstalls the app'),
  'app.kill': plain('OS kills the app'),
  'network.change': plain('the network changes'),
  'call.dial': call('dials'),
  'call.hangUp': call('hangs up'),
  'pushServer.crash': plain('push server crashes'),
  'sipServer.crash': plain('SIP server crashes'),
  'nonce.expire': plain('nonces expire'),
  'token.die': plain('the token dies'),
  'link.cut': plain('link cut'),
  'link.repair': plain('link repaired'),
  'app.silent': plain('app has fallen silent'),
};

/** Timers that tell a story; the others are retransmissions and housekeeping, seen by what they send. */
const timerLabels: Readonly<Record<string, string>> = {
  coldStart: 'app runs',
  resume: 'app runs again',
  backgroundTime: 'OS suspends the app',
  refreshInterval: 'refresh due',
  giveUp: 'push server gives up',
  watchdog: 'no INVITE: stops ringing',
  patience: 'caller gives up',
  restart: 'runs again',
  retryAfter: 'retry allowed',
  backOff1: 'retry',
  backOff2: 'retry',
  backOff3: 'retry',
  holdTime: 'held long enough',
  noAnswer: 'no answer',
  '64T1': 'Timer B/F/H: gives up',
  branchTimeout: 'branch time-out',
  connectionTimeout: 'connection is dead',
  controlTimeout: 'request timed out',
};

/** The label of a timer that fired, or null where the timer itself is of no interest. */
export function timerLabel(event: AnyEvent): string | null {
  if (event.type === 'binding.expired') return `binding of ${event.contact} expires`;
  if (event.type === 'app.silent') return messageLabel(event);
  const [, delay] = /^xstate\.after\.([^.]+)\./.exec(event.type) ?? [];
  return timerLabels[delay ?? ''] ?? null;
}
