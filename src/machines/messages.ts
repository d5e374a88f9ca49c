/**
 * The parties, and the messages between them.
 *
 * Identity is a slot, never a number that grows: calls are 1 and 2, a binding is named by its contact.
 * CSeq, Call-ID, tags and branches belong to the wire; where a rule of RFC 3261 depends on them the message
 * carries the abstract fact (`stale`) instead.
 */

/** The parties of a world with one phone. The environment (user, OS, network) sends them events but is not a party. */
export const partyNames = ['caller', 'sipServer', 'pushServer', 'notificationService', 'app'] as const;

/** The parts that parties play. */
export type Role = (typeof partyNames)[number];

/** The parts that are played once for each phone: its app, its account at the push server, the push service of its OS. */
export const phoneRoles = ['pushServer', 'notificationService', 'app'] as const satisfies readonly Role[];
export type PhoneRole = (typeof phoneRoles)[number];

/** The phones of the user. What belongs to the first one goes by the name of its part, as in a world with one. */
export type OtherPhone = 2 | 3;
export type Phone = 1 | OtherPhone;

export type PartyName = Role | `${PhoneRole}${OtherPhone}`;

/** The slots for calls: two calls are enough for every race between two of them. */
export const calls = [1, 2] as const;
export type Call = (typeof calls)[number];

/** The two sides of the hand-over. */
export type Owner = 'app' | 'pushServer';

/** The access networks between which the phone moves; each gives the app another address. */
export type Network = 'wifi' | 'cellular';

/** A side of the hand-over of one of the phones. */
export type Side = Owner | `${Owner}${OtherPhone}`;
export const everySide: readonly Side[] = ['app', 'pushServer', 'app2', 'pushServer2', 'app3', 'pushServer3'];

/** The contacts of a world with one phone. */
export const contacts = ['app@wifi', 'app@cellular', 'pushServer', 'otherDevice'] as const;
export type FirstContact = (typeof contacts)[number];

/**
 * A contact that can be bound to the address of record (RFC 3261 10). The second node of a push server may have an address of
 * its own, as a phone has one per network.
 */
export type Contact = FirstContact | `app${OtherPhone}@${Network}` | `pushServer${OtherPhone}` | 'pushServer@second';
/** Where the push server is registered, and called. */
export type PushServerContact = Extract<Contact, 'pushServer' | 'pushServer@second'>;
export const everyContact: readonly Contact[] = [
  ...contacts,
  'app2@wifi',
  'app2@cellular',
  'pushServer2',
  'app3@wifi',
  'app3@cellular',
  'pushServer3',
  'pushServer@second',
];

/** The app's contact in a network. */
export const contactAt = (network: Network): `app@${Network}` => `app@${network}`;

/** What kind of side a contact belongs to, or another device of the same user, which takes no part in the hand-over. */
export const ownerOf = (contact: Contact): Owner | 'otherDevice' =>
  contact === 'otherDevice' ? contact : senderOf(contact);

/** The side that a contact belongs to, among those of all phones. */
export const sideOf = (contact: Contact): Side | 'otherDevice' => contact.split('@', 1)[0] as Side | 'otherDevice';

/** The party behind a contact. The other device is a phone beyond the SIP server, where the caller's is too. */
export const partyAt = (contact: Contact): PartyName => (contact === 'otherDevice' ? 'caller' : registrantOf(contact));

/** The kind of side that sent a REGISTER. The other device's binding is there from the start, so it sends none. */
export const senderOf = (contact: Contact): Owner => (contact.startsWith('pushServer') ? 'pushServer' : 'app');

/** The side that sent a REGISTER, among those of all phones. */
export const registrantOf = (contact: Contact): Side => sideOf(contact) as Side;

/** The address in a request for a call: a contact, or the hop that has none. */
export type CallTarget = Contact | 'addressOfRecord' | 'connection' | 'voicemail';

