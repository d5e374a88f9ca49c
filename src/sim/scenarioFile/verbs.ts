import type { EnvironmentEvent } from '../../machines/events.ts';
import type { PartyName } from '../../machines/messages.ts';
import type { StepAction } from '../scenario/scenario.ts';
import type { StepDocument } from './document.ts';

/** The verbs of the steps, and what each does. */
const verbs = {
  open: () => ({ party: 'app', event: { type: 'user.open' } }),
  home: () => ({ party: 'app', event: { type: 'user.home' } }),
  kill: () => ({ party: 'app', event: { type: 'app.kill', notice: false } }),
  killWithNotice: () => ({ party: 'app', event: { type: 'app.kill', notice: true } }),
  logOut: () => ({ party: 'app', event: { type: 'user.logOut' } }),
  logIn: () => ({ party: 'app', event: { type: 'user.logIn' } }),
  reinstall: () => ({ party: 'app', event: { type: 'user.reinstall' } }),
  call: () => ({ party: 'app', event: { type: 'user.call' } }),
  changeNetwork: () => ({ party: 'app', event: { type: 'network.change' } }),
  crashPushServer: () => ({ party: 'pushServer', event: { type: 'pushServer.crash' } }),
  crashSipServer: () => ({ party: 'sipServer', event: { type: 'sipServer.crash' } }),
  changePassword: () => ({ party: 'sipServer', event: { type: 'password.change' } }),
  expireNonces: () => ({ party: 'sipServer', event: { type: 'nonce.expire' } }),
  banPushServer: () => ({ party: 'sipServer', event: { type: 'pushServer.ban' } }),
  limitPushServer: () => ({ party: 'sipServer', event: { type: 'pushServer.limit' } }),
  killToken: () => ({ party: 'notificationService', event: { type: 'token.die' } }),
} as const satisfies Record<string, () => { party: PartyName; event: EnvironmentEvent }>;

type Verb = keyof typeof verbs;
/** The verbs that say it all: they take no call and no link. */
export const verbNames = Object.keys(verbs) as [Verb, ...Verb[]];

/** Everything that `do` can say. */
export const stepVerbs: readonly string[] = [...verbNames, 'dial', 'hangUp', 'cut', 'repair'];

/** What a step does, in the terms of the world. */
export function actionOf(document: StepDocument): StepAction {
  if (document.do === 'cut') return { cut: document.link };
  if (document.do === 'repair') return { repair: document.link };
  if (document.do === 'dial') return { party: 'caller', event: { type: 'call.dial', call: document.call } };
  if (document.do === 'hangUp') return { party: 'caller', event: { type: 'call.hangUp', call: document.call } };
  return verbs[document.do]();
}
