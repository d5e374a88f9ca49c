import { assign, emit, enqueueActions } from 'xstate';
import { isCutOff } from './borderController.ts';
import type { ThisCall } from './callSlot.ts';
import {
  type Call,
  type CallMessage,
  type Contact,
  contacts,
  type Emitted,
  type EndReason,
  expecting,
  type FailureCode,
  type MachineEvent,
  partyAt,
  sending,
} from './messages.ts';
import type { RegistrarContext } from './registrar.ts';
import { repeatingAnswer, retransmittingDoubling, retransmittingUpToT2 } from './retransmission.ts';
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
}

export interface ProxyContext extends RegistrarContext {
  readonly calls: Readonly<Record<Call, ProxiedCall>>;
}

export const noProxiedCall: ProxiedCall = { branches: {}, best: null };

/**
 * One call in a stateful, record-routing proxy (RFC 3261 16), as a template for a call slot.
 * `retransmit` sends again whatever is owed to the branches at that moment: an INVITE or a CANCEL.
 */
export const proxiedCall = (reliable: boolean) => {
  const retransmitting = retransmittingUpToT2('retransmit', reliable, 'owesNothing');
  const fromTheStart = `.${retransmitting.initial}`;
  const provisional = [
    { guard: 'isUnwantedBranch', target: fromTheStart, actions: ['cancelBranch', 'noteCancelling'] },
    { actions: 'noteProvisional' },
  ];
  const lateBranches = {
    'branches.silent': { actions: 'endSilentBranches' },
    CANCEL: { actions: 'confirmCancel' },
    'CANCEL.200': { actions: 'noteCancelConfirmed' },
    'INVITE.100': provisional,
    'INVITE.180': provisional,
    'INVITE.failed': { actions: ['acknowledgeBranch', 'endBranch'] },
    // RFC 3261 16.7 step 5: a stateful proxy forwards every 200, even one that was too late to be cancelled.
    'INVITE.200': { target: '#thisCall.answered', actions: ['endBranch', 'forwardAnswer'] },
  };
  return {
    initial: 'idle',
    states: {
      idle: {
        on: {
          INVITE: [
            {
              guard: 'hasBinding',
              target: 'proceeding',
              actions: ['sendTrying', 'openBranches', 'watchBranches', 'watchAlert', 'retransmit'],
            },
            { guard: 'holdsWithoutBinding', target: 'held', actions: 'sendTrying' },
            { guard: 'hasVoicemail', target: 'voicemail' },
            { target: 'failed', actions: 'noteNoBinding' },
          ],
        },
      },
      // RFC 8599 5.6.2: the INVITE is parked until there is a binding.
      held: {
        on: {
          INVITE: { actions: 'sendTrying' },
          'binding.stored': {
            target: 'proceeding',
            actions: ['openBranches', 'watchBranches', 'watchAlert', 'retransmit'],
          },
          CANCEL: { target: 'failed', actions: ['confirmCancel', 'noteCancelled'] },
        },
        after: { holdTime: { target: 'failed', actions: 'noteNoBinding' } },
      },
      proceeding: {
        exit: 'stopWatchingAlert',
        // Only INVITEs are owed here: Timer A, which T2 does not limit.
        ...retransmittingDoubling('retransmit', reliable, 'owesNothing'),
        always: { guard: 'noBranchLeft', target: 'failed' },
        on: {
          INVITE: { actions: 'sendTrying' },
          // A branch without any answer counts as 408 (RFC 3261 16.7).
          'branches.silent': { actions: ['noteTimeout', 'endSilentBranches'] },
          'INVITE.100': { actions: 'noteProvisional' },
          'INVITE.180': { actions: ['noteProvisional', 'forwardRinging', 'stopWatchingAlert'] },
          // AudioCodes SBCAlertTimeout: it runs from the INVITE on, and a 100 does not stop it.
          'alert.missing': { target: 'failed', actions: ['noteTimeout', 'giveUpBranches', 'sendCancels'] },
          // RFC 3261 16.7 step 10: the first 200 wins, the other branches are cancelled.
          'INVITE.200': {
            target: 'answered',
            actions: ['endBranch', 'forwardAnswer', 'outrunBranches', 'sendCancels'],
          },
          'INVITE.failed': { actions: ['acknowledgeBranch', 'noteFailure', 'endBranch'] },
          'binding.stored': {
            guard: ['forksToLateBindings', 'isNewTarget'],
            target: fromTheStart,
            actions: ['openBranch', 'watchBranches', 'inviteBranch'],
          },
          CANCEL: {
            target: 'cancelling',
            actions: ['confirmCancel', 'noteCancelled', 'giveUpBranches', 'sendCancels'],
          },
        },
        after: {
          // RFC 3261 16.8 Timer C, or the ring time of the PBX.
          noAnswer: { target: 'failed', actions: ['noteNoAnswer', 'giveUpBranches', 'sendCancels'] },
        },
      },
      // RFC 3261 16.10: the call ends with the final answers of the cancelled branches.
      cancelling: {
        ...retransmitting,
        always: { guard: 'noBranchLeft', target: 'failed' },
        on: lateBranches,
        after: { '64T1': 'failed' },
      },
      answered: {
        ...retransmitting,
        on: {
          ...lateBranches,
          'INVITE.200': { actions: ['endBranch', 'forwardAnswer'] },
          ACK: { guard: 'isInDialog', actions: 'forwardAck' },
          BYE: { guard: 'isInDialog', actions: 'forwardBye' },
          'BYE.200': { target: 'over', actions: 'forwardByeConfirmation' },
        },
        after: { '64T1': { actions: 'endAllBranches' } },
      },
      failed: {
        entry: 'sendFailure',
        // RFC 3261 17.2.1 Timer G: the failure too is sent again until the ACK.
        ...retransmittingUpToT2('sendFailure', reliable),
        on: { ...lateBranches, INVITE: { actions: 'sendFailure' }, ACK: 'over' },
        after: { '64T1': 'over' },
      },
      voicemail: {
        entry: 'answerByVoicemail',
        ...repeatingAnswer('answerByVoicemail'),
        on: { ACK: 'over', BYE: { target: 'over', actions: 'confirmBye' } },
        after: { '64T1': 'over' },
      },
      over: {
        ...retransmitting,
        on: { ...lateBranches, BYE: { actions: 'confirmBye' } },
        after: { '64T1': { actions: 'endAllBranches' } },
      },
    },
  };
};

