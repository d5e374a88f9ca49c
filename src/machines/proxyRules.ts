import { type Args, actionsOf } from './actionsOf.ts';
import { alertTimer, isCutOff } from './borderController.ts';
import { failedToSend, type ThisCall } from './callSlot.ts';
import { reachable } from './contactLiveness.ts';
import { expecting, type MachineEvent } from './events.ts';
import {
  type Call,
  type CallMessage,
  type Contact,
  type EndReason,
  everyContact,
  type FailureCode,
  ofCall,
  type PartyName,
  partyAt,
  senderOf,
} from './messages.ts';
import { observing, sending } from './observations.ts';
import { isNewTarget, type ParkingContext, type Parkings, waits } from './parkedCall.ts';
import type { RegistrarContext } from './registrar.ts';
import type { ReplicationContext } from './replication.ts';
import type { SecondServerContext } from './secondServer.ts';
import type { ServerProfile } from './serverProfile.ts';

/**
 * How far a branch of a forked INVITE has come: no answer yet; no answer yet although the call is over for it, so that
 * it must be cancelled as soon as it answers (RFC 3261 9.1); a provisional answer; a CANCEL on its way; that CANCEL
 * confirmed while the 487 is still awaited. `outrun` and `dismissing` are `unwanted` and `cancelling` where another
 * branch has answered and the CANCEL says so (RFC 3326 2).
 */
export type Branch = 'trying' | 'unwanted' | 'outrun' | 'proceeding' | 'cancelling' | 'dismissing' | 'cancelled';

/** What the proxy remembers of a call (the response context of RFC 3261 16.7). */
export interface ProxiedCall {
  readonly branches: Readonly<Partial<Record<Contact, Branch>>>;
  /** The best failure so far, passed on when no branch is left. */
  readonly best: FailureCode | null;
  /** The contacts that have refused the call, and are not invited once more; absent where none has, or the server forgets them. */
  readonly refused?: readonly Contact[];
  /** The dialogs that have ended, by the address of their requests; absent where none has. */
  readonly ended?: readonly Contact[];
  /** For which phones the INVITE waits to be woken, or has; absent where none was pushed. */
  readonly parking?: Parkings;
}

export interface ProxyContext extends RegistrarContext, ParkingContext, ReplicationContext, SecondServerContext {
  readonly calls: Readonly<Record<Call, ProxiedCall>>;
}

export const noProxiedCall: ProxiedCall = { branches: {}, best: null };

/** Which hops of a call are reliable: those to the caller and other phones, to the app and to the push server. */
export interface Hops {
  readonly caller: boolean;
  readonly app: boolean;
  readonly pushServer: boolean;
}

type GuardArgs = Args<ProxyContext>;

/**
 * Flexisip, Fork::shouldDispatch: a device that has answered gets no other INVITE, after 408 and 503 it does; Kamailio,
 * t_append_branches(): none for a binding that has a branch. OpenSIPS' t_inject_branches() does not look, and Kazoo pushes where the
 * contact has failed.
 */
const remembersRefusals = ({ forksToLateBindings, wakes }: ServerProfile): boolean =>
  (forksToLateBindings || (wakes?.when === 'alongside' && wakes.waitMs > 0)) &&
  wakes?.goesTo !== 'allEachTime' &&
  wakes?.when !== 'unreachable';

const branchesOf = (context: ProxyContext, { call }: ThisCall) =>
  everyContact.flatMap((contact) => {
    const branch = context.calls[call].branches[contact];
    return branch === undefined ? [] : [{ contact, branch }];
  });

/**
 * RFC 3261 16.7 step 6: a 6xx beats everything, then the lowest class; within the 4xx, what the user did beats what the
 * network did.
 */
const ranking: readonly FailureCode[] = [603, 486, 487, 404, 480, 408, 477, 482, 500, 503];
const better = (one: FailureCode | null, other: FailureCode): FailureCode =>
  one !== null && ranking.indexOf(one) <= ranking.indexOf(other) ? one : other;

const isReliableTo = (reliable: Hops, contact: Contact): boolean =>
  contact === 'otherDevice' ? reliable.caller : reliable[senderOf(contact)];

/** The ids of the timers of a call. */
const answerTimer = (call: Call) => `answer of call ${call}`;
const branchTimer = (call: Call) => `branches of call ${call}`;

const isSilent = (branch: Branch) => branch === 'trying' || branch === 'unwanted' || branch === 'outrun';
const isUnwanted = (branch: Branch | undefined) => branch === 'unwanted' || branch === 'outrun';
const isCancelling = (branch: Branch) => branch === 'cancelling' || branch === 'dismissing';