/** `asked`: what the user agent would like; `minimum`: what a 423 demanded; `zero`: remove (RFC 3261 10.2.2). */
export type Expires = 'asked' | 'minimum' | 'zero';

/** What tells one REGISTER transaction of a user agent from its other ones; its answers repeat it (RFC 3261 17.1.3). */
export type RegisterTransaction = {
  contact: Contact;
  expires: Expires;
  /** Whether an Authorization header with a remembered nonce is sent along (RFC 3261 22.2). */
  authorization: boolean;
};

/**
 * The Call-ID that a user agent keeps from its start to its end (RFC 3261 10.2): a bit that alternates with every start.
 * It is told where the registrar looks at it.
 */
export type CallId = 0 | 1;

/**
 * The CSeq of a user agent that keeps its Call-ID over a restart and counts from 1 again (against RFC 3261 10.2): which of two
 * processes in turn has sent it, and the count, capped where no attempt of another process catches up while a binding lives.
 */
export type Sequence = { process: CallId; number: number };

/** Which of its sender's REGISTER transactions it is, counted modulo three. */
export type TransactionNumber = 0 | 1 | 2;

/** In which order a REGISTER lists the contact that it adds and those that it removes. */
export type ContactOrder = 'newFirst' | 'oldFirst';

export type RegisterRequest = RegisterTransaction & {
  type: 'REGISTER';
  /** Further Contacts, each with expires=0: the request adds one binding and removes others (RFC 3261 10.2.2). */
  swap?: { removes: readonly Contact[]; order: ContactOrder };
  /** The instance-id and reg-id that app and push server share (RFC 5626 4.1); without it the request carries none. */
  instance?: 'shared';
  callId?: CallId;
  /** Said of a user agent that keeps its Call-ID over a restart, where the registrar checks the CSeq. */
  sequence?: Sequence;
  /**
   * What tells its copies from those of the transactions before and after (RFC 3261 17.2.3: the branch). It is said over
   * unreliable links, where the registrar looks at it, unless two transactions before it have had no answer.
   */
  transaction?: TransactionNumber;
  /** Whether the credentials are those of after a change of the password; without it, of before. */
  password?: 'changed';
  /** Said of a client that has moved to the second server of the domain, as the first has failed it (RFC 3263 4.3). */
  server?: 'second';
  /** The push token that the app leaves with the SIP server (RFC 8599 4.1: pn-prid); absent where that does not push. */
  prid?: Token;
  /** Said where the push service of that token (pn-provider) is none that the SIP server supports. */
  provider?: 'unsupported';
  /** The registrar has already seen a newer REGISTER of this sender: the CSeq is too low (RFC 3261 10.3 step 7). */
  stale: boolean;
};

export type RegisterResponse = RegisterTransaction &
  /** `pushes`: Feature-Caps with `+sip.pns`, the phone will be pushed (RFC 8599 5.6.1.1). */
  (
    | { type: 'REGISTER.200'; contacts: readonly Contact[]; pushes?: true }
    | { type: 'REGISTER.401'; stale: boolean }
    | { type: 'REGISTER.423' }
    | { type: 'REGISTER.refused'; code: RefusalCode; retryAfter: boolean }
  );

/**
 * How registrars say that there is no room: Asterisk and FreeSWITCH 403, Kamailio and OpenSIPS 503, RingCentral 603, a
 * script whatever it likes. Any final status that is no 2xx (RFC 3261 21.3 to 21.6); 408 stands for silence (8.1.3.1).
 */
export type RefusalCode = number;

/** Final answers to an INVITE other than 200 that the model tells apart. */
export type FailureCode = 404 | 408 | 477 | 480 | 482 | 486 | 487 | 500 | 503 | 603;

/** What a phone answers when the user does not want the call: the softphones of the field differ. */
export type DeclineCode = Extract<FailureCode, 480 | 486 | 603>;

