import { and } from 'xstate';
import { type Args, actionsOf } from './actionsOf.ts';
import {
  type AdmissionContext,
  admissionActions,
  admissionGuards,
  admissionTransitions,
  countsAnswers,
} from './admission.ts';
import { type BorderContext, borderActions, borderGuards } from './borderController.ts';
import {
  type LivenessContext,
  livenessActions,
  livenessGuards,
  livenessTransitions,
  lostContact,
} from './contactLiveness.ts';
import {
  type BoundCallIds,
  type BoundSequences,
  counted,
  displaced,
  evictable,
  isOfAnotherProcess,
  isOfEarlierCount,
  removesFirst,
} from './displacement.ts';
import { expecting, type MachineEvent } from './events.ts';
import {
  type Contact,
  everySide,
  type Owner,
  ownerOf,
  type RegisterResponse,
  type RegisterTransaction,
  registrantOf,
  type Side,
  senderOf,
} from './messages.ts';
import { type BindingChange, observing, sending } from './observations.ts';
import { amongPhones } from './phones.ts';
import { announced, pushServiceGuards } from './pushToken.ts';
import { isCopyOfGranted, isOldCopy, type ServedBySender, type ServedRegisters, serving } from './servedRegisters.ts';
import { grantedExpiresMs, type ServerProfile } from './serverProfile.ts';

/** What the registrar remembers of the one user of this world. */
export interface RegistrarContext extends BorderContext, LivenessContext, AdmissionContext {
  /** The bound contacts, the one registered longest ago first. */
  readonly bindings: readonly Contact[];
  /** Whose nonce is no longer valid: the next credentials from them are answered 401 with stale=true. */
  readonly staleNonces: readonly Side[];
  /** What the server transactions have served; nothing as long as no request says which transaction it is. */
  readonly served: ServedBySender;
  /** Whether the user's password has been changed. */
  readonly passwordChanged?: true;
  /** Under which Call-ID each contact was bound last; absent where the registrar does not look. */
  readonly callIds?: BoundCallIds;
  /** With which CSeq each contact was bound last; absent where nobody counts from 1 again under the same Call-ID. */
  readonly sequences?: BoundSequences;
}

/** Lifetimes in milliseconds that the two sides ask for. */
export type AskedExpiresMs = Readonly<Record<Owner, number>>;

const storing = [
  'bind',
  'noteSender',
  'startExpiry',
  'noteAnswered',
  'startProbing',
  'showBindings',
  'storeToken',
  'watchForRefresh',
  'noteAwake',
  'confirm',
  'cache',
  'announceStored',
] as const;

/**
 * REGISTER as RFC 3261 10.3 has it, in its order: authenticate, check the sequence, then remove, refresh or add,
 * each request as a whole. Where servers differ, `profile` says how this one does.
 */
