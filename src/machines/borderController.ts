import { type Args, actionsOf } from './actionsOf.ts';
import type { MachineEvent } from './events.ts';
import { type Call, type Contact, senderOf } from './messages.ts';
import { type FacedServer, isBehindNat } from './serverProfile.ts';

/**
 * The session border controller in front of a SIP server, as far as a registration notices it (RFC 5853 3.3, 3.4).
 * It is part of the server here: user agents cannot tell the two apart.
 */
export interface BorderContext {
  /** What an SBC remembers; absent where there is none. */
  readonly border?: {
    /** Contacts for which it answers in the registrar's place. */
    readonly cached: readonly Contact[];
    /** Whether it still knows the flow over which the push server has registered. */
    readonly flowIsOpen: boolean;
  };
}

/** What an SBC remembers at the start; nothing where the profile has none. */
export const initialBorder = ({ sbc }: FacedServer): BorderContext =>
  sbc === null ? {} : { border: { cached: [], flowIsOpen: false } };

/** What the SBC notices by itself, also while the registrar behind it is down. */
export const borderTransitions = {
  // RFC 5626 4.4: traffic keeps the flow alive; of the push server's there is none but REGISTER (inference).
  REGISTER: { guard: 'needsFlow', actions: 'openFlow' },
  'flow.closed': { actions: 'closeFlow' },
  'cache.ended': { actions: 'uncache' },
} as const;

/**
 * Whether no INVITE gets to that contact, because the SBC has forgotten its flow. The push server has one address, and so one
 * flow, for however many phones it registers (inference).
 */
export const isCutOff = (server: FacedServer, { border }: BorderContext, contact: Contact): boolean =>
  isOfPushServer(contact) && isReachedByFlow(server) && border?.flowIsOpen === false;

/** The id of the timer with which an SBC waits for an 18x to a call (AudioCodes SBCAlertTimeout). */
export const alertTimer = (call: Call): string => `alert of call ${call}`;

const isOfPushServer = (contact: Contact): boolean => contact !== 'otherDevice' && senderOf(contact) === 'pushServer';

const isReachedByFlow = (server: FacedServer): boolean =>
  server.sbc !== null && server.sbc.flowMs !== null && isBehindNat(server, 'pushServer');

type GuardArgs = Args<BorderContext>;

const contactOf = (event: MachineEvent): Contact | null =>
  event.type === 'REGISTER' || event.type === 'cache.ended' ? event.contact : null;

/** The guards of an SBC with that profile. */
export const borderGuards = (server: FacedServer) => ({
  isCached: ({ context: { border }, event }: GuardArgs) =>
    event.type === 'REGISTER' && event.expires !== 'zero' && border?.cached.includes(event.contact) === true,
  needsFlow: ({ event }: GuardArgs) => {
    const contact = contactOf(event);
    return contact !== null && isOfPushServer(contact) && isReachedByFlow(server);
  },
});

const flowTimer = 'flow to the push server';
const cacheTimer = (contact: Contact) => `cache of ${contact}`;

/** The actions of an SBC with that profile, for the `setup` of the machine that contains it. */
export function borderActions<Context extends BorderContext>(server: FacedServer) {
  const { sbc } = server;
  type Border = NonNullable<BorderContext['border']>;
  type Delay = 'registrationCache' | 'flowIdle';
  const { assign, enqueueActions } = actionsOf<BorderContext, Context>();
  const remember = (change: (border: Border) => Border) =>
    assign(({ context: { border } }) => (border === undefined ? {} : { border: change(border) }));
  const cached = (contact: Contact, isCached: boolean) =>
    remember((border) => {
      const others = border.cached.filter((one) => one !== contact);
      return { ...border, cached: isCached ? [...others, contact].sort() : others };
    });
  return {
    cache: enqueueActions<Delay>(({ event, enqueue }) => {
      const contact = contactOf(event);
      if (contact === null || sbc === null || sbc.cacheMs === null || !isBehindNat(server, contact)) return;
      enqueue(cached(contact, true));
      enqueue.cancel(cacheTimer(contact));
      enqueue.raise({ type: 'cache.ended', contact }, { id: cacheTimer(contact), delay: 'registrationCache' });
    }),
    uncache: enqueueActions(({ event, enqueue }) => {
      const contact = contactOf(event);
      if (contact === null || sbc === null || sbc.cacheMs === null) return;
      enqueue(cached(contact, false));
      enqueue.cancel(cacheTimer(contact));
    }),
    openFlow: enqueueActions<Delay>(({ enqueue }) => {
      enqueue(remember((border) => ({ ...border, flowIsOpen: true })));
      enqueue.cancel(flowTimer);
      enqueue.raise({ type: 'flow.closed' }, { id: flowTimer, delay: 'flowIdle' });
    }),
    closeFlow: remember((border) => ({ ...border, flowIsOpen: false })),
  };
}
