import { type Args, actionsOf } from './actionsOf.ts';
import { expecting, type MachineEvent } from './events.ts';
import { type Contact, everyContact, ownerOf, partyAt } from './messages.ts';
import { sending } from './observations.ts';
import { roleOf } from './phones.ts';
import type { ServerProfile } from './serverProfile.ts';

/**
 * How a registrar learns, before the binding expires, that nobody is behind a contact any more: its connection is gone, or
 * it answers no OPTIONS.
 */
export interface LivenessContext {
  readonly bindings: readonly Contact[];
  /** Contacts that have not answered the latest OPTIONS; absent where none is sent, or the binding goes with the answer. */
  readonly silent?: readonly Contact[];
  /** The bindings of which the server of the calls knows; absent where it is the one that has them. */
  readonly seen?: readonly Contact[];
}

type Rules = Pick<ServerProfile, 'onConnectionClosed' | 'probesContacts'>;

/** What a registrar knows of its contacts at first; nothing where its profile skips nobody. */
export const noSilence = ({ probesContacts }: Rules): Pick<LivenessContext, 'silent'> =>
  probesContacts?.onFailure === 'skip' ? { silent: [] } : {};

/** The contacts to which calls go: those bound but for those that are known to be silent. */
export const reachable = ({ bindings, silent = [], seen = bindings }: LivenessContext): readonly Contact[] =>
  silent.length === 0 ? seen : seen.filter((one) => !silent.includes(one));

/** The contact whose connection is known to be gone. */
const disconnected = (event: MachineEvent): Contact | null => {
  if (event.type === 'connection.closed') {
    const { from, network } = event;
    if (roleOf(from) === 'pushServer') return from as Contact;
    return roleOf(from) === 'app' && network !== undefined ? (`${from}@${network}` as Contact) : null;
  }
  if (event.type !== 'transport.failed' || !('contact' in event.message)) return null;
  const { contact } = event.message;
  return everyContact.find((one) => one === contact && ownerOf(one) !== 'otherDevice') ?? null;
};

/** The contact that the event says nobody is behind; null where it says that of none. */
export const lostContact = (event: MachineEvent): Contact | null =>
  event.type === 'probe.missed' ? event.contact : disconnected(event);

/** What the registrar does about it, and its OPTIONS. */
export const livenessTransitions = {
  'connection.closed': { guard: 'bindingGoesWithConnection', actions: ['cancelExpiry', 'unbind', 'showBindings'] },
  'transport.failed': [
    { guard: 'bindingGoesWithConnection', actions: ['cancelExpiry', 'unbind', 'showBindings'] },
    { guard: 'probeFailedToSend', actions: 'missProbe' },
  ],
  'probe.due': { guard: 'isStillBound', actions: 'sendProbe' },
  'OPTIONS.200': { guard: 'isStillBound', actions: ['noteAnswered', 'startProbing'] },
  'probe.missed': [
    { guard: 'bindingGoesWithProbe', actions: ['cancelExpiry', 'unbind', 'showBindings'] },
    { guard: 'isStillBound', actions: ['noteSilent', 'startProbing'] },
  ],
} as const;

type GuardArgs = Args<LivenessContext>;

const contactOf = (event: MachineEvent): Contact | null =>
  event.type === 'REGISTER' ||
  event.type === 'OPTIONS.200' ||
  event.type === 'probe.due' ||
  event.type === 'refreshPush.due' ||
  event.type === 'probe.missed'
    ? event.contact
    : null;

/** The guards of a registrar with that profile. */
export const livenessGuards = ({ onConnectionClosed, probesContacts }: Rules) => {
  const isBound = (contact: Contact | null, { bindings }: LivenessContext) =>
    contact !== null && bindings.includes(contact);
  return {
    bindingGoesWithConnection: ({ context, event }: GuardArgs) =>
      onConnectionClosed === 'removesBinding' && isBound(disconnected(event), context),
    bindingGoesWithProbe: ({ context, event }: GuardArgs) =>
      probesContacts?.onFailure === 'remove' && isBound(contactOf(event), context),
    isStillBound: ({ context, event }: GuardArgs) => isBound(contactOf(event), context),
    probeFailedToSend: ({ event }: GuardArgs) => event.type === 'transport.failed' && event.message.type === 'OPTIONS',
  };
};

const probeTimer = (contact: Contact) => `probe of ${contact}`;
const answerTimer = (contact: Contact) => `answer of ${contact} to a probe`;

/** The actions of a registrar with that profile, for the `setup` of the machine that contains it. */
export function livenessActions<Context extends LivenessContext>({ probesContacts }: Rules) {
  type Delay = 'probeInterval' | 'probeTimeout';
  const { assign, enqueueActions } = actionsOf<LivenessContext, Context>();
  const silent = (isSilent: boolean) =>
    assign(({ context, event }) => {
      const contact = contactOf(event);
      if (contact === null || context.silent === undefined) return {};
      const others = context.silent.filter((one) => one !== contact);
      return { silent: isSilent ? [...others, contact].sort() : others };
    });
  return {
    noteAnswered: silent(false),
    noteSilent: silent(true),
    startProbing: enqueueActions<Delay>(({ event, enqueue }) => {
      const contact = contactOf(event);
      if (contact === null || !probesContacts) return;
      enqueue.cancel(answerTimer(contact));
      enqueue.cancel(probeTimer(contact));
      enqueue.raise({ type: 'probe.due', contact }, { id: probeTimer(contact), delay: 'probeInterval' });
    }),
    sendProbe: enqueueActions<Delay>(({ event, enqueue }) => {
      const contact = contactOf(event);
      if (contact === null) return;
      enqueue.emit(sending(partyAt(contact), { type: 'OPTIONS', contact }));
      enqueue.raise({ type: 'probe.missed', contact }, { id: answerTimer(contact), delay: 'probeTimeout' });
    }),
    // RFC 3261 18.4: there is no need to wait for an answer.
    missProbe: enqueueActions<Delay>(({ event, enqueue }) => {
      const { contact } = expecting(expecting(event, 'transport.failed').message, 'OPTIONS');
      enqueue.cancel(answerTimer(contact));
      enqueue.raise({ type: 'probe.missed', contact });
    }),
  };
}

/** RFC 3261 11.2: a user agent answers an OPTIONS that has found it. */
export const answeringProbe = <Context extends object>() =>
  actionsOf<object, Context>().emit(({ event }) =>
    sending('sipServer', { type: 'OPTIONS.200', contact: expecting(event, 'OPTIONS').contact }),
  );