export const registrarTransitions = {
  REGISTER: [
    // RFC 3261 17.2.2: the server transaction answers the copies of a request, and its user never sees them.
    { guard: 'isCopyOfGranted', actions: 'repeatConfirmation' },
    { guard: 'isOldCopy' },
    // Oracle ESBC, registration caching: the registrar hears nothing of what the SBC answers.
    { guard: 'isCached', actions: 'answerFromCache' },
    // RFC 3261 21.5.4: too many, before anything else is looked at.
    { guard: 'isOverLimit', actions: 'refuseForLoad' },
    // RFC 3261 10.3 step 4: not authorised to register from there.
    { guard: 'isForeign', actions: 'refuseForeign' },
    // 10.3 step 7, of a binding that is there: with one that is gone its CSeq is forgotten, so an outdated REGISTER binds
    // again (measured, Kamailio 5.6.3). The 400 or 500 would match no transaction at the sender, so none is sent.
    { guard: and(['isStale', 'checksSequence', 'isBound']) },
    { guard: 'needsChallenge', actions: ['challenge', 'acceptNextNonce'] },
    // RFC 3261 22.2, 22.4: wrong credentials are answered like none.
    { guard: 'hasOldPassword', actions: 'rejectCredentials' },
    // RFC 3261 10.3 step 7, of a process that has begun again; Kamailio and OpenSIPS say 400 (measured, Kamailio 5.6.3).
    { guard: and(['isOfEarlierCount', 'checksSequence', 'isBound']), actions: 'refuseOutdated' },
    {
      guard: and(['removes', 'removesAllOfUser']),
      actions: ['cancelAllExpiries', 'unbindAll', 'showBindings', 'removeToken', 'confirm', 'uncache'],
    },
    // FreeSWITCH multiple-registrations=call-id: the rows of another Call-ID are not this user agent's to remove.
    { guard: and(['removes', 'isOfAnotherProcess']), actions: 'confirm' },
    // RFC 5626 6: with an instance-id it is the instance's binding that goes, whoever made it.
    {
      guard: 'removes',
      actions: ['displace', 'cancelExpiry', 'unbind', 'showBindings', 'removeToken', 'confirm', 'uncache'],
    },
    // RFC 8599 5.6.1.1, 8.1: no proxy behind it supports the push service either.
    { guard: 'lacksPushService', actions: 'refuseProvider' },
    // 10.3 step 7: 423 where the registrar does not simply grant more than was asked for.
    { guard: 'isTooBrief', actions: 'demandMinimum' },
    // 10.3 step 7 for each Contact, the others that the request names with expires=0 included.
    { guard: 'fits', actions: ['displace', ...storing] },
    // Against 10.3 (all or nothing), as OpenSIPS does it: what has been removed stays removed.
    { guard: and(['refusesWhenFull', 'removesFirst']), actions: ['displace', 'showBindings', 'refuse'] },
    { guard: 'refusesWhenFull', actions: 'refuse' },
    { actions: ['evict', 'displace', ...storing] },
  ],
  'binding.expired': { actions: ['unbind', 'showBindings'] },
  ...livenessTransitions,
  ...admissionTransitions,
  'nonce.expire': { actions: 'invalidateNonces' },
  'password.change': { actions: 'changePassword' },
} as const;

const contactIn = (event: MachineEvent): Contact => {
  if (event.type === 'REGISTER' || event.type === 'binding.expired') return event.contact;
  const lost = lostContact(event);
  if (lost !== null) return lost;
  throw new Error(`the registrar's actions expect a REGISTER or the end of a binding, but the event is ${event.type}`);
};

const transactionIn = (event: MachineEvent): RegisterTransaction => {
  const { contact, expires, authorization } = expecting(event, 'REGISTER');
  return { contact, expires, authorization };
};

function changeBy(event: MachineEvent, bindings: readonly Contact[]): BindingChange {
  if (event.type === 'REGISTER') {
    return { how: bindings.includes(event.contact) ? 'registered' : 'removed', by: registrantOf(event.contact) };
  }
  if (event.type === 'binding.expired') return { how: 'expired' };
  return { how: lostContact(event) === null ? 'forgotten' : 'unreachable' };
}

const expiryOf = (contact: Contact) => `expiry of ${contact}`;
type Lifetime = `${Owner}BindingLifetime`;
const lifetimeOf = (contact: Contact): Lifetime => `${senderOf(contact)}BindingLifetime`;

/** A phone on a desk asks for an hour, as snom, Yealink and Polycom do by default (assumed). */
export const otherDeviceAsksMs = 3_600_000;

/** The bindings to evict, by the rule of the profile. */
function evictedFrom(profile: ServerProfile, asked: AskedExpiresMs, bindings: readonly Contact[]): readonly Contact[] {
  if (profile.whenFull.do === 'overwrite') return bindings;
  if (profile.whenFull.do === 'evictOldest') return bindings.slice(0, 1);
  const askedBy = (owner: ReturnType<typeof ownerOf>) => (owner === 'otherDevice' ? otherDeviceAsksMs : asked[owner]);
  const lifetime = (contact: Contact) => grantedExpiresMs(profile, askedBy(ownerOf(contact)));
  return [...bindings].sort((one, other) => lifetime(one) - lifetime(other)).slice(0, 1);
}

/** The 200 of a copy tells the sender what the first one did, though another may have taken its place since. */
const contactsAsAnswered = ({ bindings }: RegistrarContext, event: MachineEvent): readonly Contact[] => {
  const { contact, expires } = transactionIn(event);
  const others = bindings.filter((one) => one !== contact);
  return expires === 'zero' ? others : [...others, contact];
};

const servedOf = ({ context, event }: GuardArgs) => context.served[registrantOf(contactIn(event))];

/** Senders in one order, whoever was served first: equal memories are to be the same to the byte. */
const inOrder = (served: { readonly [Sender in Side]?: ServedRegisters | undefined }): ServedBySender =>
  Object.fromEntries(everySide.flatMap((side) => (served[side] ? [[side, served[side]]] : [])));

