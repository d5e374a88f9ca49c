import { type Args, actionsOf } from './actionsOf.ts';
import type { ThisCall } from './callSlot.ts';
import { type LivenessContext, reachable } from './contactLiveness.ts';
import type { MachineEvent } from './events.ts';
import { type Call, ownerOf } from './messages.ts';
import { observing, sending } from './observations.ts';
import { concernsApp, isUsable, type TokenContext } from './pushToken.ts';
import type { ServerProfile } from './serverProfile.ts';

/**
 * How far the waking of the phone has come for a call: its INVITE is parked until a REGISTER answers the push (RFC 8599
 * 5.6.2, the request bucket), or that is over; absent where the phone has not been pushed.
 */
export type Parking = 'parked' | 'over';

/** What a SIP server that pushes remembers. */
export interface ParkingContext extends TokenContext {
  readonly calls: Readonly<Record<Call, { readonly parking?: Parking }>>;
}

/** The phone is woken, and the INVITE waits for it. */
export const waking = ['wake', 'noteParked'] as const;

const ending = ['stopWaking', 'noteParkingOver'] as const;

/** The call is over, or answered elsewhere, while the INVITE may still wait for the phone. */
export const leavingParked = ['leaveParked', 'noteParkingOver'] as const;

/** The calls for which the phone is pushed at once: the INVITE is parked, or goes to the bindings besides. */
export const pushedAtOnce = (inviting: readonly string[]) => {
  const first = ['sendTrying', 'promiseRingback'];
  const others = inviting.map((one) => (one === 'openBranches' ? 'openOtherBranches' : one));
  return [
    { guard: 'wakesAlongside', target: 'proceeding', actions: [...first, ...inviting, ...waking] },
    { guard: 'wakesFirst', target: 'proceeding', actions: [...first, ...others, ...waking] },
  ];
};

/** A REGISTER that answers the push: the INVITE goes to the contact that it has committed (RFC 8599 5.6.2). */
export const released = (target: string) => ({
  guard: ['isParked', 'concernsApp'],
  target,
  actions: [...ending, 'openBranch', 'watchBranches', 'inviteBranch'],
});

/** RFC 8599 5.6.2: 480 once the phone has not come in time, and where no token leads to it (404 or 480). */
export const parkedInVain = {
  late: { guard: 'isParked', actions: ['noteNoAnswer', ...ending] },
  noToken: { guard: ['isParked', 'hasNoToken'], actions: ['noteNoAnswer', ...ending] },
};

type GuardArgs = Args<ParkingContext>;

const hasAppBinding = (context: LivenessContext): boolean =>
  reachable(context).some((contact) => ownerOf(contact) === 'app');

/** Kazoo, failure route PUSHER_EXTERNAL_FAULT: what the user has said is no reason to push. */
const isRefusal = (event: MachineEvent): boolean =>
  event.type === 'INVITE.failed' && [486, 487, 603].includes(event.code);

/** The guards of a SIP server that pushes; `wakes` is how. */
export const parkingGuards = ({ wakes }: ServerProfile) => ({
  wakesAlongside: ({ context }: GuardArgs) => wakes.when === 'alongside' && isUsable(wakes, context),
  wakesFirst: ({ context }: GuardArgs) =>
    isUsable(wakes, context) && (wakes.when === 'always' || !hasAppBinding(context)),
  wakesInstead: ({ context, event }: GuardArgs, { call }: ThisCall) =>
    wakes.when === 'unreachable' &&
    isUsable(wakes, context) &&
    context.calls[call].parking === undefined &&
    (event.type === 'branches.silent' || (concernsApp(event) && !isRefusal(event))),
  isParked: ({ context }: GuardArgs, { call }: ThisCall) => context.calls[call].parking === 'parked',
  concernsApp: ({ event }: GuardArgs) => concernsApp(event),
  hasNoToken: ({ context }: GuardArgs) => context.token === null,
});

const timer = (call: Call) => `waking for call ${call}`;

/** The actions of a SIP server that pushes, for the `setup` of the machine that contains it. */
export function parkingActions<Context extends ParkingContext>({ wakes }: ServerProfile) {
  const { assign, enqueueActions } = actionsOf<ParkingContext, Context, ThisCall>();
  const note = (parking: Parking) =>
    assign(({ context: { calls } }, { call }) => ({ calls: { ...calls, [call]: { ...calls[call], parking } } }));
  return {
    openOtherBranches: assign(({ context }, { call }) => {
      const others = reachable(context).filter((contact) => ownerOf(contact) !== 'app');
      const branches = Object.fromEntries(others.map((contact) => [contact, 'trying']));
      return { calls: { ...context.calls, [call]: { ...context.calls[call], branches } } };
    }),
    wake: enqueueActions<'waking'>(({ context: { token }, enqueue }, { call }) => {
      if (!token) return;
      enqueue.emit(sending('notificationService', { type: 'push', call, token }));
      if (wakes.waitMs > 0) enqueue.raise({ type: 'waking.over', call }, { id: timer(call), delay: 'waking' });
      if (!wakes.ringsEarly) return;
      enqueue.emit(sending('caller', { type: 'INVITE.180', call, contact: 'addressOfRecord' }));
      enqueue.emit(observing({ type: 'call.ringbackPromised', call }));
    }),
    noteParked: note(wakes.waitMs > 0 ? 'parked' : 'over'),
    stopWaking: enqueueActions(({ enqueue }, { call }) => enqueue.cancel(timer(call))),
    noteParkingOver: assign(({ context: { calls } }, { call }) =>
      calls[call].parking === 'parked' ? { calls: { ...calls, [call]: { ...calls[call], parking: 'over' } } } : {},
    ),
    leaveParked: enqueueActions(({ context: { calls, token }, enqueue }, { call }) => {
      if (calls[call].parking !== 'parked') return;
      enqueue.cancel(timer(call));
      if (wakes.endsPush && token) enqueue.emit(sending('notificationService', { type: 'push.end', call, token }));
    }),
  };
}
