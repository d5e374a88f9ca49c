import { type Args, actionsOf } from './actionsOf.ts';
import type { ClientHabits } from './clientHabits.ts';
import { answeringProbe } from './contactLiveness.ts';
import type { MachineEvent } from './events.ts';
import { type KeepAliveConfiguration, keepAliveActions, keepAliveGuards } from './keepAlive.ts';
import {
  type CallId,
  type Contact,
  contactAt,
  contacts,
  type Owner,
  type RegisterTransaction,
  type Sequence,
  type Token,
  type TransactionNumber,
} from './messages.ts';
import { observing, sending } from './observations.ts';
import {
  type PushedConfiguration,
  type PushedRegistration,
  pushParameters,
  pushProviderActions,
  pushProviderGuards,
  saysUnsupported,
} from './pushProvider.ts';
import type { RegistrationMode } from './registrationModes.ts';
import { nextNumber } from './servedRegisters.ts';

/** What a user agent knows of its registration (RFC 3261 10.2). */
export interface Registration extends PushedRegistration {
  /** What the owner wants once the pending transaction has ended. */
  readonly wanted: 'registered' | 'removed' | 'abandoned';
  /** The contact that the present binding or transaction names. */
  readonly contact: Contact;
  /** Whether a nonce is remembered, so that the next REGISTER need not be challenged (RFC 3261 22.2). */
  readonly nonce: boolean;
  /** Whether a 423 demanded a longer interval (RFC 3261 10.2.8). */
  readonly minimum: boolean;
  /** The number of the transaction under way, or of the last one; absent where the registrar does not look at it. */
  readonly transaction?: TransactionNumber;
  /** The CSeq of the latest transaction, of a user agent that counts from 1 after a restart; absent of others. */
  readonly sequence?: Sequence;
  /** Transactions in a row that have had no answer, the one under way included; capped where no number is said any more. */
  readonly unanswered: 0 | 1 | 2 | 3;
  /** Failures in a row, capped where the back-off does not grow any further. */
  readonly failures: 0 | 1 | 2 | 3 | 4 | 5 | 6;
  /** Said once it has moved to the second server of the domain; absent at the first. */
  readonly server?: 'second';
  /** Whether the server has forbidden it, and nothing has changed since; only where that is the end of it. */
  readonly forbidden?: true;
}

export interface RegistrationContext {
  readonly registration: Registration;
  /**
   * In modes that swap: the contacts, other than the present own one, that this side knows and that may be bound.
   * To name one that is not does no harm: Kamailio, OpenSIPS and Asterisk answer 200 and remove nothing.
   */
  readonly rivals?: readonly Contact[];
  /** The Call-ID of this process; absent where the registrar ignores it. */
  readonly callId?: CallId;
  /** Said once the user has logged in with a new password. */
  readonly password?: 'changed';
  /** The app's device token. */
  readonly token?: Token;
}

/** What app and push server are configured with alike, as user agents that register. */
export interface UserAgentConfiguration extends KeepAliveConfiguration, ClientHabits {
  readonly mode: RegistrationMode;
  /** Whether the transport to the SIP server is reliable. */
  readonly reliable: boolean;
  readonly readsContacts: ContactReading;
  readonly afterForbidden: AfterForbidden;
  /** Whether the registrar looks at Call-IDs, so that those of one process and the next are told apart. */
  readonly namesCallId: boolean;
  /** Whether the registrar knows the copies of a REGISTER, so that those of one transaction and the next are told apart. */
  readonly namesTransaction: boolean;
  /** Whether the user makes a call. */
  readonly outgoing: boolean;
}

/** The rivals with one more, in the order of `contacts`. */
export const withRival = (rivals: readonly Contact[] | undefined, rival: Contact): readonly Contact[] =>
  contacts.filter((one) => one === rival || rivals?.includes(one));

/** What a new login tells: other credentials, where the password has changed. */
export const passwordOf = (event: MachineEvent): Pick<RegistrationContext, 'password'> =>
  'password' in event && event.password !== undefined ? { password: event.password } : {};

