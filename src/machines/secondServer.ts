import { type Args, actionsOf } from './actionsOf.ts';
import { expecting } from './events.ts';
import { partyAt } from './messages.ts';
import { sending } from './observations.ts';
import { phones } from './phones.ts';
import { showingToken, type TokenContext } from './pushToken.ts';
import type { RegistrarContext } from './registrar.ts';

/**
 * Two SIP servers of one domain, of which clients try the second when the first fails them (RFC 3263 4.3). They are one party:
 * once the first has died it is the second, which hears only those who have moved to it. Calls come to the second from then on.
 */
export interface SecondServer {
  /** Whether the second knows the bindings of the first: from a database of both, or none. */
  readonly location: 'shared' | 'own';
  /** What a REGISTER to the dead server meets: nothing, or ICMP or a 503, which count the same (RFC 3261 8.1.3.1). */
  readonly dead: 'silent' | 'refuses';
}

/** What a server knows of its place. */
export interface SecondServerContext extends RegistrarContext, TokenContext {
  /** Whether the first server has died; absent where there is one. */
  readonly isSecond?: boolean;
}

/** What becomes of a REGISTER to the server that has died. */
export const atDeadServer = ({ dead }: SecondServer) =>
  ({ guard: 'isForFirst', actions: dead === 'refuses' ? ['refuseAtFirst'] : [] }) as const;

/** The first server dies. */
export const dying = ({ location }: SecondServer) =>
  ({
    target: 'down',
    actions: [
      ...(location === 'own' ? (['cancelAllExpiries', 'unbindAll', 'showBindings', 'forgetTokens'] as const) : []),
      'beSecond',
    ],
  }) as const;

/** The guard of two servers. */
export const secondServerGuards = {
  isForFirst: ({ context, event }: Args<SecondServerContext>) =>
    context.isSecond === true && expecting(event, 'REGISTER').server !== 'second',
};

/** The actions of two servers, for the `setup` of the machine that contains them. */
export function secondServerActions<Context extends SecondServerContext>() {
  const { assign, enqueueActions } = actionsOf<SecondServerContext, Context>();
  return {
    beSecond: assign(() => ({ isSecond: true })),
    refuseAtFirst: enqueueActions(({ event, enqueue }) => {
      const { contact, expires, authorization } = expecting(event, 'REGISTER');
      const refusal = {
        type: 'REGISTER.refused',
        contact,
        expires,
        authorization,
        code: 503,
        retryAfter: false,
      } as const;
      enqueue.emit(sending(partyAt(contact), refusal));
    }),
    forgetTokens: enqueueActions(({ context: { tokens = {} }, enqueue }) => {
      const known = phones.filter((phone) => tokens[phone]);
      if (known.length === 0) return;
      enqueue(assign(() => ({ tokens: {} })));
      for (const phone of known) enqueue.emit(showingToken(phone, false));
    }),
  };
}
