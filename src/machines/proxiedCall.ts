import { leavingParked, parkedInVain, pushedAtOnce, released, waking } from './parkedCall.ts';
import type { Hops } from './proxyRules.ts';
import { repeatingAnswer, retransmittingDoubling, retransmittingUpToT2 } from './retransmission.ts';

/**
 * One call in a stateful, record-routing proxy (RFC 3261 16), as a template for a call slot.
 * `retransmit` sends again whatever is owed to the branches at that moment: an INVITE or a CANCEL. `pushes` says whether
 * the server has the phone woken (RFC 8599).
 */
export const proxiedCall = (reliable: Hops, pushes: boolean) => {
  const branchesAreReliable = reliable.app && reliable.pushServer && reliable.caller;
  const retransmitting = retransmittingUpToT2('retransmit', branchesAreReliable, { everyTime: 'owesNothing' });
  const fromTheStart = `.${retransmitting.initial}`;
  const cancelsUnwanted = { guard: 'isUnwantedBranch', actions: ['cancelBranch', 'noteCancelling'] };
  const lateProvisional = [cancelsUnwanted, { actions: 'noteProvisional' }];
  const provisional = [{ ...cancelsUnwanted, target: fromTheStart }, { actions: 'noteProvisional' }];
  const lateBranches = {
    'branches.silent': { actions: 'endSilentBranches' },
    'transport.failed': unreachable,
    CANCEL: { actions: 'confirmCancel' },
    'CANCEL.200': { actions: 'noteCancelConfirmed' },
    'INVITE.100': provisional,
    'INVITE.180': provisional,
    'INVITE.failed': { actions: ['acknowledgeBranch', 'endBranch'] },
    // RFC 3261 16.7 step 5: a stateful proxy forwards every 200, even one that was too late to be cancelled.
    'INVITE.200': { target: '#thisCall.answered', actions: ['endBranch', 'forwardAnswer'] },
  };
  const failsOver = [
    { guard: ['noBranchLeft', 'mailboxTakesFailure'], target: 'voicemail' },
    { guard: 'noBranchLeft', target: 'failed' },
  ];
  const wherePushing = <Part>(part: Part): Part[] => (pushes ? [part] : []);
  const inviting = ['openBranches', 'watchBranches', 'watchAlert', 'watchAnswer', 'inviteBranches'];
  return {
    initial: 'idle',
    states: {
      idle: {
        on: {
          INVITE: [
            ...(pushes ? pushedAtOnce(inviting) : []),
            { guard: 'hasBinding', target: 'proceeding', actions: ['sendTrying', 'promiseRingback', ...inviting] },
            { guard: 'holdsWithoutBinding', target: 'held', actions: ['sendTrying', 'promiseRingback'] },
            { guard: 'hasVoicemail', target: 'voicemail' },
            { target: 'failed', actions: 'noteNoBinding' },
          ],
          // RFC 3261 12.2.2, 16.4: requests of a dialog older than this process still follow its recorded route.
          BYE: dialog.BYE,
          'BYE.200': dialog['BYE.200'],
          'BYE.481': dialog['BYE.481'],
          ...refreshes,
        },
      },
      // RFC 8599 5.6.2: the INVITE is parked until there is a binding.
      held: {
        on: {
          INVITE: { actions: 'sendTrying' },
          'binding.stored': { target: 'proceeding', actions: inviting },
          CANCEL: { target: 'failed', actions: ['confirmCancel', 'noteCancelled'] },
        },
        after: { holdTime: { target: 'failed', actions: 'noteNoBinding' } },
      },
      proceeding: {
        exit: ['stopWatchingAlert', 'stopWatchingAnswer', ...(pushes ? leavingParked : [])],
        // Only INVITEs are owed here: Timer A, which T2 does not limit.
        ...retransmittingDoubling('retransmit', branchesAreReliable, { everyTime: 'owesNothing' }),
        always: [...wherePushing(parkedInVain.noToken), ...failsOver],
        on: {
          INVITE: { actions: 'sendTrying' },
          ...(pushes && { 'waking.over': parkedInVain.late }),
          // A branch without any answer counts as 408 (RFC 3261 16.7).
          'branches.silent': [
            ...wherePushing({ guard: 'wakesInstead', actions: ['noteTimeout', 'endSilentBranches', ...waking] }),
            { actions: ['noteTimeout', 'endSilentBranches'] },
          ],
          'INVITE.100': { actions: 'noteProvisional' },
          // RFC 3261 17.1.1.2, Completed: what a branch has said before its failure is not passed on after it.
          'INVITE.180': {
            guard: 'isOpenBranch',
            actions: ['noteProvisional', 'forwardRinging', 'stopWatchingAlert', 'watchAnswerAnew'],
          },
          'transport.failed': [
            ...wherePushing({
              guard: ['branchFailedToSend', 'wakesInstead'],
              actions: ['noteUnreachable', 'endBranch', ...waking],
            }),
            unreachable,
          ],
          // AudioCodes SBCAlertTimeout: it runs from the INVITE on, and a 100 does not stop it.
          'alert.missing': { target: 'failed', actions: ['noteTimeout', 'giveUpBranches', 'sendCancels'] },
          // RFC 3261 16.7 step 10: the first 200 wins, the other branches are cancelled.
          'INVITE.200': {
            target: 'answered',
            actions: ['endBranch', 'forwardAnswer', 'outrunBranches', 'sendCancels'],
          },
          'INVITE.failed': [
            // RFC 3261 16.7 step 5: after a 6xx the others are cancelled, and none is added.
            {
              guard: 'endsAllBranches',
              target: 'cancelling',
              actions: ['acknowledgeBranch', 'noteFailure', 'endBranch', 'giveUpBranches', 'sendCancels'],
            },
            ...wherePushing({
              guard: 'wakesInstead',
              actions: ['acknowledgeBranch', 'noteFailure', 'noteRefused', 'endBranch', ...waking],
            }),
            { actions: ['acknowledgeBranch', 'noteFailure', 'noteRefused', 'endBranch'] },
          ],
          // RFC 3261 16.8 Timer C, or the ring time of the PBX.
          'answer.missing': [
            { guard: 'mailboxTakesTimeOut', target: 'voicemail', actions: ['giveUpBranches', 'sendCancels'] },
            { target: 'failed', actions: ['noteNoAnswer', 'giveUpBranches', 'sendCancels'] },
          ],
          'binding.stored': [
            ...wherePushing(released(fromTheStart)),
            {
              guard: ['forksToLateBindings', 'isNewTarget'],
              target: fromTheStart,
              actions: ['openBranch', 'watchBranches', 'inviteBranch'],
            },
          ],
          CANCEL: {
            target: 'cancelling',
            actions: ['confirmCancel', 'noteCancelled', 'giveUpBranches', 'sendCancels'],
          },
        },
      },
      // RFC 3261 16.10: the call ends with the final answers of the cancelled branches.
      cancelling: {
        ...retransmitting,
        always: { guard: 'noBranchLeft', target: 'failed' },
        on: { ...lateBranches, INVITE: { actions: 'sendTrying' } },
        after: { '64T1': 'failed' },
      },
      answered: {
        ...retransmitting,
        on: {
          ...lateBranches,
          'INVITE.200': { actions: ['endBranch', 'forwardAnswer'] },
          ...dialog,
          ...refreshes,
          // RFC 3261 17.2.2: a copy of the caller's BYE is answered by its transaction. Two phones may have answered, and the
          // BYE of one dialog says nothing of the other (13.2.2.4).
          BYE: [...dialog.BYE.slice(0, 1), { guard: 'hasEnded', actions: 'confirmBye' }, ...dialog.BYE.slice(1)],
          'BYE.200': dialog['BYE.200'].map(({ actions, ...one }) => ({ ...one, actions: ['noteEnded', actions] })),
          ACK: { guard: 'isInDialog', actions: 'forwardAck' },
        },
        after: { '64T1': { actions: 'endAllBranches' } },
      },
      failed: {
        entry: 'sendFailure',
        // RFC 3261 17.2.1 Timer G: the failure too is sent again until the ACK.
        ...retransmittingUpToT2('sendFailure', reliable.caller),
        on: { ...lateBranches, INVITE: { actions: 'sendFailure' }, ACK: 'over' },
        after: { '64T1': 'over' },
      },
      voicemail: {
        entry: 'answerByVoicemail',
        ...repeatingAnswer('answerByVoicemail'),
        on: {
          ...lateBranches,
          'INVITE.100': lateProvisional,
          'INVITE.180': lateProvisional,
          ACK: 'over',
          BYE: { target: 'over', actions: 'confirmBye' },
        },
        after: { '64T1': 'over' },
      },
      over: {
        ...retransmitting,
        // RFC 3261 13.3.1.4: a phone whose 200 nobody has acknowledged ends its dialog, which the caller never had.
        on: {
          ...lateBranches,
          BYE: [...dialog.BYE.slice(0, 1), { actions: 'confirmBye' }],
          'BYE.200': { actions: 'passToPhone' },
        },
        after: { '64T1': { actions: 'endAllBranches' } },
      },
    },
  };
};