/** The Call-ID of the next process: the other one of the two. */
export const nextCallId = ({ callId }: RegistrationContext): Pick<RegistrationContext, 'callId'> =>
  callId === undefined ? {} : { callId: callId === 0 ? 1 : 0 };

type LastTransaction = Pick<Registration, 'transaction' | 'sequence' | 'unanswered'>;

/** Before the first transaction of all. */
export const noTransaction = ({ namesTransaction, keepsCallId }: UserAgentConfiguration): LastTransaction => ({
  unanswered: 0,
  ...(namesTransaction && { transaction: 0 }),
  ...(keepsCallId && { sequence: { process: 0, number: 0 } }),
});

/** More than the attempts of the back-off within a lifetime of an hour; what has counted further is taken for so far. */
const mostCounted = 8;

const nextInSequence = ({ process, number }: Sequence): Sequence => ({
  process,
  number: Math.min(number + 1, mostCounted),
});

/**
 * A registration about which nothing is known yet, as after the start of a process. The numbers go on after the last one
 * of the process before: no two transactions have the same branch, whoever began them.
 */
export const freshRegistration = (
  contact: Contact,
  { transaction, sequence, unanswered }: LastTransaction,
): Registration => ({
  wanted: 'abandoned',
  contact,
  nonce: false,
  minimum: false,
  unanswered,
  failures: 0,
  ...(transaction !== undefined && { transaction }),
  ...(sequence && { sequence: { process: sequence.process === 0 ? 1 : 0, number: 0 } }),
});

const currentRequest = ({ contact, minimum, nonce }: Registration, removing: boolean): RegisterTransaction => ({
  contact,
  expires: removing ? 'zero' : minimum ? 'minimum' : 'asked',
  authorization: nonce,
});

/** What a mode adds to every REGISTER, and what to the one that takes over from others. */
const additions = ({ sharesInstance }: RegistrationMode) => (sharesInstance ? ({ instance: 'shared' } as const) : {});
const takeover = ({ swap }: RegistrationMode, { rivals = [] }: RegistrationContext) =>
  swap === null || rivals.length === 0 ? {} : { swap: { removes: rivals, order: swap } };

const mostUnanswered = 3;

const nextTransaction = ({ transaction, sequence, unanswered }: Registration): LastTransaction => ({
  ...(sequence && { sequence: nextInSequence(sequence) }),
  ...(transaction === undefined
    ? { unanswered }
    : {
        transaction: nextNumber(transaction),
        unanswered: Math.min(unanswered + 1, mostUnanswered) as Registration['unanswered'],
      }),
});

/** After two transactions without an answer the registrar could take the third for a copy of what it served before them. */
const numberIn = ({ transaction, unanswered }: Registration) =>
  transaction === undefined || unanswered === mostUnanswered ? {} : { transaction };