/** A branch that is no longer wanted: it is cancelled at once if it has answered, otherwise when it answers (9.1). */
const givenUp = (branch: Branch): Branch =>
  branch === 'trying' ? 'unwanted' : branch === 'proceeding' ? 'cancelling' : branch;

/** The same, where another branch has answered and the CANCEL is to say so. */
const outrun = (branch: Branch): Branch =>
  branch === 'trying' ? 'outrun' : branch === 'proceeding' ? 'dismissing' : branch;

/** RFC 3326 2: the CANCEL of a branch that another one has outrun says that the call was completed elsewhere. */
const cancelFor = (branch: Branch | undefined): { type: 'CANCEL'; reason?: EndReason } =>
  branch === 'outrun' || branch === 'dismissing'
    ? { type: 'CANCEL', reason: 'completedElsewhere' }
    : { type: 'CANCEL' };

/** The contact that a message of a call is about; throws where it has none. */
function contactIn(event: MachineEvent): Contact {
  const subject = event.type === 'transport.failed' ? event.message : event;
  if ('contact' in subject && everyContact.includes(subject.contact as Contact)) return subject.contact as Contact;
  throw new Error(`${event.type} names no contact of a branch`);
}

const isByCallee = (event: MachineEvent): boolean => 'by' in event && event.by === 'callee';

const mapBranches = (call: ProxiedCall, next: (branch: Branch, contact: Contact) => Branch | null) =>
  Object.fromEntries(
    everyContact.flatMap((contact) => {
      const branch = call.branches[contact];
      const after = branch && next(branch, contact);
      return after ? [[contact, after]] : [];
    }),
  );

export function proxyGuards(profile: ServerProfile, reliable: Hops) {
  return {
    hasBinding: ({ context }: GuardArgs) => reachable(context).length > 0,
    holdsWithoutBinding: () => profile.withoutBinding.do === 'hold',
    hasVoicemail: () => profile.withoutBinding.do === 'voicemail',
    forksToLateBindings: () => profile.forksToLateBindings,
    isNewTarget: ({ context, event }: GuardArgs, { call }: ThisCall) =>
      isNewTarget(context.calls[call], expecting(event, 'binding.stored').contact),
    noBranchLeft: ({ context }: GuardArgs, params: ThisCall) =>
      branchesOf(context, params).length === 0 && !waits(context.calls[params.call]),
    owesNothing: ({ context }: GuardArgs, params: ThisCall) =>
      branchesOf(context, params).every(
        ({ contact, branch }) => isReliableTo(reliable, contact) || branch === 'proceeding' || branch === 'cancelled',
      ),
    endsAllBranches: ({ event }: GuardArgs) =>
      profile.onGlobalFailure === 'cancelsBranches' && expecting(event, 'INVITE.failed').code >= 600,
    mailboxTakesTimeOut: () => profile.mailboxTakes === 'noAnswer' || profile.mailboxTakes === 'noAnswerOrBusy',
    // RFC 3261 16.7: a branch without any answer counts as 408, and so as a call that nobody answers.
    mailboxTakesFailure: ({ context }: GuardArgs, { call }: ThisCall) => {
      const { best } = context.calls[call];
      return profile.mailboxTakes === 'noAnswerOrBusy'
        ? best === 486 || best === 408
        : profile.mailboxTakes === 'noAnswer' && best === 408;
    },
    isOfCallee: ({ event }: GuardArgs) => isByCallee(event),
    branchFailedToSend: failedToSend('INVITE'),
    callerByeFailed: ({ event }: GuardArgs) =>
      event.type === 'transport.failed' && event.message.type === 'BYE' && event.message.by === undefined,
    isInDialog: ({ event }: GuardArgs) => 'contact' in event && everyContact.includes(event.contact as Contact),
    isOpenBranch: ({ context, event }: GuardArgs, { call }: ThisCall) =>
      context.calls[call].branches[contactIn(event)] !== undefined,
    hasEnded: ({ context, event }: GuardArgs, { call }: ThisCall) =>
      'contact' in event && (context.calls[call].ended?.includes(event.contact as Contact) ?? false),
    isUnwantedBranch: ({ context, event }: GuardArgs, { call }: ThisCall) =>
      isUnwanted(context.calls[call].branches[contactIn(event)]),
  };
}

