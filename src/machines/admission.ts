import { type Args, actionsOf } from './actionsOf.ts';
import { expecting, type MachineEvent } from './events.ts';
import { type Contact, partyAt, type RegisterResponse, senderOf } from './messages.ts';
import { observing, sending } from './observations.ts';
import type { ServerProfile } from './serverProfile.ts';

/**
 * Whom a server lets in at all: an address that has failed too often is banned by the firewall, as fail2ban does it, and one
 * that sends too many REGISTERs is refused. An address goes by its contact: the phone has one per network, and the push server
 * one for all its users, whose failures and REGISTERs are steps of the environment.
 */
export interface AdmissionContext {
  /** What counts against an address, each remembered for a time of its own: the numbers of those that are. */
  readonly offences?: Counts;
  /** The REGISTERs of an address within the window of the limit, likewise. */
  readonly places?: Counts;
  /** The addresses whose limit other users behind them have used up. */
  readonly usedUp?: readonly Contact[];
}

type Counts = Readonly<Partial<Record<Contact, readonly number[]>>>;

/** Whichever of the user's phones the push server registers, it has one address. */
const addressOf = (contact: Contact): Contact =>
  contact !== 'otherDevice' && senderOf(contact) === 'pushServer' ? 'pushServer' : contact;

type Rules = Pick<ServerProfile, 'bans' | 'limitsRegisters'>;

/** What ends by itself, also while the server is down: the firewall is none of its processes. */
export const admissionEnds = {
  'offence.forgotten': { actions: 'forgetOffence' },
  'place.free': { actions: 'freePlace' },
  'ban.over': { actions: 'liftBan' },
  'limit.over': { actions: 'endLimit' },
} as const;

/** What counts, and what other users of the push server bring about. */
export const admissionTransitions = {
  ...admissionEnds,
  'register.answered': { actions: ['takePlace', 'noteOffence'] },
  'pushServer.ban': { guard: 'bansAddresses', actions: 'banPushServer' },
  'pushServer.limit': { guard: 'limitsAddresses', actions: 'limitPushServer' },
} as const;

/** The kinds of count, in the words of their timers. */
const memoryOf = (kind: 'offence' | 'place', contact: Contact, slot: number) => `${kind} ${slot} of ${contact}`;
const banTimer = (contact: Contact) => `ban of ${contact}`;
const limitTimer = 'limit of the push server';

const firstFree = (slots: readonly number[]): number => {
  const free = slots.findIndex((slot, index) => slot !== index);
  return free < 0 ? slots.length : free;
};
const withSlot = (slots: readonly number[], slot: number) => [...slots, slot].sort((one, other) => one - other);

/** The counts with those of one address changed; an address with none is not there. */
function counting(counts: Counts = {}, contact: Contact, slots: readonly number[]): Counts {
  const { [contact]: _, ...others } = counts;
  return slots.length === 0 ? others : { ...others, [contact]: slots };
}

/** RFC 3261 22.2: the answer to credentials for a nonce that is not stale says that they are wrong. */
const isFailure = (answer: RegisterResponse) => answer.type === 'REGISTER.401' && answer.authorization && !answer.stale;

/** Whether an answer to a REGISTER counts against the address from which that has come. */
function isOffence({ bans }: Rules, answer: RegisterResponse): boolean {
  if (!bans) return false;
  if (bans.counts === 'requests') return true;
  return bans.counts === 'challenges' ? answer.type === 'REGISTER.401' : isFailure(answer);
}

type GuardArgs = Args<AdmissionContext>;

/** The guards of a server with that profile. */
export const admissionGuards = ({ bans, limitsRegisters }: Rules) => ({
  bansAddresses: () => Boolean(bans),
  limitsAddresses: () => Boolean(limitsRegisters),
  isOverLimit: ({ context: { places = {}, usedUp = [] }, event }: GuardArgs) => {
    if (!limitsRegisters) return false;
    const address = addressOf(expecting(event, 'REGISTER').contact);
    return usedUp.includes(address) || (places[address]?.length ?? 0) >= limitsRegisters.registers;
  },
});

/** Whether the answers to REGISTERs count for anything. */
export const countsAnswers = ({ bans, limitsRegisters }: Rules): boolean => Boolean(bans) || Boolean(limitsRegisters);