/** RFC 3261 16.9, 18.4: the branch could not be reached, which counts as a 503. */
const unreachable = { guard: 'branchFailedToSend', actions: ['noteUnreachable', 'endBranch'] };

/** RFC 4028 8: a proxy that asks for nothing itself passes on the refreshes of a session. */
const refreshes = {
  UPDATE: { actions: 'passRequest' },
  'UPDATE.200': { actions: 'passAnswer' },
  'UPDATE.481': { actions: 'passAnswer' },
};

/** RFC 3261 16.4, 16.12: requests and answers within the dialog pass along the route that the INVITE has recorded. */
const dialog = {
  BYE: [
    { guard: 'isOfCallee', actions: 'passToCaller' },
    { guard: 'isInDialog', actions: 'passToPhone' },
    { actions: 'confirmBye' },
  ],
  'BYE.200': [{ guard: 'isOfCallee', actions: 'passToPhone' }, { actions: 'passToCaller' }],
  // Of the two ends only the phone may have forgotten the dialog.
  'BYE.481': { actions: 'passToCaller' },
  reINVITE: { actions: 'passToCaller' },
  'reINVITE.200': { actions: 'passToTarget' },
  'reINVITE.481': { actions: 'passToTarget' },
  'reINVITE.ACK': { actions: 'passToCaller' },
  // RFC 3261 16.9: a BYE that cannot be delivered is still answered.
  'transport.failed': [{ guard: 'callerByeFailed', actions: 'denyFailedBye' }, unreachable],
};
