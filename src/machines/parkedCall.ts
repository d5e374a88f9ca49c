import { type Args, actionsOf } from './actionsOf.ts';
import { alertTimer, type BorderContext, isCutOff } from './borderController.ts';
import type { ThisCall } from './callSlot.ts';
import { reachable } from './contactLiveness.ts';
import { expecting, type MachineEvent } from './events.ts';
import { type Call, type Contact, ofCall, type Phone, partyAt } from './messages.ts';
import { observing, sending } from './observations.ts';
import { phones } from './phones.ts';
import { hasBinding, phoneConcerned, pushing, type TokenContext, wakeable } from './pushToken.ts';
import type { ServerProfile, Waking } from './serverProfile.ts';
import { countsAsAwake, type WakefulnessContext } from './wakefulness.ts';

/**
 * How far the waking of a phone has come for a call: its INVITE is parked until a REGISTER answers the push (RFC 8599
 * 5.6.2, the request bucket), or that is over.
 */
export type Parking = 'parked' | 'over';

/** The waking of each phone for a call; those are absent that have not been pushed. */
export type Parkings = Readonly<Partial<Record<Phone, Parking>>>;

/** The contacts to which the INVITE of a call has gone, and those of them that have refused it. */
interface Targets {
  readonly branches: Readonly<Partial<Record<Contact, unknown>>>;
  readonly refused?: readonly Contact[];
}

/** Whether the INVITE of a call may go to that contact: it has none now, and has refused none. */
export const isNewTarget = ({ branches, refused = [] }: Targets, contact: Contact): boolean =>
  branches[contact] === undefined && !refused.includes(contact);

/** What a SIP server that pushes remembers. */
export interface ParkingContext extends TokenContext, WakefulnessContext, BorderContext {
  readonly calls: Readonly<Record<Call, Targets & { readonly parking?: Parkings }>>;
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

/** A REGISTER that answers the push: the INVITE goes to the contact that it has committed (RFC 8599 5.6.2), or as the server has it. */
export const released = (target: string) => ({
  guard: 'isReleased',
  target,
  actions: ['endWaking', 'inviteReleased', 'watchBranches'],
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
    return usable.filter((phone) => (ofEach ? !countsAsAwake(context, phone) : !hasBinding(reachable(context), phone)));
  }
  const isMeant = (phone: Phone) => event.type === 'branches.silent' || phoneConcerned(event) === phone;
  return usable.filter((phone) => parkingOf(context, call)[phone] === undefined && isMeant(phone));
}

/** The phone for which a call waits, or has waited, in vain or not. */
const phoneOfWaking = (event: MachineEvent): Phone | null =>
  event.type === 'waking.over' ? (event.phone ?? 1) : phoneConcerned(event);

/** The phones for which a call waits no longer once a contact is bound. */
const releasedBy = ({ goesTo }: Waking, context: ParkingContext, event: MachineEvent, call: Call): readonly Phone[] =>
  parkedIn(context, call).filter((phone) => goesTo === 'newest' || goesTo === 'all' || phone === phoneConcerned(event));

/** The contacts to which the INVITE goes then. */
function invitedWith({ wakes, fork }: ServerProfile, context: ParkingContext, contact: Contact, call: Call) {
  const targets = context.calls[call];
  const isMeant = (one: Contact) =>
    one === contact ? !targets.refused?.includes(one) : isNewTarget(targets, one) && fork === 'all';
  const toAll = wakes.goesTo === 'all' || wakes.goesTo === 'allEachTime';
  return (toAll ? reachable(context) : [contact]).filter(isMeant);
}

/** What the caller is told with a push, beyond the 100 that he has had. */
const told = { trying: null, pushSent: 'INVITE.110', queued: 'INVITE.182', ringing: 'INVITE.180' } as const;

/** The guards of a SIP server that pushes; `wakes` is how. */
export const parkingGuards = ({ wakes }: ServerProfile) => ({
  wakesAlongside: (args: GuardArgs, { call }: ThisCall) =>
    wakes.when === 'alongside' && toWake(wakes, args, call).length > 0,
  wakesFirst: (args: GuardArgs, { call }: ThisCall) => toWake(wakes, args, call).length > 0,
  wakesInstead: (args: GuardArgs, { call }: ThisCall) =>
    wakes.when === 'unreachable' && !isRefusal(args.event) && toWake(wakes, args, call).length > 0,
  isParked: ({ context, event }: GuardArgs, { call }: ThisCall) =>
    parkedIn(context, call).some((phone) => phone === phoneOfWaking(event)),
  isReleased: ({ context, event }: GuardArgs, { call }: ThisCall) =>
    wakes.goesTo === 'allEachTime' ? waits(context.calls[call]) : releasedBy(wakes, context, event, call).length > 0,
  hasNoToken: ({ context }: GuardArgs, { call }: ThisCall) =>
    parkedIn(context, call).some((phone) => context.tokens?.[phone] === undefined),
});

const timer = (call: Call, phone: Phone) => `waking for call ${call}${phone === 1 ? '' : ` of phone ${phone}`}`;

/** The actions of a SIP server that pushes, for the `setup` of the machine that contains it. */
export function parkingActions<Context extends ParkingContext>(profile: ServerProfile) {
  const { wakes, fork, sbc } = profile;
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
      const provisional = told[wakes.tells];
      if (provisional === null) return;
      enqueue.emit(sending('caller', { type: provisional, call, contact: 'addressOfRecord' }));
      // AudioCodes SBCAlertTimeout: an SBC on the way to the caller has had its 18x.
      if (sbc !== null && sbc.alertMs !== null && provisional !== 'INVITE.110') enqueue.cancel(alertTimer(call));
      if (wakes.tells === 'ringing') enqueue.emit(observing({ type: 'call.ringbackPromised', call }));
    }),
    inviteReleased: enqueueActions(({ context, event, enqueue }, { call }) => {
      const { contact } = expecting(event, 'binding.stored');
      const targets = invitedWith(profile, context, contact, call);
      const { branches } = context.calls[call];
      const opened = Object.fromEntries(targets.map((one) => [one, 'trying']));
      enqueue(
        assigning(({ context: { calls } }) => ({
          calls: { ...calls, [call]: { ...calls[call], branches: { ...branches, ...opened } } },
        })),
      );
      for (const one of targets) {
        if (!isCutOff(profile, context, one))
          enqueue.emit(sending(partyAt(one), ofCall({ type: 'INVITE' }, call, one)));
      }
    }),
    noteParked: assign((args, { call }) =>
      parked(args.context, call, toWake(wakes, args, call), wakes.waitMs > 0 ? 'parked' : 'over'),
    ),
    endWaking: ending(({ context, event }, call) =>
      event.type === 'binding.stored'
        ? releasedBy(wakes, context, event, call)
        : phones.filter((phone) => phone === phoneOfWaking(event)),
    ),
    endWithoutToken: ending(({ context }, call) =>
      parkedIn(context, call).filter((phone) => context.tokens?.[phone] === undefined),
    ),
    leaveParked: ending(({ context }, call) => parkedIn(context, call), true),
  };
}