/** The actions of a server with that profile, for the `setup` of the machine that contains it. */
export function admissionActions<Context extends AdmissionContext>(rules: Rules) {
  const { assign, enqueueActions } = actionsOf<AdmissionContext, Context>();
  type Delay = 'findTime' | 'banTime' | 'rateWindow';
  const contactOf = (event: MachineEvent): Contact =>
    'contact' in event ? addressOf(event.contact as Contact) : 'pushServer';
  const ban = (contactIn: (event: MachineEvent) => Contact) =>
    enqueueActions<Delay>(({ context, event, enqueue }) => {
      const contact = contactIn(event);
      for (const slot of context.offences?.[contact] ?? []) enqueue.cancel(memoryOf('offence', contact, slot));
      enqueue(assign(() => ({ offences: counting(context.offences, contact, []) })));
      enqueue.emit(sending(partyAt(contact), { type: 'firewall.ban', contact }));
      enqueue.emit(observing({ type: 'address.banned', contact, banned: true }));
      enqueue.cancel(banTimer(contact));
      enqueue.raise({ type: 'ban.over', contact }, { id: banTimer(contact), delay: 'banTime' });
    });
  const forget = (kind: 'offence' | 'place') =>
    assign(({ context, event }) => {
      const { contact, slot } = expecting(event, kind === 'offence' ? 'offence.forgotten' : 'place.free');
      const key = kind === 'offence' ? 'offences' : 'places';
      const left = (context[key]?.[contact] ?? []).filter((one) => one !== slot);
      return { [key]: counting(context[key], contact, left) };
    });
  return {
    refuseForLoad: enqueueActions(({ event, enqueue }) => {
      const { contact, expires, authorization } = expecting(event, 'REGISTER');
      const retryAfter = rules.limitsRegisters?.retryAfter ?? false;
      const refusal = { type: 'REGISTER.refused', contact, expires, authorization, code: 503, retryAfter } as const;
      enqueue.emit(sending(partyAt(contact), refusal));
    }),
    takePlace: enqueueActions<Delay>(({ context, event, enqueue }) => {
      if (!rules.limitsRegisters) return;
      const contact = addressOf(expecting(event, 'register.answered').contact);
      const taken = context.places?.[contact] ?? [];
      const slot = firstFree(taken);
      enqueue(assign(() => ({ places: counting(context.places, contact, withSlot(taken, slot)) })));
      const id = memoryOf('place', contact, slot);
      enqueue.raise({ type: 'place.free', contact, slot }, { id, delay: 'rateWindow' });
    }),
    noteOffence: enqueueActions<Delay>(({ context, event, enqueue }) => {
      const { answer, contact: bound } = expecting(event, 'register.answered');
      const contact = addressOf(bound);
      if (!rules.bans || !isOffence(rules, answer)) return;
      const known = context.offences?.[contact] ?? [];
      if (known.length + 1 >= rules.bans.after) {
        enqueue(ban(contactOf));
        return;
      }
      const slot = firstFree(known);
      enqueue(assign(() => ({ offences: counting(context.offences, contact, withSlot(known, slot)) })));
      const id = memoryOf('offence', contact, slot);
      enqueue.raise({ type: 'offence.forgotten', contact, slot }, { id, delay: 'findTime' });
    }),
    forgetOffence: forget('offence'),
    freePlace: forget('place'),
    banPushServer: ban(() => 'pushServer'),
    liftBan: enqueueActions(({ event, enqueue }) => {
      const { contact } = expecting(event, 'ban.over');
      enqueue.emit(sending(partyAt(contact), { type: 'firewall.lift', contact }));
      enqueue.emit(observing({ type: 'address.banned', contact, banned: false }));
    }),
    limitPushServer: enqueueActions<Delay>(({ enqueue }) => {
      enqueue(assign(() => ({ usedUp: ['pushServer' as const] })));
      enqueue.cancel(limitTimer);
      enqueue.raise({ type: 'limit.over' }, { id: limitTimer, delay: 'rateWindow' });
    }),
    endLimit: assign(() => ({ usedUp: [] })),
  };
}
