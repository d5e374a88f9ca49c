import {
  type CallMessage,
  type CallTarget,
  type Contact,
  type Message,
  type Owner,
  type RegisterRequest,
  type RegisterResponse,
  registrantOf,
  type Side,
  senderOf,
} from '../../machines/messages.ts';
import { asOfPhone, kindOfLink, phoneOfLink, type WorldLinkName } from '../../sim/scenario/scenario.ts';
import type { SentMessage, TraceBody } from '../../sim/trace/trace.ts';
import { reasonPhrase } from '../../sip/message/reasonPhrases.ts';

/** Addresses for documentation (RFC 5737) in the place of those that a run does not have. */
const hosts: Readonly<Record<Contact | 'sipServer' | 'caller', string>> = {
  'app@wifi': '192.0.2.10:5060',
  'app@cellular': '198.51.100.10:5060',
  pushServer: '203.0.113.20:5060',
  otherDevice: '192.0.2.30:5060',
  sipServer: '203.0.113.5:5060',
  caller: '203.0.113.40:5060',
  'app2@wifi': '192.0.2.12:5060',
  'app2@cellular': '198.51.100.12:5060',
  pushServer2: '203.0.113.20:5062',
  'app3@wifi': '192.0.2.13:5060',
  'app3@cellular': '198.51.100.13:5060',
  pushServer3: '203.0.113.20:5063',
  'pushServer@second': '203.0.113.21:5060',
};

const domain = 'example.com';
const addressOfRecord = `sip:alice@${domain}`;

/** A message with where it came in the run: retransmissions are copies, so they share a number. */
interface Placed {
  readonly sent: SentMessage;
  readonly from: string;
}

type Register = RegisterRequest | RegisterResponse;

const isRegister = (event: { readonly type: string }): event is Register => event.type.startsWith('REGISTER');
const isOfCall = (event: object): event is CallMessage => 'call' in event && 'contact' in event;

const everySent = ({ records }: TraceBody): Placed[] =>
  records
    .flatMap(({ targetRef, sent }) => sent.map((one) => ({ sent: one, from: targetRef })))
    .sort((one, other) => one.sent.serial - other.sent.serial);

const transportOf = ({ scenario }: TraceBody, link: WorldLinkName): string =>
  asOfPhone(scenario, phoneOfLink(link)).links[kindOfLink(link)].transport.toUpperCase();

const via = (trace: TraceBody, link: WorldLinkName, host: string, branch: string): string =>
  `Via: SIP/2.0/${transportOf(trace, link)} ${host};branch=z9hG4bK-${branch};rport`;

/** The requests of a user agent that begin a transaction, up to a message; copies of one are one. */
function registersUpTo(trace: TraceBody, side: Side, serial: number): RegisterRequest[] {
  const keyOf = ({ stale: _, ...wanted }: RegisterRequest) => JSON.stringify(wanted);
  const requests = everySent(trace).flatMap(({ sent: { serial: at, event } }) =>
    at <= serial && event.type === 'REGISTER' && registrantOf(event.contact) === side ? [event] : [],
  );
  return requests.filter((one, index) => {
    const before = requests[index - 1];
    return before === undefined || keyOf(before) !== keyOf(one);
  });
}

const expiresSeconds = ({ scenario }: TraceBody, owner: Owner): number =>
  Math.round(scenario.askedExpiresMs[owner] / 1000);

const contactLine = (contact: Contact, expires?: number): string =>
  `Contact: <sip:alice@${hosts[contact]}>${expires === undefined ? '' : `;expires=${expires}`}`;

function registerContacts({ contact, swap }: RegisterRequest): string[] {
  const old = (swap?.removes ?? []).map((one) => contactLine(one, 0));
  return swap?.order === 'oldFirst' ? [...old, contactLine(contact)] : [contactLine(contact), ...old];
}

const nonce = '6f1c2b9d';
const credentials = `Authorization: Digest username="alice", realm="${domain}", nonce="${nonce}", uri="sip:${domain}", response="…", algorithm=MD5, qop=auth, nc=00000001, cnonce="…"`;

const statusLine = (code: number): string => `SIP/2.0 ${code} ${reasonPhrase(code)}`;

/** RFC 3261 20.23, 20.19: whole seconds. */
const minimumSeconds = ({ scenario }: TraceBody): number => Math.ceil(scenario.server.minimumExpires.ms / 1_000);

function answerOf(trace: TraceBody, event: RegisterResponse, owner: Owner): readonly [string, string[]] {
  switch (event.type) {
    case 'REGISTER.200':
      return [statusLine(200), event.contacts.map((one) => contactLine(one, expiresSeconds(trace, owner)))];
    case 'REGISTER.401': {
      const stale = event.stale ? ', stale=true' : '';
      const challenge = `WWW-Authenticate: Digest realm="${domain}", nonce="${nonce}", algorithm=MD5, qop="auth"${stale}`;
      return [statusLine(401), [challenge]];
    }
    case 'REGISTER.423':
      return [statusLine(423), [`Min-Expires: ${minimumSeconds(trace)}`]];
    default:
      return [statusLine(event.code), event.retryAfter ? ['Retry-After: …'] : []];
  }
}

