import { type AnyStateMachine, assign, setup } from 'xstate';
import { actionsOf } from './actionsOf.ts';
import { admissionEnds } from './admission.ts';
import { borderTransitions, initialBorder } from './borderController.ts';
import { cleared, forCall, isThisCall, type ThisCall } from './callSlot.ts';
import { noSilence } from './contactLiveness.ts';
import { sipServerDelays } from './delays.ts';
import type { MachineEvent } from './events.ts';
import type { Emitted, ProcessTag } from './observations.ts';
import { passingOn, passingOnActions, passingOnGuards } from './outgoingCall.ts';
import { parkingActions, parkingGuards } from './parkedCall.ts';
import { proxiedCall } from './proxiedCall.ts';
import { type Hops, noProxiedCall, type ProxyContext, proxyActions, proxyGuards } from './proxyRules.ts';
import { pushingActions, refreshPushes, tokenActions } from './pushToken.ts';
import { type AskedExpiresMs, registrarActions, registrarGuards, registrarTransitions } from './registrar.ts';
import { type Replication, replicationActions, replicationTransitions } from './replication.ts';
import { atDeadServer, dying, type SecondServer, secondServerActions, secondServerGuards } from './secondServer.ts';
import type { ServerProfile } from './serverProfile.ts';
import { wakefulnessActions, wakefulnessEnds } from './wakefulness.ts';

/** What makes a SIP server this one. */
export interface SipServerConfiguration {
  readonly profile: ServerProfile;
  readonly natEmulation: boolean;
  readonly askedExpiresMs: AskedExpiresMs;
  /** Which of its hops are reliable. */
  readonly reliable: Hops;
  /** Whether another device of the same user is registered from the start, and keeps its binding alive. */
  readonly otherDevice: boolean;
  /** Whether the user makes a call. */
  readonly outgoing: boolean;
  /** Whether it has the phone woken itself (RFC 8599), as the profile says. */
  readonly pushes: boolean;
  /** How it tells another registrar, which has the calls, of its bindings; absent where it is one server. */
  readonly replication?: Replication;
  /** What the second server of the domain is like; absent where there is one. */
  readonly second?: SecondServer;
  /** How many phones with an app the user has; absent for one. */
  readonly phones?: number;
  /** Whether a slot is used for one call after another. */
  readonly reusesCalls?: true;
}

/** What the proxy forgets of a call whose slot is used for another one. */
function clearingActions() {
  const { assign: assigning } = actionsOf<ProxyContext, ProxyContext, ThisCall>();
  return {
    forgetCall: assigning(({ context: { calls } }, { call }) => ({ calls: { ...calls, [call]: noProxiedCall } })),
  };
}

/** Registrar (RFC 3261 10.3) and proxy (16) of one address of record, on the axes of `ServerProfile`. */
export function sipServerMachine({ askedExpiresMs, reliable, ...also }: SipServerConfiguration): AnyStateMachine {
  const profile = { ...also.profile, natEmulation: also.natEmulation };
  const skips = also.pushes && profile.wakes.skipsForMs !== null;
  const call = { ...proxiedCall(reliable, also.pushes), ...cleared(also.reusesCalls, ['forgetCall']) };
  return setup({
    types: { context: {} as ProxyContext, events: {} as MachineEvent, emitted: {} as Emitted, tags: {} as ProcessTag },
    guards: {
      ...registrarGuards(profile, askedExpiresMs),
      ...proxyGuards(profile, reliable),
      ...(also.outgoing && passingOnGuards(profile)),
      ...(also.pushes && parkingGuards(profile)),
      ...(also.second && secondServerGuards),
      isThisCall,
      losesBindings: () => !profile.keepsBindingsOnRestart,
    },
    actions: {
      ...registrarActions<ProxyContext>(profile, askedExpiresMs, also.phones ?? 1, also.replication !== undefined),
      ...proxyActions(profile, reliable, profile.tellsReason && (also.otherDevice || also.phones !== undefined)),
      ...(also.outgoing && passingOnActions<ProxyContext>()),
      ...tokenActions<ProxyContext>(profile, askedExpiresMs),
      ...wakefulnessActions<ProxyContext>(skips),
      ...(also.pushes && { ...parkingActions<ProxyContext>(profile), ...pushingActions<ProxyContext>(profile) }),
      ...(also.reusesCalls && clearingActions()),
      ...(also.replication && replicationActions<ProxyContext>(also.replication)),
      ...(also.second && secondServerActions<ProxyContext>()),
      forgetCalls: assign({ calls: { 1: noProxiedCall, 2: noProxiedCall } }),
    },
    delays: sipServerDelays,
  }).createMachine({
    id: 'sipServer',
    context: {
      bindings: also.otherDevice ? ['otherDevice'] : [],
      staleNonces: [],
      served: {},
      calls: { 1: noProxiedCall, 2: noProxiedCall },
      ...initialBorder(profile),
      ...noSilence(profile),
      ...(also.pushes && { tokens: {} }),
      ...(skips && { awake: [] }),
      ...(also.replication && { seen: also.otherDevice ? ['otherDevice' as const] : [], underWay: [] }),
      ...(also.second && { isSecond: false }),
    },
    initial: 'up',
    states: {
      up: {
        type: 'parallel',
        on: {
          'sipServer.crash': [
            ...(also.second ? [dying(also.second)] : []),
            { guard: 'losesBindings', target: 'down', actions: ['cancelAllExpiries', 'unbindAll', 'showBindings'] },
            { target: 'down' },
          ],
          ...(also.pushes && { 'push.failed': { actions: 'dropToken' } }),
        },
        states: {
          registrar: {
            on: {
              ...registrarTransitions,
              ...(also.second && { REGISTER: [atDeadServer(also.second), ...registrarTransitions.REGISTER] }),
              ...(also.pushes && refreshPushes),
              ...(skips && wakefulnessEnds),
              ...(also.replication && replicationTransitions),
            },
          },
          border: { on: borderTransitions },
          call1: forCall(1, call),
          call2: forCall(2, call),
          ...(also.outgoing && { outgoing: passingOn }),
        },
      },
      down: {
        // An SBC in front of the registrar goes on listening.
        ...(profile.sbc === null && { tags: 'absent' as const }),
        entry: ['forgetCalls', 'forgetServed'],
        on: {
          ...borderTransitions,
          ...admissionEnds,
          ...(skips && wakefulnessEnds),
          'binding.expired': { actions: ['unbind', 'showBindings'] },
        },
        after: { restart: { target: 'up', actions: 'invalidateNonces' } },
      },
    },
  });
}