type Args = { context: ProxyContext; event: MachineEvent };

const branchesOf = (context: ProxyContext, { call }: ThisCall) =>
  contacts.flatMap((contact) => {
    const branch = context.calls[call].branches[contact];
    return branch === undefined ? [] : [{ contact, branch }];
  });

/** RFC 3261 16.7 step 6: a 6xx beats everything; of the rest, what the user did beats what the network did. */
const ranking: readonly FailureCode[] = [603, 486, 487, 404, 480, 408, 503, 482];
const better = (one: FailureCode | null, other: FailureCode): FailureCode =>
  one !== null && ranking.indexOf(one) <= ranking.indexOf(other) ? one : other;

const alertTimer = (call: Call) => `alert of call ${call}`;

const isSilent = (branch: Branch) => branch === 'trying' || branch === 'unwanted' || branch === 'outrun';
const isUnwanted = (branch: Branch | undefined) => branch === 'unwanted' || branch === 'outrun';
const isCancelling = (branch: Branch) => branch === 'cancelling' || branch === 'dismissing';

/** What a branch becomes when it is no longer wanted: what has answered must be cancelled, what has not, later. */
const givenUp = (branch: Branch, { silent, answered }: { silent: Branch; answered: Branch }): Branch =>
  branch === 'trying' ? silent : branch === 'proceeding' ? answered : branch;

/** RFC 3326 2: the CANCEL of a branch that another one has outrun says that the call was completed elsewhere. */
const cancelFor = (branch: Branch | undefined): { type: 'CANCEL'; reason?: EndReason } =>
  branch === 'outrun' || branch === 'dismissing'
    ? { type: 'CANCEL', reason: 'completedElsewhere' }
    : { type: 'CANCEL' };

/** The contact that a message of a call is about; throws where it has none. */
function contactIn(event: MachineEvent): Contact {
  if ('contact' in event && contacts.includes(event.contact as Contact)) return event.contact as Contact;
  throw new Error(`${event.type} names no contact of a branch`);
}

