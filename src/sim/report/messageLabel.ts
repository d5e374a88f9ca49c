import type { OutgoingFailureCode, OutgoingMessage } from '../../machines/messages.ts';
import { partyOf } from '../../machines/phones.ts';
import { kindOfLink, linkEnds, phoneOfLink, type WorldLinkName } from '../scenario/scenario.ts';
import type { TraceRecord } from '../trace/trace.ts';
import { laneTitle } from './lanes.ts';

/** Every event that a record can be about. */
export type TracedEvent = TraceRecord['event'];

const reasons: Readonly<Record<OutgoingFailureCode, string>> = {
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  477: 'Send Error',
  480: 'Unavailable',
  482: 'Loop Detected',
  486: 'Busy',
  487: 'Terminated',
  500: 'Server Error',
  503: 'Unavailable',
  603: 'Decline',
};

/** A script may refuse a REGISTER with any status. */
const refusalReason = (code: number): string => {
  const known: Readonly<Record<number, string>> = { ...reasons, 555: 'Push Service Unsupported' };
  return known[code] ?? 'Refused';
};

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

type Register = TracedEvent & { type: 'REGISTER' };

/** The Contacts of a REGISTER that has several, in their order; elsewhere there is only the new one, which needs no word. */
function contactList({ swap }: Register): string {
  if (swap === undefined) return '';
  const { length } = swap.removes;
  const old = `${length === 1 ? '' : `${length} `}old;expires=0`;
  return swap.order === 'newFirst' ? ` new, ${old}` : ` ${old}, new`;
}

function registerLabel(event: Register): string {
  const lifetime = { asked: '', minimum: ' Expires: raised', zero: ' Expires: 0' }[event.expires];
  const instance = event.instance === undefined ? '' : ' +instance';
  const credentials = event.authorization ? ' +auth' : '';
  return `REGISTER${contactList(event)}${lifetime}${instance}${credentials}${event.stale ? ' (old CSeq)' : ''}`;
}

/** What a SIP engineer would write over the arrow of a message, or beside the lifeline for a step that is none. */
export function messageLabel(event: TracedEvent): string {
  switch (event.type) {
    case 'REGISTER':
      return registerLabel(event);
    case 'REGISTER.200':
      return `200 OK ${counted(event.contacts.length, 'contact')}${event.pushes ? ' +sip.pns' : ''}`;
    case 'REGISTER.401':
      return event.stale ? '401 stale' : '401';
    case 'REGISTER.423':
      return '423 Interval Too Brief';
    case 'REGISTER.refused':
      return `${event.code} ${event.retryAfter ? 'Retry-After' : refusalReason(event.code)}`;
    case 'INVITE.failed':
      return `${event.code} ${reasons[event.code]}`;
    case 'outgoing.failed':
      return `${event.code} ${reasons[event.code]} (outgoing)`;
    case 'outgoing.unexplained':
      return `${event.what} (outgoing)`;
    case 'outgoing.INVITE':
      return `INVITE (outgoing)${event.credentials ? ' +auth' : ''}`;
    default:
      if (ofCall[event.type]) return `${ofCall[event.type]} call ${'call' in event && event.call}`;
      return isOutgoing(event) ? `${fixed(event.type.replace('outgoing.', ''))} (outgoing)` : fixed(event.type);
  }
}

const isOutgoing = (event: TracedEvent): event is OutgoingMessage => event.type.startsWith('outgoing.');

const fixed = (type: string): string =>
  labels[type] ?? type.replace(/^([A-Z]+)\.200$/, '200 OK $1').replace(/^\w+\.481$/, '481 No Such Call');

/** What tells one such message from the other only together with its call. */
const ofCall: Readonly<Record<string, string>> = {
  INVITE: 'INVITE',
  CANCEL: 'CANCEL',
  'control.fetch': 'GET',
  'control.noCall': 'no such',
  push: 'push',
  'push.end': 'end push',
  notification: 'VoIP push',
  'notification.end': 'end push',
  'call.dial': 'dials',
  'call.hangUp': 'hangs up',
  'call.cleared': 'is free for another call',
};

const labels: Readonly<Record<string, string>> = {
  '407': '407 Authentication Required',
  '180': '180 Ringing',
  '200': '200 OK INVITE',
  'INVITE.100': '100 Trying',
  'INVITE.110': '110 Push sent',
  'INVITE.180': '180 Ringing',
  'INVITE.182': '182 Queued',
  'INVITE.183': '183 Session Progress',
  'keepAlive.ping': 'CRLF ping',
  'keepAlive.pong': 'CRLF pong',
  reINVITE: 'INVITE (new address)',
  'reINVITE.200': '200 OK INVITE (new address)',
  'reINVITE.ACK': 'ACK (new address)',
  'control.enable': 'POST /enable',
  'control.enabled': 'enabled',
  'control.disable': 'POST /disable',
  'control.disabled': 'disabled',
  'control.background': 'POST /background',
  'control.takenOver': 'taken over',
  'control.foreground': 'POST /foreground',
  'control.released': 'released',
  'control.registered': 'POST /registered',
  'control.heartbeat': 'heartbeat',
  'control.lapsed': 'lease lapsed',
  'push.failed': 'token rejected',
  'push.refresh': 'push to refresh',
  'notification.refresh': 'push to refresh',
  'user.open': 'user opens the app',
  'user.home': 'user goes home',
  'user.logOut': 'user logs out',
  'user.logIn': 'user logs in',
  'user.reinstall': 'user reinstalls the app',
  'app.kill': 'OS kills the app',
  'user.call': 'user makes a call',
  'network.change': 'network change',
  'pushServer.crash': 'crashes',
  'pushServer.upgrade': 'is upgraded',
  'pushServer.isolate': 'loses its other node',
  'sipServer.crash': 'crashes',
  'nonce.expire': 'nonces expire',
  'password.change': 'password changed',
  'token.die': 'push token dies',
  'pushServer.ban': "the push server's address is banned",
  'pushServer.limit': "the limit for the push server's address is used up",
  'connection.closed': 'connection closed',
  'transport.failed': 'connection reset',
  'link.cut': 'link cut',
  'link.repair': 'link repaired',
};

/** A link by its two ends. */
export const linkTitle = (link: WorldLinkName): string =>
  linkEnds[kindOfLink(link)].map((end) => laneTitle(partyOf(end, phoneOfLink(link)))).join(' – ');
