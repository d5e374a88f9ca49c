import { actionsOf } from './actionsOf.ts';
import { type LivenessContext, reachable } from './contactLiveness.ts';
import { expecting } from './events.ts';
import type { Phone } from './messages.ts';
import { phones } from './phones.ts';
import { hasBinding, phoneConcerned } from './pushToken.ts';

/** What a SIP server knows of phones that need no push, as they have registered a moment ago (OpenSIPS pn_skip_pn_interval). */
export interface WakefulnessContext extends LivenessContext {
  /** Those phones, in their order; absent where each phone is pushed. */
  readonly awake?: readonly Phone[];
}

/** The end of the time in which a phone counts as awake. */
export const wakefulnessEnds = { 'wakefulness.over': { actions: 'noteAsleep' } } as const;

/** Whether a phone gets an INVITE without a push. */
export const countsAsAwake = (context: WakefulnessContext, phone: Phone): boolean =>
  context.awake?.includes(phone) === true && hasBinding(reachable(context), phone);

const timer = (phone: Phone) => `wakefulness of phone ${phone}`;

/** What becomes of that knowledge with each REGISTER, at any SIP server: most push each phone. */
export function wakefulnessActions<Context extends WakefulnessContext>(skips: boolean) {
  const { assign, enqueueActions } = actionsOf<WakefulnessContext, Context>();
  return {
    noteAwake: enqueueActions<'pushSkip'>(({ context, event, enqueue }) => {
      const phone = phoneConcerned(event);
      if (phone === null || context.awake === undefined) return;
      enqueue.cancel(timer(phone));
      enqueue.raise({ type: 'wakefulness.over', phone }, { id: timer(phone), delay: 'pushSkip' });
      enqueue(
        assign(({ context: { awake = [] } }) => ({
          awake: phones.filter((one) => one === phone || awake.includes(one)),
        })),
      );
    }),
    ...(skips && {
      noteAsleep: assign(({ context: { awake = [] }, event }) => ({
        awake: awake.filter((one) => one !== expecting(event, 'wakefulness.over').phone),
      })),
    }),
  };
}