/** RFC 3326 2: why a call is over for a phone that did not answer it. Without it the phone shows a missed call. */
export type EndReason = 'completedElsewhere';

/** A message of a call on one of its branches. */
export type OfCall<Type extends string, More = unknown> = { type: Type; call: Call; contact: CallTarget } & More;

/**
 * `contact` is the branch, or the dialog that has come of it. `target` is the Contact of a 200 or of a re-INVITE where the
 * phone has moved since: what comes later in the dialog goes there (RFC 3261 12.2.1.1). `by` marks the
 * BYE or UPDATE of the callee and its answer; without it they are the caller's.
 */
export type CallMessage =
  | OfCall<'INVITE'>
  | OfCall<'INVITE.100'>
  /** Of no RFC: Flexisip tells the caller that a push has been sent. */
  | OfCall<'INVITE.110'>
  | OfCall<'INVITE.180'>
  /** RFC 3261 21.1.4: the callee is not available for now, and the call waits. */
  | OfCall<'INVITE.182'>
  /** RFC 3261 21.1.5: progress, here early media of the server; nobody is alerted. */
  | OfCall<'INVITE.183'>
  | OfCall<'INVITE.200', { target?: Contact }>
  | OfCall<'INVITE.failed', { code: FailureCode }>
  | OfCall<'ACK'>
  | OfCall<'CANCEL', { reason?: EndReason }>
  | OfCall<'CANCEL.200'>
  | OfCall<'BYE', { by?: 'callee' }>
  | OfCall<'BYE.200', { by?: 'callee' }>
  /** RFC 3261 15.1.2: 481, there is no such dialog. */
  | OfCall<'BYE.481', { by?: 'callee' }>
  /** RFC 3311, RFC 4028 7.4: the refresh of a session. */
  | OfCall<'UPDATE', { by?: 'callee' }>
  | OfCall<'UPDATE.200', { by?: 'callee' }>
  | OfCall<'UPDATE.481', { by?: 'callee' }>
  | OfCall<'reINVITE', { target: CallTarget }>
  | OfCall<'reINVITE.200', { target: CallTarget }>
  /** RFC 3261 12.2.2: 481, the dialog has ended meanwhile. */
  | OfCall<'reINVITE.481', { target: CallTarget }>
  | OfCall<'reINVITE.ACK'>;

/** What a message of a call says besides the call and its contact. */
export type CallMessageContent = {
  [M in CallMessage as M['type']]: Omit<M, 'call' | 'contact'>;
}[CallMessage['type']];

/** The message of that call and contact with that content. */
export const ofCall = (content: CallMessageContent, call: Call, contact: CallTarget): CallMessage =>
  ({ ...content, call, contact }) as CallMessage;

/** The device token of an installation; a reinstallation gets the other one. That of another phone says which. */
export type Token = OwnToken | `${OwnToken}${OtherPhone}`;

/** A device token as its own phone calls it. */
export type OwnToken = 'first' | 'second';

/** An alternating bit that lets the app tell the answer to its latest request from a late one. */
export type Turn = 0 | 1;

/**
 * Between app and push server, HTTPS. The product's own protocol is not public: this is inference throughout.
 * `appContact` is told in modes in which the push server must be able to name the app's contact.
 */
export type ControlMessage =
  | { type: 'control.enable'; token: Token; password?: 'changed' }
  | { type: 'control.enabled' }
  | { type: 'control.disable' }
  | { type: 'control.disabled' }
  | { type: 'control.background'; turn: Turn; appContact?: Contact }
  | { type: 'control.takenOver'; turn: Turn }
  | { type: 'control.foreground'; turn: Turn; token: Token; appContact?: Contact }
  | { type: 'control.released'; turn: Turn }
  | { type: 'control.registered'; turn: Turn }
  | { type: 'control.heartbeat'; appContact?: Contact }
  /** Under a lease: the push server has taken it over, as it had not heard the app. */
  | { type: 'control.lapsed' }
  | { type: 'control.fetch'; call: Call }
  | { type: 'control.noCall'; call: Call; reason?: EndReason };

