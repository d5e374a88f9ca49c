import type { Transport } from '../scenario/scenario.ts';
import { hasConnections } from '../sipWorld/transport.ts';

/**
 * Bytes of a message: estimates, for the model has no bytes. Those of SIP are the mean lengths of the texts that `inspect` shows, which
 * have the header fields that RFC 3261 demands and a session description of one codec; what products add (Allow, Supported, User-Agent,
 * Record-Route, more codecs) may double them. Those of the push server's API, of push requests and of notifications are assumed.
 */
const sizes: Readonly<Record<string, number>> = {
  REGISTER: 315,
  'REGISTER.200': 285,
  'REGISTER.401': 340,
  'REGISTER.423': 280,
  'REGISTER.refused': 285,
  INVITE: 495,
  'INVITE.100': 265,
  'INVITE.110': 265,
  'INVITE.180': 285,
  'INVITE.182': 265,
  'INVITE.183': 285,
  'INVITE.200': 450,
  'INVITE.failed': 290,
  ACK: 310,
  CANCEL: 305,
  'CANCEL.200': 265,
  BYE: 315,
  'BYE.200': 270,
  'BYE.481': 270,
  reINVITE: 495,
  'reINVITE.200': 450,
  // RFC 5626 3.5.1: CRLF CRLF, answered by CRLF.
  'keepAlive.ping': 4,
  'keepAlive.pong': 2,
  // The request that APNs takes: path with the token, headers, a payload of a call.
  push: 500,
  'push.end': 500,
  'push.refresh': 400,
  'push.failed': 150,
  notification: 350,
  'notification.end': 350,
  'notification.refresh': 250,
};

/** What other messages of SIP have, and those of the push server's API: a small HTTP request or answer. */
const [otherSip, otherControl] = [300, 350];

/** RFC 7616: the credentials of a request, with a nonce of usual length. */
const authorization = 165;

/** RFC 791, RFC 768: the header fields of IPv4 and UDP. */
const datagram = 20 + 8;
/** RFC 791, RFC 9293: the header fields of IPv4 and TCP, and the packet that acknowledges. */
const segment = 2 * (20 + 20);
/** RFC 8446 5.2: header, type and tag of a record. */
const record = 5 + 1 + 16;

const isSecure = (transport: Transport): boolean => transport !== 'udp' && transport !== 'tcp';

const overhead = (transport: Transport): number =>
  hasConnections(transport) || transport === 'push' ? segment + (isSecure(transport) ? record : 0) : datagram;

/** The bytes of a message on the wire, with those of the packets below it: an estimate. What says that a connection is no more has none of its own. */
export function bytesOf(
  event: { readonly type: string; readonly authorization?: boolean },
  transport: Transport,
): number {
  if (event.type === 'connection.closed' || event.type === 'transport.failed') return segment;
  const other = event.type.startsWith('control.') ? otherControl : otherSip;
  const isRequest = event.type === 'REGISTER';
  return (sizes[event.type] ?? other) + (isRequest && event.authorization ? authorization : 0) + overhead(transport);
}

/** RFC 9293 3.5, 3.6: three packets to open a connection, four to close it. */
const openAndClose = 7 * (20 + 20);
/** RFC 8446 2: a full handshake with a chain of two certificates; assumed. */
const handshake = 4_000;

/** The bytes that it takes to open a connection and to close it. */
export const connectionBytes = (transport: Transport): number => openAndClose + (isSecure(transport) ? handshake : 0);
