import type { CallId, Contact, RegisterRequest, Sequence } from './messages.ts';
import { phoneOf } from './phones.ts';
import { type FacedServer, isBehindNat, type ServerProfile } from './serverProfile.ts';

/**
 * What a REGISTER does to other bindings than that of its own contact, on the axes `matchesBindingBy`,
 * `severalContacts` and `sbc` of a server profile.
 */
type Rules = Pick<ServerProfile, 'matchesBindingBy' | 'severalContacts'> & FacedServer;

/** The Call-ID under which each contact is bound, where the registrar looks at it. */
export type BoundCallIds = Readonly<Partial<Record<Contact, CallId>>>;

/** Whether the binding of the request's own contact was made under another Call-ID, and so counts as another one. */
export const isOfAnotherProcess = (
  { matchesBindingBy }: Rules,
  { contact, callId }: RegisterRequest,
  callIds: BoundCallIds = {},
): boolean => matchesBindingBy === 'callId' && callIds[contact] !== undefined && callIds[contact] !== callId;

/** The CSeq under which each contact is bound, where user agents count from 1 again under the same Call-ID. */
export type BoundSequences = Readonly<Partial<Record<Contact, Sequence>>>;

/**
 * RFC 3261 10.3 step 7: whether its CSeq is no higher than that of the binding, which another process has made under the same
 * Call-ID. Equal is not higher (measured, Kamailio 5.6.3: 200 within 20 s, and 400 after that).
 */
export function isOfEarlierCount({ contact, sequence }: RegisterRequest, sequences: BoundSequences = {}): boolean {
  const bound = sequences[contact];
  if (bound === undefined || sequence === undefined) return false;
  return sequence.number < bound.number || (sequence.number === bound.number && sequence.process !== bound.process);
}

const isOfAnotherPhone = (one: Contact, other: Contact): boolean =>
  phoneOf(one) !== null && phoneOf(other) !== null && phoneOf(one) !== phoneOf(other);

/**
 * Whether the request is about that binding. RFC 5626 6: with an instance-id it is about the binding of that instance;
 * in a world where app and push server share theirs, every binding of their phone is (RFC 5626 4.1: no two devices have one
 * instance-id). FreeSWITCH by default: of that user.
 */
const isAbout = ({ matchesBindingBy }: Rules, { contact, instance }: RegisterRequest, bound: Contact): boolean =>
  bound === contact ||
  matchesBindingBy === 'user' ||
  (matchesBindingBy === 'instance' && instance === 'shared' && !isOfAnotherPhone(contact, bound));

/**
 * Whether the request lists the contact of that binding with expires=0, besides its own (RFC 3261 10.2.2). The registrar
 * behind an SBC that rewrites Contacts knows no binding of that name.
 */
const alsoRemoves = (rules: Rules, { swap }: RegisterRequest, bound: Contact): boolean =>
  !(rules.sbc?.rewritesContacts && isBehindNat(rules, bound)) && (swap?.removes.includes(bound) ?? false);

/** The bindings of other contacts that go when the request is granted. */
export const displaced = (rules: Rules, request: RegisterRequest, bindings: readonly Contact[]): readonly Contact[] =>
  bindings.filter(
    (one) => one !== request.contact && (isAbout(rules, request, one) || alsoRemoves(rules, request, one)),
  );

/** The bindings that count against the capacity when the request asks for its own. */
export const counted = (
  rules: Rules,
  request: RegisterRequest,
  bindings: readonly Contact[],
  callIds?: BoundCallIds,
): readonly Contact[] =>
  bindings.filter(
    (one) =>
      (one === request.contact && isOfAnotherProcess(rules, request, callIds)) ||
      (!isAbout(rules, request, one) && (rules.severalContacts === 'sequential' || !alsoRemoves(rules, request, one))),
  );

/** Whether the request's removals are carried out first, and stay so even if its own binding is then refused. */
export const removesFirst = ({ severalContacts }: Rules, { swap }: RegisterRequest): boolean =>
  severalContacts === 'sequential' && swap?.order === 'oldFirst';

/** The bindings from which one is evicted if the request does not fit: those counted that are still there. */
export const evictable = (rules: Rules, request: RegisterRequest, bindings: readonly Contact[]): readonly Contact[] =>
  counted(rules, request, bindings).filter(
    (one) => !(removesFirst(rules, request) && alsoRemoves(rules, request, one)),
  );