const mapBranches = (call: ProxiedCall, next: (branch: Branch, contact: Contact) => Branch | null) =>
  Object.fromEntries(
    contacts.flatMap((contact) => {
      const branch = call.branches[contact];
      const after = branch && next(branch, contact);
      return after ? [[contact, after]] : [];
    }),
  );

export function proxyGuards(profile: ServerProfile) {
  return {
    hasBinding: ({ context }: Args) => context.bindings.length > 0,
    holdsWithoutBinding: () => profile.withoutBinding.do === 'hold',
    hasVoicemail: () => profile.withoutBinding.do === 'voicemail',
    forksToLateBindings: () => profile.forksToLateBindings,
    isNewTarget: ({ context, event }: Args, { call }: ThisCall) =>
      context.calls[call].branches[expecting(event, 'binding.stored').contact] === undefined,
    noBranchLeft: ({ context }: Args, params: ThisCall) => branchesOf(context, params).length === 0,
    owesNothing: ({ context }: Args, params: ThisCall) =>
      branchesOf(context, params).every(({ branch }) => branch === 'proceeding' || branch === 'cancelled'),
    isInDialog: ({ event }: Args) => 'contact' in event && contacts.includes(event.contact as Contact),
    isUnwantedBranch: ({ context, event }: Args, { call }: ThisCall) =>
      isUnwanted(context.calls[call].branches[contactIn(event)]),
  };
}

/**
 * The actions of a proxy with that profile, for the `setup` of the machine that contains it. `tellsReason` says whether
 * the phones that lose a call to another one are told so.
 */