/** What the server transactions have served once this answer is given. */
function withServed(
  context: RegistrarContext,
  event: MachineEvent,
  { type }: RegisterResponse,
): Partial<RegistrarContext> {
  const request = expecting(event, 'REGISTER');
  const sender = registrantOf(request.contact);
  const before = context.served[sender];
  const now = serving(before, request, type === 'REGISTER.200');
  return now === before ? {} : { served: inOrder({ ...context.served, [sender]: now }) };
}

type GuardArgs = Args<RegistrarContext>;

/** The guards of a registrar with that profile. */
export function registrarGuards(profile: ServerProfile, asked: AskedExpiresMs) {
  return {
    ...borderGuards(profile),
    ...livenessGuards(profile),
    ...admissionGuards(profile),
    ...pushServiceGuards(profile),
    isForeign: ({ event }: GuardArgs) => profile.admits === 'appOnly' && senderOf(contactIn(event)) === 'pushServer',
    isCopyOfGranted: (args: GuardArgs) => isCopyOfGranted(servedOf(args), expecting(args.event, 'REGISTER')),
    isOldCopy: (args: GuardArgs) => isOldCopy(servedOf(args), expecting(args.event, 'REGISTER')),
    isBound: ({ context, event }: GuardArgs) => context.bindings.includes(contactIn(event)),
    isOfEarlierCount: ({ context, event }: GuardArgs) =>
      isOfEarlierCount(expecting(event, 'REGISTER'), context.sequences),
    isStale: ({ event }: GuardArgs) => expecting(event, 'REGISTER').stale,
    // Kamailio compares no CSeq where the binding was found by its instance-id.
    checksSequence: ({ event }: GuardArgs) =>
      profile.checksSequence && (profile.matchesBindingBy !== 'instance' || !expecting(event, 'REGISTER').instance),
    needsChallenge: ({ context, event }: GuardArgs) =>
      profile.digest &&
      (!transactionIn(event).authorization || context.staleNonces.includes(registrantOf(contactIn(event)))),
    hasOldPassword: ({ context, event }: GuardArgs) =>
      profile.digest && context.passwordChanged === true && expecting(event, 'REGISTER').password === undefined,
    removes: ({ event }: GuardArgs) => transactionIn(event).expires === 'zero',
    removesAllOfUser: () => profile.removalScope === 'allOfUser',
    isTooBrief: ({ event }: GuardArgs) =>
      profile.minimumExpires.answer === 'intervalTooBrief' &&
      transactionIn(event).expires === 'asked' &&
      asked[senderOf(contactIn(event))] < profile.minimumExpires.ms,
    fits: ({ context, event }: GuardArgs) =>
      profile.capacity === null ||
      counted(profile, expecting(event, 'REGISTER'), context.bindings, context.callIds).length < profile.capacity,
    isOfAnotherProcess: ({ context, event }: GuardArgs) =>
      isOfAnotherProcess(profile, expecting(event, 'REGISTER'), context.callIds),
    removesFirst: ({ event }: GuardArgs) => removesFirst(profile, expecting(event, 'REGISTER')),
    refusesWhenFull: () => profile.whenFull.do === 'refuse',
  };
}

/**
 * The actions of a registrar with that profile, for the `setup` of the machine that contains it, how many phones it serves, and
 * whether it tells another one of its bindings.
 */