/**
 * The actions of a proxy with that profile, for the `setup` of the machine that contains it. `tellsReason` says whether
 * the phones that lose a call to another one are told so.
 */
export function proxyActions(profile: ServerProfile, reliable: Hops, tellsReason: boolean) {
  const { assign, emit, enqueueActions } = actionsOf<ProxyContext, ProxyContext, ThisCall>();
  const change = (how: (call: ProxiedCall, event: MachineEvent, context: ProxyContext) => ProxiedCall) =>
    assign(({ context, event }, { call }) => ({
      calls: { ...context.calls, [call]: how(context.calls[call], event, context) },
    }));
  const eachBranch = (next: (branch: Branch, contact: Contact, event: MachineEvent) => Branch | null) =>
    change((call, event) => ({
      ...call,
      branches: mapBranches(call, (branch, contact) => next(branch, contact, event)),
    }));
  const branchOfEvent = (next: (branch: Branch) => Branch | null) =>
    eachBranch((branch, contact, event) => (contact === contactIn(event) ? next(branch) : branch));
  const note = (code: (event: MachineEvent) => FailureCode) =>
    change((call, event) => ({ ...call, best: better(call.best, code(event)) }));
  const sendToCaller = (message: (call: Call, event: MachineEvent, context: ProxyContext) => CallMessage) =>
    emit(({ context, event }, { call }) => sending('caller', message(call, event, context)));
  const sendToBranches = (
    owes: (branch: Branch, contact: Contact) => { type: 'INVITE' | 'CANCEL'; reason?: EndReason } | null,
  ) =>
    enqueueActions(({ context, enqueue }, params) => {
      for (const { contact, branch } of branchesOf(context, params)) {
        const request = owes(branch, contact);
        if (request && !(request.type === 'INVITE' && isCutOff(profile, context, contact)))
          enqueue.emit(sending(partyAt(contact), ofCall(request, params.call, contact)));
      }
    });
  const sendToContactOfEvent = (type: 'INVITE' | 'ACK') =>
    emit(({ event }, { call }) => sending(partyAt(contactIn(event)), ofCall({ type }, call, contactIn(event))));
  const failure = (call: Call, _: MachineEvent, context: ProxyContext): CallMessage => ({
    type: 'INVITE.failed',
    call,
    contact: 'addressOfRecord',
    // RFC 3261 16.7 step 6: a 503 is about the server that said so; upstream it is a 500.
    code: context.calls[call].best === 503 ? 500 : (context.calls[call].best ?? 480),
  });
  const passOn = (to: (message: CallMessage) => PartyName) =>
    emit(({ event }) => sending(to(event as CallMessage), event as CallMessage));
  const watchingAnswer = (isAnew: boolean) =>
    enqueueActions<'noAnswer'>(({ enqueue }, { call }) => {
      if (isAnew && !profile.ringingRestartsNoAnswer) return;
      if (isAnew) enqueue.cancel(answerTimer(call));
      enqueue.raise({ type: 'answer.missing', call }, { id: answerTimer(call), delay: 'noAnswer' });
    });
  const owedCancel = (branch: Branch) => (isCancelling(branch) ? cancelFor(branch) : null);
  const owed = (branch: Branch) => (isSilent(branch) ? ({ type: 'INVITE' } as const) : owedCancel(branch));
  return {
    sendTrying: sendToCaller((call) => ({
      type: profile.ringback === 'earlyMedia' ? 'INVITE.183' : 'INVITE.100',
      call,
      contact: 'addressOfRecord',
    })),
    promiseRingback: enqueueActions(({ enqueue }, { call }) => {
      if (profile.ringback === 'earlyMedia') enqueue.emit(observing({ type: 'call.ringbackPromised', call }));
    }),
    forwardRinging: sendToCaller((call, event) => ({ type: 'INVITE.180', call, contact: contactIn(event) })),
    forwardAnswer: passOn(() => 'caller'),
    passToCaller: passOn(() => 'caller'),
    passToPhone: passOn(({ contact }) => partyAt(contact as Contact)),
    passToTarget: passOn((message) => partyAt(('target' in message ? message.target : message.contact) as Contact)),
    passRequest: passOn((message) => (isByCallee(message) ? 'caller' : partyAt(message.contact as Contact))),
    passAnswer: passOn((message) => (isByCallee(message) ? partyAt(message.contact as Contact) : 'caller')),
    denyFailedBye: sendToCaller((call, event) => ({ type: 'BYE.481', call, contact: contactIn(event) })),
    confirmCancel: sendToCaller((call) => ({ type: 'CANCEL.200', call, contact: 'addressOfRecord' })),
    confirmBye: sendToCaller((call) => ({ type: 'BYE.200', call, contact: 'addressOfRecord' })),
    answerByVoicemail: sendToCaller((call) => ({ type: 'INVITE.200', call, contact: 'voicemail' })),
    sendFailure: sendToCaller(failure),
    openBranches: change((call, _, context) => ({
      ...call,
      branches: Object.fromEntries(
        reachable(context)
          .slice(0, profile.fork === 'all' ? undefined : 1)
          .map((one) => [one, 'trying']),
      ),
    })),
    /** RFC 3261 17.1.1.2 Timer B, or the proxy's shorter one: it runs from the INVITE on, whatever becomes of the call. */
    watchBranches: enqueueActions<'branchTimeout'>(({ enqueue }, { call }) => {
      enqueue.cancel(branchTimer(call));
      enqueue.raise({ type: 'branches.silent', call }, { id: branchTimer(call), delay: 'branchTimeout' });
    }),
    watchAlert: enqueueActions<'alertTimeout'>(({ enqueue }, { call }) => {
      if (profile.sbc === null || profile.sbc.alertMs === null) return;
      enqueue.raise({ type: 'alert.missing', call }, { id: alertTimer(call), delay: 'alertTimeout' });
    }),
    stopWatchingAlert: enqueueActions(({ enqueue }, { call }) => {
      if (profile.sbc !== null && profile.sbc.alertMs !== null) enqueue.cancel(alertTimer(call));
    }),
    watchAnswer: watchingAnswer(false),
    /** RFC 3261 16.7 step 2: Timer C begins anew with each 18x; so does the ring time of some products. */
    watchAnswerAnew: watchingAnswer(true),
    stopWatchingAnswer: enqueueActions(({ enqueue }, { call }) => enqueue.cancel(answerTimer(call))),
    openBranch: change((call, event) => ({
      ...call,
      branches: { ...call.branches, [contactIn(event)]: 'trying' },
    })),
    inviteBranch: sendToContactOfEvent('INVITE'),
    acknowledgeBranch: sendToContactOfEvent('ACK'),
    forwardAck: sendToContactOfEvent('ACK'),
    cancelBranch: emit(({ context, event }, { call }) => {
      const contact = contactIn(event);
      return sending(partyAt(contact), { ...cancelFor(context.calls[call].branches[contact]), call, contact });
    }),
    sendCancels: sendToBranches(owedCancel),
    inviteBranches: sendToBranches((branch) => (branch === 'trying' ? { type: 'INVITE' } : null)),
    /** RFC 3261 17.1.1.2, 17.1.2.2: Timers A and E run on unreliable hops only. */
    retransmit: sendToBranches((branch, contact) => (isReliableTo(reliable, contact) ? null : owed(branch))),
    noteProvisional: branchOfEvent((branch) => (branch === 'trying' ? 'proceeding' : branch)),
    noteCancelling: branchOfEvent((branch) => (branch === 'outrun' ? 'dismissing' : 'cancelling')),
    noteCancelConfirmed: branchOfEvent((branch) => (isCancelling(branch) ? 'cancelled' : branch)),
    endBranch: branchOfEvent(() => null),
    noteEnded: change((call, event) =>
      'contact' in event && everyContact.includes(event.contact as Contact)
        ? { ...call, ended: everyContact.filter((one) => one === event.contact || call.ended?.includes(one)) }
        : call,
    ),
    giveUpBranches: eachBranch(givenUp),
    outrunBranches: eachBranch(tellsReason ? outrun : givenUp),
    endSilentBranches: eachBranch((branch) => (isSilent(branch) ? null : branch)),
    endAllBranches: eachBranch(() => null),
    noteFailure: note((event) => expecting(event, 'INVITE.failed').code),
    noteRefused: change((call, event) => {
      const { code } = expecting(event, 'INVITE.failed');
      if (!remembersRefusals(profile) || code === 408 || code === 503) return call;
      const refused = everyContact.filter((one) => one === contactIn(event) || call.refused?.includes(one));
      return { ...call, refused };
    }),
    noteNoBinding: note(() => (profile.withoutBinding.do === 'reject' ? profile.withoutBinding.code : 480)),
    noteTimeout: note(() => 408),
    noteNoAnswer: note(() => 480),
    noteUnreachable: note(() => profile.unreachableCode),
    noteCancelled: change((call) => ({ ...call, best: 487 })),
  };
}
