import { actionsOf } from './actionsOf.ts';
import type { LivenessContext } from './contactLiveness.ts';
import { expecting, type MachineEvent } from './events.ts';
import type { Contact, Owner, Phone, PushMessage, Token } from './messages.ts';
import { type Emitted, observing, sending } from './observations.ts';
import { partyOf, phoneOf, phoneOfToken, phones } from './phones.ts';
import { grantedExpiresMs, type ServerProfile, type Waking } from './serverProfile.ts';

/** What a SIP server that pushes knows of the phones (RFC 8599 5.3). */
export interface TokenContext extends LivenessContext {
  /** The push token that the app of each phone has left; absent where the SIP server does not push. */
  readonly tokens?: Readonly<Partial<Record<Phone, Token>>>;
}

/** The phone whose app is behind a contact; null where it is somebody else's. */
const phoneBehind = (contact: string): Phone | null => (contact.startsWith('app') ? phoneOf(contact) : null);

/** The phone whose app an event is about; null where it is about none. */
export const phoneConcerned = (event: MachineEvent): Phone | null => {
  const subject = event.type === 'transport.failed' ? event.message : event;
  return 'contact' in subject ? phoneBehind(subject.contact) : null;
};

/** Whether the app of that phone is bound. */
export const hasBinding = (bindings: readonly Contact[], phone: Phone): boolean =>
  bindings.some((contact) => phoneBehind(contact) === phone);

/** The phones that may be pushed to. RFC 8599 5.3: not once the binding that brought the token is gone. */
export const wakeable = ({ tokenLives }: Waking, { tokens = {}, bindings }: TokenContext): readonly Phone[] =>
  phones.filter((phone) => tokens[phone] && (tokenLives === 'account' || hasBinding(bindings, phone)));

/** A message about the push token of a phone, to the push service of that phone. */
export const pushing = (message: PushMessage): Emitted =>
  sending(partyOf('notificationService', phoneOfToken(message.token)), message);

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
export function pushingActions<Context extends TokenContext>({ wakes }: ServerProfile) {
  const { enqueueActions } = actionsOf<TokenContext, Context>();
  const keep = keeping<Context>();
  return {
    pushToRefresh: enqueueActions(({ context: { tokens }, event, enqueue }) => {
      const token = tokens?.[phoneConcerned(event) ?? 1];
      const { refreshesBy } = wakes;
      if (token)
        enqueue.emit(pushing({ type: 'push.refresh', token, ...(refreshesBy === 'callPush' && { asCall: true }) }));
    }),
    /** RFC 8599 5.3: a token that the push service rejects is not used again. */
    dropToken: enqueueActions(({ context, event, enqueue }) => {
      const { token } = expecting(event, 'push.failed');
      const phone = phoneOfToken(token);
      if (context.tokens?.[phone] === token) enqueue(keep(phone, null));
    }),
  };
}

/** What becomes of the token that a REGISTER brings, at any SIP server: most are told none. */
export function tokenActions<Context extends TokenContext>(
  profile: ServerProfile,
  asked: Readonly<Record<Owner, number>>,
) {
  const { enqueueActions } = actionsOf<TokenContext, Context>();
  const keep = keeping<Context>();
  // RFC 8599 5.5: a lifetime that is no longer than that is not refreshed by a push.
  const refreshBeforeMs = profile.wakes?.refreshBeforeMs ?? null;
  const refreshes = refreshBeforeMs !== null && grantedExpiresMs(profile, asked.app) > refreshBeforeMs;
  const timer = (contact: Contact) => `push to refresh ${contact}`;
  return {
    storeToken: enqueueActions(({ context, event, enqueue }) => {
      const phone = phoneConcerned(event);
      if (phone === null || context.tokens === undefined) return;
      const token = suppliedToken(event);
      enqueue(keep(phone, token ?? null));
      // RFC 8599 4.1.2: a binding without a token is one that nobody can wake.
      if (token === undefined && context.tokens[phone] === undefined) enqueue.emit(showingToken(phone, false));
    }),
    watchForRefresh: enqueueActions<'refreshPush'>(({ event, enqueue }) => {
      const { contact } = expecting(event, 'REGISTER');
      if (suppliedToken(event) === undefined || !refreshes) return;
      enqueue.cancel(timer(contact));
      enqueue.raise({ type: 'refreshPush.due', contact }, { id: timer(contact), delay: 'refreshPush' });
    }),
    /** RFC 8599 4.1.2: the app's un-REGISTER switches the pushes off. */
    removeToken: enqueueActions(({ context, event, enqueue }) => {
      const phone = phoneConcerned(event);
      if (context.tokens !== undefined && phone !== null) enqueue(keep(phone, null));
    }),
  };
}

/** What is seen of a token: of the first phone's nothing says whose it is. */
export const showingToken = (phone: Phone, wakeable: boolean) =>
  observing({ type: 'wakeable', wakeable, ...(phone !== 1 && { phone }) });

function keeping<Context extends TokenContext>() {
  const { assign, enqueueActions } = actionsOf<TokenContext, Context>();
  return (phone: Phone, token: Token | null) =>
    enqueueActions(({ context: { tokens = {} }, enqueue }) => {
      const { [phone]: before = null, ...others } = tokens;
      if (before === token) return;
      enqueue(assign(() => ({ tokens: token === null ? others : { ...tokens, [phone]: token } })));
      if ((before === null) !== (token === null)) enqueue.emit(showingToken(phone, token !== null));
    });
}