/** The actions of the region, for the `setup` of the machine that contains it. `ownContact` is where it can be reached. */
export function registrationActions<Context extends RegistrationContext>(
  owner: Owner,
  mode: RegistrationMode,
  ownContact: (context: Context) => Contact,
  configuration: KeepAliveConfiguration & ClientHabits & PushedConfiguration,
) {
  const { assign, emit, raise, enqueueActions } = actionsOf<RegistrationContext, Context>();
  const update = (change: (registration: Registration, context: Context) => Registration) =>
    assign(({ context }) => ({ registration: change(context.registration, context) }));
  const send = (purpose: 'takeOver' | 'refresh' | 'remove') =>
    emit(({ context }) =>
      sending('sipServer', {
        type: 'REGISTER',
        ...currentRequest(context.registration, purpose === 'remove'),
        ...additions(mode),
        ...(purpose === 'takeOver' && takeover(mode, context)),
        ...(context.callId !== undefined && { callId: context.callId }),
        ...(context.password !== undefined && { password: context.password }),
        ...(context.registration.sequence && { sequence: context.registration.sequence }),
        ...(context.registration.server && { server: context.registration.server }),
        ...(purpose !== 'remove' && pushParameters(mode, context, configuration)),
        ...numberIn(context.registration),
        stale: false,
      }),
    );
  const believe = (bound: boolean) =>
    emit(({ context }) => observing({ type: 'believes', owner, contact: bound ? context.registration.contact : null }));
  return {
    wantRegistered: update((registration) => ({ ...registration, wanted: 'registered' })),
    wantRemoved: update((registration) => ({ ...registration, wanted: 'removed' })),
    wantAbandoned: update((registration) => ({ ...registration, wanted: 'abandoned' })),
    nameOwnContact: update((registration, context) => ({ ...registration, contact: ownContact(context) })),
    beginTransaction: update((registration) => ({ ...registration, ...nextTransaction(registration) })),
    noteAnswer: update((registration) => ({ ...registration, unanswered: 0 })),
    rememberNonce: update((registration) => ({ ...registration, nonce: true })),
    askForMinimum: update((registration) => ({ ...registration, minimum: true })),
    countFailure: update((registration) => ({
      ...registration,
      failures: Math.min(registration.failures + 1, 6) as Registration['failures'],
    })),
    ...(configuration.triesNextServer && {
      takeNextServer: update((registration) => ({ ...registration, server: 'second' })),
    }),
    noteForbidden: update((registration) => ({ ...registration, forbidden: true })),
    forgetFailures: update((registration) => ({ ...registration, failures: 0 })),
    sendRegister: send('takeOver'),
    // Inference: a late refresh of the former owner must not remove the binding of the new one, so it names nobody.
    sendRefresh: send('refresh'),
    sendUnregister: send('remove'),
    answerProbe: answeringProbe<Context>(),
    ...keepAliveActions<Context>(configuration),
    ...pushProviderActions<Context>(mode, configuration),
    ...(configuration.readsExpires === 'largest' && {
      awaitRefresh: enqueueActions<'refreshInterval' | 'refreshByLargest'>(({ context, event, enqueue }) => {
        const own = context.registration.contact;
        const hasOthers = event.type === 'REGISTER.200' && event.contacts.some((one) => one !== own);
        const delay = hasOthers ? 'refreshByLargest' : 'refreshInterval';
        enqueue.raise({ type: 'registration.refresh' }, { id: 'refresh', delay });
      }),
      forgetRefresh: enqueueActions(({ enqueue }) => enqueue.cancel('refresh')),
    }),
    believeBound: believe(true),
    believeUnbound: believe(false),
    announceBound: raise({ type: 'registration.bound' }),
    announceUnbound: raise({ type: 'registration.unbound' }),
    // What the rest of the machine tells the region; not every machine has the other wishes.
    claimBinding: raise({ type: 'registration.register' }),
    removeBinding: raise({ type: 'registration.remove' }),
  };
}

/** A further wish of the machine that contains the region, for its `setup`. */
export const wishing = <Context extends RegistrationContext>(wish: 'abandon' | 'refresh') =>
  actionsOf<RegistrationContext, Context>().raise({ type: `registration.${wish}` });

type GuardArgs = Args<RegistrationContext>;

const isAbout = (message: RegisterTransaction, { context }: GuardArgs, removing: boolean): boolean => {
  const request = currentRequest(context.registration, removing);
  return (
    message.contact === request.contact &&
    message.expires === request.expires &&
    message.authorization === request.authorization
  );
};

const answers = (args: GuardArgs, removing: boolean): boolean =>
  'authorization' in args.event && isAbout(args.event, args, removing);

const wasNotDelivered = (args: GuardArgs, removing: boolean): boolean =>
  args.event.type === 'transport.failed' &&
  args.event.message.type === 'REGISTER' &&
  isAbout(args.event.message, args, removing);

/**
 * Which Contact of a 200 a user agent takes for its own: the one that names it (RFC 3261 10.2.4), or simply the first, as
 * some user agents do (flexisip issue 186).
 */
export type ContactReading = 'own' | 'first';

const readsItself = (reading: ContactReading, { context, event }: GuardArgs): boolean => {
  if (event.type !== 'REGISTER.200') return false;
  const { contact } = context.registration;
  return reading === 'own' ? event.contacts.includes(contact) : event.contacts[0] === contact;
};

/**
 * What a user agent does when the server forbids its REGISTER (403), or does not accept its credentials. `givesUp`: it
 * sends no more until credentials, network or process are others (RFC 3261 21.4.4, 22.2: it SHOULD NOT be repeated).
 * `backsOff`: it tries again as after any failure, as baresip does; Asterisk and FreeSWITCH also say 403 when they are full.
 */