export function registrarActions<Context extends RegistrarContext>(
  profile: ServerProfile,
  asked: AskedExpiresMs,
  phones: number,
  replicates = false,
) {
  const { assign, enqueueActions } = actionsOf<RegistrarContext, Context>();
  const rebind = (change: (bindings: readonly Contact[], event: MachineEvent) => readonly Contact[]) =>
    assign(({ context, event }) => ({ bindings: change(context.bindings, event) }));
  const dropping = (which: (context: Context, event: MachineEvent) => readonly Contact[]) =>
    enqueueActions(({ context, event, enqueue }) => {
      const dropped = which(context, event);
      for (const contact of dropped) enqueue.cancel(expiryOf(contact));
      enqueue(rebind((bindings) => bindings.filter((one) => !dropped.includes(one))));
    });
  const staleNonces = (change: (owners: readonly Side[], event: MachineEvent) => readonly Side[]) =>
    assign(({ context, event }) => ({ staleNonces: change(context.staleNonces, event) }));
  const answer = (reply: (context: Context, event: MachineEvent) => { type: RegisterResponse['type'] }) =>
    enqueueActions(({ context, event, enqueue }) => {
      const answered = { ...transactionIn(event), ...reply(context, event) } as RegisterResponse;
      enqueue.emit(sending(registrantOf(contactIn(event)), answered));
      enqueue(assign(() => withServed(context, event, answered)));
      if (countsAnswers(profile))
        enqueue.raise({ type: 'register.answered', contact: answered.contact, answer: answered });
    });
  return {
    challenge: answer((context, event) => ({
      type: 'REGISTER.401',
      stale:
        profile.saysStale !== false &&
        transactionIn(event).authorization &&
        context.staleNonces.includes(registrantOf(contactIn(event))),
    })),
    rejectCredentials: answer(() => ({ type: 'REGISTER.401', stale: false })),
    changePassword: assign(() => ({ passwordChanged: true as const })),
    forgetServed: assign(() => ({ served: {} })),
    confirm: answer((context, event) => ({
      type: 'REGISTER.200',
      contacts: context.bindings,
      ...announced(profile, event),
    })),
    repeatConfirmation: answer((context, event) => ({
      type: 'REGISTER.200',
      contacts: contactsAsAnswered(context, event),
      ...announced(profile, event),
    })),
    demandMinimum: answer(() => ({ type: 'REGISTER.423' })),
    refuse: answer(() => ({
      type: 'REGISTER.refused',
      ...(profile.whenFull.do === 'refuse' && { code: profile.whenFull.code, retryAfter: profile.whenFull.retryAfter }),
    })),
    ...borderActions<Context>(profile),
    ...livenessActions<Context>(profile),
    ...admissionActions<Context>(profile),
    answerFromCache: answer((_, event) => ({ type: 'REGISTER.200', contacts: [contactIn(event)] })),
    refuseProvider: answer(() => ({ type: 'REGISTER.refused', code: 555, retryAfter: false })),
    refuseOutdated: answer(() => ({ type: 'REGISTER.refused', code: 500, retryAfter: false })),
    refuseForeign: answer(() => ({ type: 'REGISTER.refused', code: 403, retryAfter: false })),
    acceptNextNonce: staleNonces((owners, event) => owners.filter((owner) => owner !== registrantOf(contactIn(event)))),
    invalidateNonces: staleNonces(() => amongPhones(everySide, phones)),
    bind: rebind((bindings, event) => [...bindings.filter((one) => one !== contactIn(event)), contactIn(event)]),
    noteSender: assign(({ context, event }) => {
      const { contact, callId, sequence } = expecting(event, 'REGISTER');
      return {
        ...(callId !== undefined && { callIds: { ...context.callIds, [contact]: callId } }),
        ...(sequence && { sequences: { ...context.sequences, [contact]: sequence } }),
      };
    }),
    unbind: rebind((bindings, event) => bindings.filter((one) => one !== contactIn(event))),
    unbindAll: rebind(() => []),
    displace: dropping((context, event) => displaced(profile, expecting(event, 'REGISTER'), context.bindings)),
    evict: dropping((context, event) =>
      evictedFrom(profile, asked, evictable(profile, expecting(event, 'REGISTER'), context.bindings)),
    ),
    startExpiry: enqueueActions<Lifetime>(({ event, enqueue }) => {
      const contact = contactIn(event);
      enqueue.cancel(expiryOf(contact));
      enqueue.raise({ type: 'binding.expired', contact }, { id: expiryOf(contact), delay: lifetimeOf(contact) });
    }),
    cancelExpiry: enqueueActions(({ event, enqueue }) => enqueue.cancel(expiryOf(contactIn(event)))),
    cancelAllExpiries: enqueueActions(({ context, enqueue }) => {
      for (const contact of context.bindings) enqueue.cancel(expiryOf(contact));
    }),
    announceStored: enqueueActions(({ event, enqueue }) =>
      enqueue.raise({ type: 'binding.stored', contact: contactIn(event) }),
    ),
    showBindings: enqueueActions(({ context: { bindings }, event, enqueue }) => {
      enqueue.emit(observing({ type: 'bindings', contacts: bindings, change: changeBy(event, bindings) }));
      if (replicates) enqueue.raise({ type: 'bindings.changed' });
    }),
  };
}
