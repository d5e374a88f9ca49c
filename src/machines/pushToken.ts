import { actionsOf } from './actionsOf.ts';
import type { LivenessContext } from './contactLiveness.ts';
import { expecting, type MachineEvent } from './events.ts';
import { type Contact, type Owner, ownerOf, type Token } from './messages.ts';
import { observing, sending } from './observations.ts';
import { grantedExpiresMs, type ServerProfile, type Waking } from './serverProfile.ts';

/** What a SIP server that pushes knows of the phone (RFC 8599 5.3). */
export interface TokenContext extends LivenessContext {
  /** The push token that the app has left; absent where the SIP server does not push. */
  readonly token?: Token | null;
}

const isOfApp = (contact: Contact): boolean => ownerOf(contact) === 'app';

/** Whether an event is about a contact of the app's. */
export const concernsApp = (event: MachineEvent): boolean => {
  const subject = event.type === 'transport.failed' ? event.message : event;
  return 'contact' in subject && (subject.contact === 'app@wifi' || subject.contact === 'app@cellular');
};

/** Whether a token that is there may be pushed to. RFC 8599 5.3: not once the binding that brought it is gone. */
export const isUsable = ({ tokenLives }: Waking, { token = null, bindings }: TokenContext): boolean =>
  token !== null && (tokenLives === 'account' || bindings.some(isOfApp));

/** RFC 8599 5.5: before the end of a binding the phone is pushed, and the app answers by a REGISTER. */
export const refreshPushes = { 'refreshPush.due': { guard: 'isStillBound', actions: 'pushToRefresh' } } as const;

/** RFC 8599 5.6.1.1: what the 200 to a REGISTER says of the pushes. */
export const announced = ({ wakes }: ServerProfile, event: MachineEvent): { pushes?: true } =>
  wakes.announces && suppliedToken(event) !== undefined ? { pushes: true } : {};

/** The token that a REGISTER brings, of a push service that is supported. */
const suppliedToken = (event: MachineEvent): Token | undefined =>
  event.type === 'REGISTER' && event.expires !== 'zero' && event.provider === undefined ? event.prid : undefined;

/** The guard of the REGISTER that is refused for its push service. */
export const pushServiceGuards = ({ wakes }: ServerProfile) => ({
  lacksPushService: ({ event }: { event: MachineEvent }) =>
    wakes?.unsupported === 'refused' && event.type === 'REGISTER' && event.provider === 'unsupported',
});

/** The actions with which a SIP server that pushes uses the token. */
export function pushingActions<Context extends TokenContext>() {
  const { enqueueActions } = actionsOf<TokenContext, Context>();
  const keep = keeping<Context>();
  return {
    pushToRefresh: enqueueActions(({ context: { token }, enqueue }) => {
      if (token) enqueue.emit(sending('notificationService', { type: 'push.refresh', token }));
    }),
    /** RFC 8599 5.3: a token that the push service rejects is not used again. */
    dropToken: enqueueActions(({ context, event, enqueue }) => {
      if (context.token === expecting(event, 'push.failed').token) enqueue(keep(null));
    }),
  };
}

/** What becomes of the token that a REGISTER brings, at any SIP server: most are told none. */
export function tokenActions<Context extends TokenContext>(
  profile: ServerProfile,
  asked: Readonly<Record<Owner, number>>,
) {
  const { assign, enqueueActions } = actionsOf<TokenContext, Context>();
  const keep = keeping<Context>();
  // RFC 8599 5.5: a lifetime that is no longer than that is not refreshed by a push.
  const refreshBeforeMs = profile.wakes?.refreshBeforeMs ?? null;
  const refreshes = refreshBeforeMs !== null && grantedExpiresMs(profile, asked.app) > refreshBeforeMs;
  const timer = (contact: Contact) => `push to refresh ${contact}`;
  return {
    storeToken: enqueueActions(({ context, event, enqueue }) => {
      const token = suppliedToken(event);
      if (token !== undefined) enqueue(keep(token));
      if (token !== undefined || context.token === undefined || !concernsApp(event)) return;
      // RFC 8599 4.1.2: a binding without a token is one that nobody can wake.
      enqueue(assign(() => ({ token: null })));
      enqueue.emit(observing({ type: 'wakeable', wakeable: false }));
    }),
    watchForRefresh: enqueueActions<'refreshPush'>(({ event, enqueue }) => {
      const { contact } = expecting(event, 'REGISTER');
      if (suppliedToken(event) === undefined || !refreshes) return;
      enqueue.cancel(timer(contact));
      enqueue.raise({ type: 'refreshPush.due', contact }, { id: timer(contact), delay: 'refreshPush' });
    }),
    /** RFC 8599 4.1.2: the app's un-REGISTER switches the pushes off. */
    removeToken: enqueueActions(({ context, event, enqueue }) => {
      if (context.token !== undefined && concernsApp(event)) enqueue(keep(null));
    }),
  };
}

function keeping<Context extends TokenContext>() {
  const { assign, enqueueActions } = actionsOf<TokenContext, Context>();
  return (token: Token | null) =>
    enqueueActions(({ context, enqueue }) => {
      if (context.token === token) return;
      enqueue(assign(() => ({ token })));
      if ((context.token === null) !== (token === null))
        enqueue.emit(observing({ type: 'wakeable', wakeable: token !== null }));
    });
}
