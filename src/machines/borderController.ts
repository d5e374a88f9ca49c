import { assign, enqueueActions } from 'xstate';
import type { Contact, Emitted, MachineEvent } from './messages.ts';
import type { ServerProfile } from './serverProfile.ts';

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

/** What an SBC remembers at first; nothing where the profile has none. */
export const atBorder = ({ sbc }: Pick<ServerProfile, 'sbc'>): BorderContext =>
  sbc === null ? {} : { border: { cached: [], flowIsOpen: false } };

/** What the SBC notices by itself, also while the registrar behind it is down. */
export const borderTransitions = {
  // RFC 5626 4.4: traffic keeps the flow alive; of the push server's there is none but REGISTER (inference).
  REGISTER: { guard: 'needsFlow', actions: 'openFlow' },
  'flow.closed': { actions: 'closeFlow' },
  'cache.ended': { actions: 'uncache' },
} as const;

/** Whether no INVITE gets to that contact, because the SBC has forgotten its flow. */
export const isCutOff = ({ sbc }: Pick<ServerProfile, 'sbc'>, { border }: BorderContext, contact: Contact): boolean =>
  contact === 'pushServer' && sbc !== null && sbc.flowMs !== null && border?.flowIsOpen === false;

type Args = { context: BorderContext; event: MachineEvent };

const contactOf = (event: MachineEvent): Contact | null =>
  event.type === 'REGISTER' || event.type === 'cache.ended' ? event.contact : null;

/** The guards of an SBC with that profile. */
export const borderGuards = ({ sbc }: Pick<ServerProfile, 'sbc'>) => ({
  isCached: ({ context: { border }, event }: Args) =>
    event.type === 'REGISTER' && event.expires !== 'zero' && border?.cached.includes(event.contact) === true,
  needsFlow: ({ event }: Args) => sbc !== null && sbc.flowMs !== null && contactOf(event) === 'pushServer',
});

const flowTimer = 'flow to the push server';
const cacheTimer = (contact: Contact) => `cache of ${contact}`;

/** The actions of an SBC with that profile, for the `setup` of the machine that contains it. */
export function borderActions<Context extends BorderContext>({ sbc }: Pick<ServerProfile, 'sbc'>) {
  type Border = NonNullable<BorderContext['border']>;
  type Delay = 'registrationCache' | 'flowIdle';
  const acting = enqueueActions<Context, MachineEvent, undefined, MachineEvent, never, never, never, Delay, Emitted>;
  const remember = (change: (border: Border) => Border) =>
    assign<Context, MachineEvent, undefined, MachineEvent, never>(
      ({ context: { border } }) => (border && { border: change(border) }) as unknown as Partial<Context>,
    );
  const cached = (contact: Contact, isCached: boolean) =>
    remember((border) => {
      const others = border.cached.filter((one) => one !== contact);
      return { ...border, cached: isCached ? [...others, contact].sort() : others };
    });
  return {
    cache: acting(({ event, enqueue }) => {
      const contact = contactOf(event);
      if (contact === null || sbc === null || sbc.cacheMs === null) return;
      enqueue(cached(contact, true) as never);
      enqueue.cancel(cacheTimer(contact));
      enqueue.raise({ type: 'cache.ended', contact }, { id: cacheTimer(contact), delay: 'registrationCache' });
    }),
    uncache: acting(({ event, enqueue }) => {
      const contact = contactOf(event);
      if (contact === null || sbc === null || sbc.cacheMs === null) return;
      enqueue(cached(contact, false) as never);
      enqueue.cancel(cacheTimer(contact));
    }),
    openFlow: acting(({ enqueue }) => {
      enqueue(remember((border) => ({ ...border, flowIsOpen: true })) as never);
      enqueue.cancel(flowTimer);
      enqueue.raise({ type: 'flow.closed' }, { id: flowTimer, delay: 'flowIdle' });
    }),
    closeFlow: remember((border) => ({ ...border, flowIsOpen: false })),
  };
}
