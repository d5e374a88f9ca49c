import { actionsOf } from './actionsOf.ts';
import type { LivenessContext } from './contactLiveness.ts';
import { expecting } from './events.ts';
import { type Contact, everyContact } from './messages.ts';

/**
 * Two registrars that tell each other of their bindings, as Kamailio does by DMQ and OpenSIPS in a full-sharing cluster. REGISTERs go
 * to one and calls to the other, which is the worse case.
 */
export interface Replication {
  /** Milliseconds after which a change that one has committed is known to the other one at the latest. */
  readonly lagMs: number;
  /** Whether changes arrive in the order in which they were made, or each by itself (Kamailio DMQ: a message for each). */
  readonly order: 'kept' | 'any';
}

/** What is on its way between the two. */
export interface ReplicationContext extends LivenessContext {
  /** Contacts of which a change is under way, the oldest first; absent where one server does both. */
  readonly underWay?: readonly Contact[];
}

/** What the registrar of the calls takes in. */
export const replicationTransitions = {
  'bindings.changed': { actions: 'replicate' },
  'binding.replicated': { actions: 'takeIn' },
} as const;

const timer = (contact: Contact) => `replication of ${contact}`;

/** The actions of two registrars, for the `setup` of the machine that contains them. */
export function replicationActions<Context extends ReplicationContext>({ order }: Replication) {
  const { assign, enqueueActions } = actionsOf<ReplicationContext, Context>();
  return {
    /** A change that has been taken back before it is known is not told. */
    replicate: enqueueActions<'replicationLag'>(({ context: { bindings, seen = [], underWay = [] }, enqueue }) => {
      const changed = everyContact.filter((one) => bindings.includes(one) !== seen.includes(one));
      for (const contact of underWay) if (!changed.includes(contact)) enqueue.cancel(timer(contact));
      const fresh = changed.filter((one) => !underWay.includes(one));
      for (const contact of fresh)
        enqueue.raise({ type: 'binding.replicated', contact }, { id: timer(contact), delay: 'replicationLag' });
      enqueue(assign(() => ({ underWay: [...underWay.filter((one) => changed.includes(one)), ...fresh] })));
    }),
    takeIn: enqueueActions(({ context: { bindings, seen = [], underWay = [] }, event, enqueue }) => {
      const { contact } = expecting(event, 'binding.replicated');
      const arrived = order === 'kept' ? underWay.slice(0, underWay.indexOf(contact) + 1) : [contact];
      for (const one of arrived) if (one !== contact) enqueue.cancel(timer(one));
      const bound = arrived.filter((one) => bindings.includes(one));
      enqueue(
        assign(() => ({
          seen: [...seen.filter((one) => !arrived.includes(one)), ...bound],
          underWay: underWay.filter((one) => !arrived.includes(one)),
        })),
      );
      for (const one of bound) enqueue.raise({ type: 'binding.stored', contact: one });
    }),
    /** A refresh is known to both; of a new binding the other one hears later. */
    announceStored: enqueueActions(({ context: { seen = [] }, event, enqueue }) => {
      const { contact } = expecting(event, 'REGISTER');
      if (seen.includes(contact)) enqueue.raise({ type: 'binding.stored', contact });
    }),
  };
}