/** A REGISTER or its answer (RFC 3261 10.2, 10.3): one Call-ID, a CSeq that counts up. */
function registerLines(trace: TraceBody, { serial, link, event }: SentMessage & { event: Register }): string[] {
  const side = registrantOf(event.contact);
  const owner = senderOf(event.contact);
  const count = registersUpTo(trace, side, serial).length;
  const start = 'callId' in event && event.callId === 1 ? 'b' : 'a';
  const common = [
    via(trace, link, hosts[event.contact], `${side}-${count}`),
    `From: <${addressOfRecord}>;tag=${side}`,
    `To: <${addressOfRecord}>${event.type === 'REGISTER' ? '' : ';tag=registrar'}`,
    `Call-ID: ${side}-${start}@${hosts[event.contact].split(':')[0]}`,
    `CSeq: ${count} REGISTER`,
  ];
  if (event.type !== 'REGISTER') {
    const [status, more] = answerOf(trace, event, owner);
    return [status, ...common, ...more];
  }
  const asked = expiresSeconds(trace, owner);
  const expires = { zero: 0, asked, minimum: Math.max(asked, minimumSeconds(trace)) }[event.expires];
  return [
    `REGISTER sip:${domain} SIP/2.0`,
    ...common,
    'Max-Forwards: 70',
    ...registerContacts(event),
    `Expires: ${expires}`,
    ...(event.instance === undefined ? [] : ['Supported: outbound']),
    ...(event.authorization ? [credentials] : []),
  ];
}

/** Which method a message of a call has, and which status where it is an answer. */
function methodOf(event: CallMessage): readonly [method: string, status: number | null] {
  const [name = '', ...rest] = event.type.split('.');
  const method = name === 'reINVITE' ? (rest[0] === 'ACK' ? 'ACK' : 'INVITE') : name;
  if (event.type === 'INVITE.failed') return [method, event.code];
  return [method, /^\d+$/.test(rest[0] ?? '') ? Number(rest[0]) : null];
}

const hostAt = (target: CallTarget): string | null => (target in hosts ? hosts[target as Contact] : null);

/** As the live driver has it: payload types that need no `rtpmap` (RFC 3551 6), at the port that discards. */
const sessionDescription = (host: string): string[] => {
  const address = `IP4 ${host.split(':')[0]}`;
  return ['v=0', `o=ringproof 1 1 IN ${address}`, 's=-', `c=IN ${address}`, 't=0 0', 'm=audio 9 RTP/AVP 0 8'];
};

/** A message of a call (RFC 3261 13, 15): the server proxies, so that both legs have one Call-ID. */
function callLines(
  trace: TraceBody,
  { link, to, event }: SentMessage & { event: CallMessage },
  from: string,
): string[] {
  const { call, contact } = event;
  const [method, status] = methodOf(event);
  const isByCallee = 'by' in event && event.by === 'callee';
  const isCallerLeg = link === 'callerSip';
  const phone = hostAt(contact) ?? hosts.pushServer;
  const isFromServer = from === 'sipServer';
  // An answer goes the way of its request.
  const isRequestFromServer = status === null ? isFromServer : !isFromServer;
  const sender = isCallerLeg ? hosts.caller : phone;
  const branch = `call${call}-${method.toLowerCase()}`;
  const vias = isRequestFromServer
    ? [
        via(trace, link, hosts.sipServer, `${branch}-proxied`),
        via(trace, isCallerLeg ? link : 'callerSip', isCallerLeg ? phone : hosts.caller, branch),
      ]
    : [via(trace, link, sender, branch)];
  const isAnswered = !(method === 'INVITE' && (status === null || status === 100)) || event.type.startsWith('reINVITE');
  const caller = `<sip:caller${call}@${domain}>;tag=caller${call}`;
  const callee = `<${addressOfRecord}>${isAnswered ? `;tag=${contact === 'addressOfRecord' ? 'server' : contact.replace('@', '-')}` : ''}`;
  const [fromLine, toLine] = isByCallee ? [callee, caller] : [caller, callee];
  const target =
    isFromServer && !isCallerLeg
      ? `sip:alice@${phone}`
      : hostAt(contact) && isAnswered
        ? `sip:alice@${phone}`
        : addressOfRecord;
  const head =
    status === null
      ? `${method} ${to === 'caller' ? `sip:caller${call}@${hosts.caller}` : target} SIP/2.0`
      : statusLine(status);
  const sequence = method === 'BYE' || method === 'UPDATE' || event.type.startsWith('reINVITE') ? 2 : 1;
  const carriesSession = method === 'INVITE' && (status === null || status === 200);
  const speaker = status === null ? (isByCallee ? phone : hosts.caller) : isByCallee ? hosts.caller : phone;
  const body = carriesSession ? sessionDescription(speaker) : [];
  const reason =
    'reason' in event && event.reason === 'completedElsewhere'
      ? ['Reason: SIP;cause=200;text="Call completed elsewhere"']
      : [];
  return [
    head,
    ...vias,
    ...(status === null ? [`Max-Forwards: ${isFromServer ? 69 : 70}`] : []),
    `From: ${fromLine}`,
    `To: ${toLine}`,
    `Call-ID: call${call}@${hosts.caller.split(':')[0]}`,
    `CSeq: ${sequence} ${method}`,
    ...(carriesSession
      ? [`Contact: <sip:${status === null ? `caller${call}` : 'alice'}@${speaker}>`, 'Content-Type: application/sdp']
      : []),
    ...reason,
    `Content-Length: ${body.reduce((sum, line) => sum + line.length + 2, 0)}`,
    '',
    ...body,
  ];
}

/**
 * A message of a run as SIP on the wire, line by line; null where it is none that the wire has as SIP. The run decides
 * methods, codes, contacts and lifetimes; addresses, tags, branches and nonces, which it leaves out, are examples.
 */
export function rawSip(trace: TraceBody, serial: number): readonly string[] | null {
  const placed = everySent(trace).find(({ sent }) => sent.serial === serial);
  if (placed === undefined || !/Sip$/.test(placed.sent.link)) return null;
  const { sent, from } = placed;
  const event = sent.event as Message;
  if (isRegister(event)) return [...registerLines(trace, { ...sent, event }), 'Content-Length: 0', ''];
  return isOfCall(event) ? callLines(trace, { ...sent, event }, from) : null;
}
