import { type AnyStateMachine, assign, emit, setup } from 'xstate';
import { cleared, forCall, isThisCall } from './callSlot.ts';
import { pushServerDelays } from './delays.ts';
import { expecting, type MachineEvent } from './events.ts';
import { contactOf, type HeldCallConfiguration, heldCall, heldCallActions, heldCallGuards } from './heldCall.ts';
import { type Emitted, observing, type ProcessTag } from './observations.ts';
import { callingOut, type OutgoingContext, relayedCallActions } from './outgoingCall.ts';
import { type AccountContext, account, accountActions, accountGuards } from './pushServerAccount.ts';
import {
  changesOfNode,
  firstNode,
  type NodesContext,
  nodeActions,
  nodeGuards,
  nodeRegions,
  type PushServerNodes,
} from './pushServerNodes.ts';
import { registrationRegion } from './registration.ts';
import {
  allowedAgain,
  freshRegistration,
  nextCallId,
  noTransaction,
  passwordOf,
  type RegistrationContext,
  registrationActions,
  registrationGuards,
  type UserAgentConfiguration,
  wishing,
  withRival,
} from './registrationRules.ts';

/** What the push server must know of the account that it serves. */
export interface PushServerConfiguration extends UserAgentConfiguration, HeldCallConfiguration {
  /** Whether a new token replaces the old one; otherwise pushes go to both (a duplicate on the phone). */
  readonly replacesToken: boolean;
  /** What its two nodes are like; absent where it is one process. */
  readonly nodes?: PushServerNodes;
}

export interface PushServerContext extends RegistrationContext, AccountContext, OutgoingContext, NodesContext {}

/**
 * The push server: registers in the app's place as the mode says, holds its calls and wakes it.
 * What it keeps over a restart (credentials, tokens, which side is in charge) is context; the rest is lost with the process.
 */
export function pushServerMachine(configuration: PushServerConfiguration): AnyStateMachine {
  const { mode, reliable, replacesToken, nodes } = configuration;
  const losesState = nodes?.state === 'lost';
  const call = {
    ...heldCall(reliable, configuration.repeatsPush),
    ...cleared(configuration.reusesCalls, ['forgetTaken']),
  };
  // Product article: in Continuous the calls that the user makes go through the push server too.
  const relaysCalls = configuration.outgoing && !mode.appRegisters;
  return setup({
    types: {
      context: {} as PushServerContext,
      events: {} as MachineEvent,
      emitted: {} as Emitted,
      tags: {} as ProcessTag,
    },
    guards: {
      ...registrationGuards(configuration),
      ...heldCallGuards(configuration),
      isThisCall,
      ...accountGuards(mode, losesState),
      ...(nodes && nodeGuards),
    },
    actions: {
      ...registrationActions<PushServerContext>('pushServer', mode, contactOf, configuration),
      ...heldCallActions<PushServerContext>(configuration),
      ...(relaysCalls && relayedCallActions<PushServerContext>()),
      abandonBinding: wishing<PushServerContext>('abandon'),
      ...accountActions<PushServerContext>(mode, losesState),
      // Inference: every address that the app has had may still be bound, for the app cannot say which REGISTER arrived.
      noteAppContact: assign(({ context: { rivals }, event }) => {
        const told = 'appContact' in event ? event.appContact : undefined;
        return told === undefined ? {} : { rivals: withRival(rivals, told) };
      }),
      storeCredentials: assign(({ context: { registration }, event }) => ({
        registration: allowedAgain(registration),
        ...passwordOf(event),
      })),
      storeToken: assign({
        tokens: ({ context, event }) => {
          if (!('token' in event) || context.tokens.includes(event.token)) return context.tokens;
          return replacesToken ? [event.token] : [...context.tokens, event.token];
        },
      }),
      dropToken: assign({
        tokens: ({ context, event }) =>
          context.tokens.filter((token) => token !== expecting(event, 'push.failed').token),
      }),
      forgetProcess: assign(({ context }) => ({
        registration: freshRegistration('pushServer', context.registration),
        failures: { 1: null, 2: null },
        turn: null,
        ...nextCallId(context),
      })),
      observeUp: emit(observing({ type: 'pushServer.up', up: true })),
      observeDown: emit(observing({ type: 'pushServer.up', up: false })),
      ...(nodes && nodeActions<PushServerContext>(nodes)),
    },
    delays: pushServerDelays,
  }).createMachine({
    id: 'pushServer',
    context: {
      registration: freshRegistration('pushServer', noTransaction(configuration)),
      account: 'disabled',
      tokens: [],
      failures: { 1: null, 2: null },
      turn: null,
      ...(configuration.namesCallId && { callId: 0 }),
      ...(nodes && firstNode(nodes)),
    },
    initial: 'up',
    states: {
      up: {
        type: 'parallel',
        entry: 'observeUp',
        on: {
          'pushServer.crash': 'down',
          ...(nodes && changesOfNode(nodes)),
          // RFC 8599 5.3: a token that the push service rejects is not used again.
          'push.failed': { actions: 'dropToken' },
        },
        states: {
          account: account(mode, losesState),
          ...(nodes && nodeRegions(nodes)),
          registration: registrationRegion(reliable, 'fixed', configuration),
          call1: forCall(1, call),
          call2: forCall(2, call),
          ...(relaysCalls && {
            outgoing: callingOut(reliable, {
              begin: 'outgoing.INVITE',
              guard: 'accountIsEnabled',
              refusal: { actions: 'refuseOutgoing' },
              end: { on: 'outgoing.BYE' },
            }),
          }),
        },
      },
      down: {
        tags: 'absent',
        entry: ['observeDown', nodes ? 'passOn' : 'forgetProcess'],
        after: { [nodes ? 'takeOver' : 'restart']: 'up' },
      },
    },
  });
}