export type AfterForbidden = 'givesUp' | 'backsOff';

/** What a registration knows no more once something has changed about the request that was forbidden. */
export const allowedAgain = ({ forbidden: _, ...registration }: Registration): Registration => registration;

/** RFC 3261 22.2: the answer to credentials for a nonce that is not stale says that they are wrong. */
const isRejection = ({ event }: GuardArgs): boolean =>
  event.type === 'REGISTER.401' && event.authorization && !event.stale;

/** A server that is full says 401 or 407 to right credentials as well: who was asked cannot tell it from wrong ones. */
const forbidding: ReadonlySet<number> = new Set([401, 403, 407]);

const isRefusal = ({ event }: GuardArgs): boolean => event.type === 'REGISTER.refused' && forbidding.has(event.code);

const saysRetryAfter = ({ event }: GuardArgs): boolean => event.type === 'REGISTER.refused' && event.retryAfter;

type RegistrationConfiguration = Pick<UserAgentConfiguration, 'mode' | 'readsContacts' | 'afterForbidden'> &
  KeepAliveConfiguration &
  PushedConfiguration &
  ClientHabits;

/** The guards of the region. */
export const registrationGuards = ({ mode, readsContacts, afterForbidden, ...habits }: RegistrationConfiguration) => ({
  ...keepAliveGuards(habits),
  ...pushProviderGuards<RegistrationContext>(mode, habits, (args) => answers(args, false)),
  answersRegister: (args: GuardArgs) => answers(args, false),
  answersUnregister: (args: GuardArgs) => answers(args, true),
  registerFailedToSend: (args: GuardArgs) => wasNotDelivered(args, false),
  unregisterFailedToSend: (args: GuardArgs) => wasNotDelivered(args, true),
  /** Whether it was the connection over which this contact is registered. */
  hasLostItsFlow: ({ context: { registration }, event }: GuardArgs) =>
    event.type === 'connection.closed' &&
    event.from === 'sipServer' &&
    (event.network === undefined || contactAt(event.network) === registration.contact),
  /** RFC 3261 10.2.4: the 200 lists every binding of the user; only the own one counts. */
  confirmsOwnContact: (args: GuardArgs) => answers(args, false) && readsItself(readsContacts, args),
  wantsRegistered: ({ context }: GuardArgs) => context.registration.wanted === 'registered',
  wantsRemoved: ({ context }: GuardArgs) => context.registration.wanted === 'removed',
  wantsAbandoned: ({ context }: GuardArgs) => context.registration.wanted === 'abandoned',
  asksToRetryLater: (args: GuardArgs) =>
    habits.afterRetryLater === undefined && answers(args, false) && saysRetryAfter(args),
  asksForMinimum: (args: GuardArgs) => habits.afterTooBrief === undefined && answers(args, false),
  ...(habits.triesNextServer && {
    hasNextServer: ({ context }: GuardArgs) => context.registration.server === undefined,
    saysUnavailable: (args: GuardArgs) =>
      answers(args, false) && args.event.type === 'REGISTER.refused' && args.event.code === 503,
  }),
  givesUpInSilence: () => habits.afterSilence === 'givesUp',
  /** A client that reads another lifetime than its own has another timer. */
  refreshesInTime: () => habits.readsExpires !== 'largest',
  rejectsCredentials: isRejection,
  forbidsForGood: (args: GuardArgs) =>
    answers(args, false) &&
    ((afterForbidden === 'givesUp' && (isRejection(args) || isRefusal(args))) ||
      (habits.afterTooBrief === 'givesUp' && args.event.type === 'REGISTER.423') ||
      (habits.afterUnsupported === 'givesUp' && saysUnsupported(args.event)) ||
      (habits.afterRetryLater === 'givesUp' && saysRetryAfter(args))),
  isForbidden: ({ context }: GuardArgs) => context.registration.forbidden === true,
  hasFailed: ({ context }: GuardArgs, { times }: { times: number }) => context.registration.failures === times,
});