/** Push server, or the SIP server that pushes, to APNs or FCM, and from there to the phone. */
export type PushMessage =
  | { type: 'push'; call: Call; token: Token }
  | { type: 'push.end'; call: Call; token: Token; reason?: EndReason }
  | { type: 'push.failed'; call?: Call; token: Token }
  /** RFC 8599 5.5: no call, but a binding that is about to end. `asCall`: it is of the kind that announces calls. */
  | { type: 'push.refresh'; token: Token; asCall?: true }
  | { type: 'notification.refresh'; token: Token; asCall?: true }
  | { type: 'notification'; call: Call; token: Token }
  | { type: 'notification.end'; call: Call; token: Token; reason?: EndReason };

/** The origin of a call that the user makes: the app's address, the push server, or the connection between the two. */
export type OutgoingPath = Contact | 'connection';

/** Why the call that the user makes fails. The servers of the model say 403 or nothing; real ones say more. */
export type OutgoingFailureCode = FailureCode | 403;

/**
 * The messages of the one call that the user makes. Their types are their own, as the call slots are for calls to the user.
 * A 407 names the request that it challenges (RFC 3261 22.3).
 */
export type OutgoingMessage =
  | { type: 'outgoing.INVITE'; from: OutgoingPath; credentials: boolean }
  | { type: 'outgoing.407'; from: OutgoingPath }
  | { type: 'outgoing.180'; from: OutgoingPath }
  | { type: 'outgoing.200'; from: OutgoingPath }
  | { type: 'outgoing.failed'; from: OutgoingPath; code: OutgoingFailureCode }
  | { type: 'outgoing.ACK'; from: OutgoingPath }
  | { type: 'outgoing.BYE'; from: OutgoingPath }
  | { type: 'outgoing.BYE.200'; from: OutgoingPath }
  /** What a real server says in the call and no machine expects: a request, or an answer with its status. */
  | { type: 'outgoing.unexplained'; from: OutgoingPath; what: string };

/**
 * RFC 5626 3.5.1: the ping of a client over its connection, and the pong with which the other end's transport answers it.
 * `keepAlive.missed` never leaves the host: the user of the transport gives the connection up.
 */
export type KeepAliveMessage = { type: 'keepAlive.ping' } | { type: 'keepAlive.pong' } | { type: 'keepAlive.missed' };

/**
 * What a server tells the firewall of its own host: to drop whatever comes from the address of that contact, and to let it in
 * again. It never leaves the host; who is banned hears nothing.
 */
export type FirewallMessage = { type: 'firewall.ban'; contact: Contact } | { type: 'firewall.lift'; contact: Contact };

/** What the push server tells its own host: at which addresses it listens now. It never leaves the host. */
export type AddressMessage = { type: 'address.taken'; listens: readonly PushServerContact[] };

/** RFC 3261 11: the registrar asks whether a contact is still there. */
export type ProbeMessage = { type: 'OPTIONS'; contact: Contact } | { type: 'OPTIONS.200'; contact: Contact };

export type Message =
  | RegisterRequest
  | RegisterResponse
  | ProbeMessage
  | KeepAliveMessage
  | FirewallMessage
  | AddressMessage
  | CallMessage
  | ControlMessage
  | PushMessage
  | OutgoingMessage;

const addressIn = (message: Message): string | undefined => {
  if (message.type === 'reINVITE.200' || message.type === 'reINVITE.481') return message.target;
  if ('contact' in message) return message.contact;
  return message.type.startsWith('outgoing.') && 'from' in message ? message.from : undefined;
};

/** The network of the phone's address that a message names as its way; undefined where it names none. */
export const networkIn = (message: Message): Network | undefined =>
  (['wifi', 'cellular'] as const).find((network) => addressIn(message)?.endsWith(`@${network}`));