export function proxyActions(profile: ServerProfile, tellsReason: boolean) {
  const change = (how: (call: ProxiedCall, event: MachineEvent, context: ProxyContext) => ProxiedCall) =>
    assign<ProxyContext, MachineEvent, ThisCall, MachineEvent, never>(({ context, event }, { call }: ThisCall) => ({
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
    emit<ProxyContext, MachineEvent, ThisCall, MachineEvent, Emitted>(({ context, event }: Args, { call }: ThisCall) =>
      sending('caller', message(call, event, context)),
    );
  const sendToBranches = (owes: (branch: Branch) => { type: 'INVITE' | 'CANCEL'; reason?: EndReason } | null) =>
    enqueueActions<ProxyContext, MachineEvent, ThisCall, MachineEvent, never, never, never, never, Emitted>(
      ({ context, enqueue }, params: ThisCall) => {
        for (const { contact, branch } of branchesOf(context, params)) {
          const request = owes(branch);
          if (request && !(request.type === 'INVITE' && isCutOff(profile, context, contact)))
            enqueue.emit(sending(partyAt(contact), { ...request, call: params.call, contact }));
        }
      },
    );
  const sendToContactOfEvent = (type: 'INVITE' | 'ACK' | 'BYE') =>
    emit<ProxyContext, MachineEvent, ThisCall, MachineEvent, Emitted>(({ event }: Args, { call }: ThisCall) =>
      sending(partyAt(contactIn(event)), { type, call, contact: contactIn(event) }),
    );
  const failure = (call: Call, _: MachineEvent, context: ProxyContext): CallMessage => ({
    type: 'INVITE.failed',
    call,
    contact: 'addressOfRecord',
    code: context.calls[call].best ?? 480,
  });
  const owedCancel = (branch: Branch) => (isCancelling(branch) ? cancelFor(branch) : null);
  const owed = (branch: Branch) => (isSilent(branch) ? ({ type: 'INVITE' } as const) : owedCancel(branch));
  return {
    sendTrying: sendToCaller((call) => ({ type: 'INVITE.100', call, contact: 'addressOfRecord' })),
    forwardRinging: sendToCaller((call, event) => ({ type: 'INVITE.180', call, contact: contactIn(event) })),
    forwardAnswer: sendToCaller((call, event) => ({ type: 'INVITE.200', call, contact: contactIn(event) })),
    forwardByeConfirmation: sendToCaller((call, event) => ({ type: 'BYE.200', call, contact: contactIn(event) })),
    confirmCancel: sendToCaller((call) => ({ type: 'CANCEL.200', call, contact: 'addressOfRecord' })),
    confirmBye: sendToCaller((call) => ({ type: 'BYE.200', call, contact: 'addressOfRecord' })),
    answerByVoicemail: sendToCaller((call) => ({ type: 'INVITE.200', call, contact: 'voicemail' })),
    sendFailure: sendToCaller(failure),
    openBranches: change((call, _, { bindings }) => ({
      ...call,
      branches: Object.fromEntries(
        (profile.fork === 'all' ? bindings : bindings.slice(0, 1)).map((c) => [c, 'trying']),
      ),
    })),
    /** RFC 3261 17.1.1.2 Timer B, or the proxy's shorter one: it runs from the INVITE on, whatever becomes of the call. */
    watchBranches: enqueueActions<
      ProxyContext,
      MachineEvent,
      ThisCall,
      MachineEvent,
      never,
      never,
      never,
      'branchTimeout',
      Emitted
    >(({ enqueue }, { call }: ThisCall) => {
      enqueue.cancel(`branches of call ${call}`);
      enqueue.raise({ type: 'branches.silent', call }, { id: `branches of call ${call}`, delay: 'branchTimeout' });
    }),
    watchAlert: enqueueActions<
      ProxyContext,
      MachineEvent,
      ThisCall,
      MachineEvent,
      never,
      never,
      never,
      'alertTimeout',
      Emitted
    >(({ enqueue }, { call }: ThisCall) => {
      if (profile.sbc === null || profile.sbc.alertMs === null) return;
      enqueue.raise({ type: 'alert.missing', call }, { id: alertTimer(call), delay: 'alertTimeout' });
    }),
    stopWatchingAlert: enqueueActions<
      ProxyContext,
      MachineEvent,
      ThisCall,
      MachineEvent,
      never,
      never,
      never,
      never,
      Emitted
    >(({ enqueue }, { call }: ThisCall) => {
      if (profile.sbc !== null && profile.sbc.alertMs !== null) enqueue.cancel(alertTimer(call));
    }),
    openBranch: change((call, event) => ({
      ...call,
      branches: { ...call.branches, [contactIn(event)]: 'trying' },
    })),
    inviteBranch: sendToContactOfEvent('INVITE'),
    acknowledgeBranch: sendToContactOfEvent('ACK'),
    forwardAck: sendToContactOfEvent('ACK'),
    forwardBye: sendToContactOfEvent('BYE'),
    cancelBranch: emit<ProxyContext, MachineEvent, ThisCall, MachineEvent, Emitted>(
      ({ context, event }: Args, { call }: ThisCall) => {
        const contact = contactIn(event);
        return sending(partyAt(contact), { ...cancelFor(context.calls[call].branches[contact]), call, contact });
      },
    ),
    sendCancels: sendToBranches(owedCancel),
    retransmit: sendToBranches(owed),
    noteProvisional: branchOfEvent((branch) => (branch === 'trying' ? 'proceeding' : branch)),
    noteCancelling: branchOfEvent((branch) => (branch === 'outrun' ? 'dismissing' : 'cancelling')),
    noteCancelConfirmed: branchOfEvent((branch) => (isCancelling(branch) ? 'cancelled' : branch)),
    endBranch: branchOfEvent(() => null),
    giveUpBranches: eachBranch((branch) => givenUp(branch, { silent: 'unwanted', answered: 'cancelling' })),
    outrunBranches: eachBranch((branch) =>
      tellsReason
        ? givenUp(branch, { silent: 'outrun', answered: 'dismissing' })
        : givenUp(branch, { silent: 'unwanted', answered: 'cancelling' }),
    ),
    endSilentBranches: eachBranch((branch) => (isSilent(branch) ? null : branch)),
    endAllBranches: eachBranch(() => null),
    noteFailure: note((event) => expecting(event, 'INVITE.failed').code),
    noteNoBinding: note(() => (profile.withoutBinding.do === 'reject' ? profile.withoutBinding.code : 480)),
    noteTimeout: note(() => 408),
    noteNoAnswer: note(() => 480),
    noteCancelled: change((call) => ({ ...call, best: 487 })),
  };
}
