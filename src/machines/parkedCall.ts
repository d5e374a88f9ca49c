import { type Args, actionsOf } from './actionsOf.ts';
import type { ThisCall } from './callSlot.ts';
import { reachable } from './contactLiveness.ts';
import type { MachineEvent } from './events.ts';
import type { Call, Phone } from './messages.ts';
import { observing, sending } from './observations.ts';
import { phones } from './phones.ts';
import { hasBinding, phoneConcerned, pushing, type TokenContext, wakeable } from './pushToken.ts';
import type { ServerProfile, Waking } from './serverProfile.ts';

/**
 * How far the waking of a phone has come for a call: its INVITE is parked until a REGISTER answers the push (RFC 8599
 * 5.6.2, the request bucket), or that is over.
 */
export type Parking = 'parked' | 'over';

/** The waking of each phone for a call; those are absent that have not been pushed. */
export type Parkings = Readonly<Partial<Record<Phone, Parking>>>;

/** What a SIP server that pushes remembers. */
export interface ParkingContext extends TokenContext {
  readonly calls: Readonly<Record<Call, { readonly parking?: Parkings }>>;
}

/** The phone is woken, and the INVITE waits for it. */
export const waking = ['wake', 'noteParked'] as const;

/** The call is over, or answered elsewhere, while the INVITE may still wait for a phone. */
export const leavingParked = ['leaveParked'] as const;

/** The calls for which phones are pushed at once: the INVITE is parked for them, or goes to the bindings besides. */
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
  guard: 'isParked',
  target,
  actions: ['endWaking', 'openBranch', 'watchBranches', 'inviteBranch'],
});

/** RFC 8599 5.6.2: 480 once the phone has not come in time, and where no token leads to it (404 or 480). */
export const parkedInVain = {
  late: { guard: 'isParked', actions: ['noteNoAnswer', 'endWaking'] },
  noToken: { guard: 'hasNoToken', actions: ['noteNoAnswer', 'endWithoutToken'] },
};

type GuardArgs = Args<ParkingContext>;

/** Kazoo, failure route PUSHER_EXTERNAL_FAULT: what the user has said is no reason to push. */
const isRefusal = (event: MachineEvent): boolean =>
  event.type === 'INVITE.failed' && [486, 487, 603].includes(event.code);

const parkingOf = ({ calls }: ParkingContext, call: Call): Parkings => calls[call].parking ?? {};

const parkedIn = (context: ParkingContext, call: Call): readonly Phone[] =>
  phones.filter((phone) => parkingOf(context, call)[phone] === 'parked');

/** Whether a call waits for a phone. */
export const waits = ({ parking = {} }: { readonly parking?: Parkings }): boolean =>
  Object.values(parking).includes('parked');

/** The phones to push for a call: by a new INVITE as the server has it, later those that it could not be delivered to. */
function toWake({ when, ...wakes }: Waking, { context, event }: GuardArgs, call: Call): readonly Phone[] {
  const usable = wakeable({ when, ...wakes }, context);
  if (event.type === 'INVITE') {
    const ofEach = when === 'always' || when === 'alongside';
    return usable.filter((phone) => ofEach || !hasBinding(reachable(context), phone));
  }
  const isMeant = (phone: Phone) => event.type === 'branches.silent' || phoneConcerned(event) === phone;
  return usable.filter((phone) => parkingOf(context, call)[phone] === undefined && isMeant(phone));
}

/** The phone for which a call waits, or has waited, in vain or not. */
const phoneOfWaking = (event: MachineEvent): Phone | null =>
  event.type === 'waking.over' ? (event.phone ?? 1) : phoneConcerned(event);

/** The guards of a SIP server that pushes; `wakes` is how. */
export const parkingGuards = ({ wakes }: ServerProfile) => ({
  wakesAlongside: (args: GuardArgs, { call }: ThisCall) =>
    wakes.when === 'alongside' && toWake(wakes, args, call).length > 0,
  wakesFirst: (args: GuardArgs, { call }: ThisCall) => toWake(wakes, args, call).length > 0,
  wakesInstead: (args: GuardArgs, { call }: ThisCall) =>
    wakes.when === 'unreachable' && !isRefusal(args.event) && toWake(wakes, args, call).length > 0,
  isParked: ({ context, event }: GuardArgs, { call }: ThisCall) =>
    parkedIn(context, call).some((phone) => phone === phoneOfWaking(event)),
  hasNoToken: ({ context }: GuardArgs, { call }: ThisCall) =>
    parkedIn(context, call).some((phone) => context.tokens?.[phone] === undefined),
});

const timer = (call: Call, phone: Phone) => `waking for call ${call}${phone === 1 ? '' : ` of phone ${phone}`}`;

/** The actions of a SIP server that pushes, for the `setup` of the machine that contains it. */
export function parkingActions<Context extends ParkingContext>({ wakes, fork }: ServerProfile) {
  const { assign, enqueueActions } = actionsOf<ParkingContext, Context, ThisCall>();
  const { assign: assigning } = actionsOf<ParkingContext, Context>();
  const parked = ({ calls }: ParkingContext, call: Call, which: readonly Phone[], parking: Parking) => {
    const now = Object.fromEntries(which.map((phone) => [phone, parking]));
    return { calls: { ...calls, [call]: { ...calls[call], parking: { ...calls[call].parking, ...now } } } };
  };
  const ending = (which: (args: GuardArgs, call: Call) => readonly Phone[], isOver = false) =>
    enqueueActions(({ context, event, enqueue }, { call }) => {
      const ended = which({ context, event }, call);
      for (const phone of ended) {
        const token = context.tokens?.[phone];
        enqueue.cancel(timer(call, phone));
        if (isOver && wakes.endsPush && token) enqueue.emit(pushing({ type: 'push.end', call, token }));
      }
      if (ended.length > 0) enqueue(assigning((args) => parked(args.context, call, ended, 'over')));
    });
  return {
    openOtherBranches: assign((args, { call }) => {
      const { context } = args;
      const woken = toWake(wakes, args, call);
      const others = reachable(context).filter((contact) => !woken.some((phone) => hasBinding([contact], phone)));
      const branches = Object.fromEntries(
        others.slice(0, fork === 'all' ? undefined : 1).map((contact) => [contact, 'trying']),
      );
      return { calls: { ...context.calls, [call]: { ...context.calls[call], branches } } };
    }),
    wake: enqueueActions<'waking'>((args, { call }) => {
      const { context, enqueue } = args;
      for (const phone of toWake(wakes, args, call)) {
        const token = context.tokens?.[phone];
        if (token) enqueue.emit(pushing({ type: 'push', call, token }));
        if (wakes.waitMs === 0) continue;
        const over = { type: 'waking.over', call, ...(phone !== 1 && { phone }) } as const;
        enqueue.raise(over, { id: timer(call, phone), delay: 'waking' });
      }
      if (!wakes.ringsEarly) return;
      enqueue.emit(sending('caller', { type: 'INVITE.180', call, contact: 'addressOfRecord' }));
      enqueue.emit(observing({ type: 'call.ringbackPromised', call }));
    }),
    noteParked: assign((args, { call }) =>
      parked(args.context, call, toWake(wakes, args, call), wakes.waitMs > 0 ? 'parked' : 'over'),
    ),
    endWaking: ending(({ event }) => phones.filter((phone) => phone === phoneOfWaking(event))),
    endWithoutToken: ending(({ context }, call) =>
      parkedIn(context, call).filter((phone) => context.tokens?.[phone] === undefined),
    ),
    leaveParked: ending(({ context }, call) => parkedIn(context, call), true),
  };
}
