import type { EnvironmentEvent } from '../../machines/events.ts';
import type { Role } from '../../machines/messages.ts';
import { partyOf } from '../../machines/phones.ts';
import { linkOf, type StepAction } from '../scenario/scenario.ts';
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
  upgradePushServer: () => ({ party: 'pushServer', event: { type: 'pushServer.upgrade' } }),
  isolatePushServer: () => ({ party: 'pushServer', event: { type: 'pushServer.isolate' } }),
  crashSipServer: () => ({ party: 'sipServer', event: { type: 'sipServer.crash' } }),
  changePassword: () => ({ party: 'sipServer', event: { type: 'password.change' } }),
  expireNonces: () => ({ party: 'sipServer', event: { type: 'nonce.expire' } }),
  banPushServer: () => ({ party: 'sipServer', event: { type: 'pushServer.ban' } }),
  limitPushServer: () => ({ party: 'sipServer', event: { type: 'pushServer.limit' } }),
  killToken: () => ({ party: 'notificationService', event: { type: 'token.die' } }),
} as const satisfies Record<string, () => { party: Role; event: EnvironmentEvent }>;

type Verb = keyof typeof verbs;

/** What is done to a phone, so that it says to which where there are several. */
export const verbsOfPhones = [
  'open',
  'home',
  'kill',
  'killWithNotice',
  'logOut',
  'logIn',
  'reinstall',
  'changeNetwork',
  'killToken',
] as const satisfies readonly Verb[];

/** The others that say it all: they take no call, no link and no phone. */
export const otherVerbs = [
  'call',
  'crashPushServer',
  'upgradePushServer',
  'isolatePushServer',
  'crashSipServer',
  'changePassword',
  'expireNonces',
  'banPushServer',
  'limitPushServer',
] as const satisfies readonly Exclude<Verb, (typeof verbsOfPhones)[number]>[];

/** Everything that `do` can say. */
export const stepVerbs: readonly string[] = [...Object.keys(verbs), 'dial', 'hangUp', 'cut', 'repair'];

/** What a step does, in the terms of the world. */
export function actionOf(document: StepDocument): StepAction {
  const phone = 'phone' in document ? (document.phone ?? 1) : 1;
  if (document.do === 'cut') return { cut: linkOf(document.link, phone) };
  if (document.do === 'repair') return { repair: linkOf(document.link, phone) };
  if (document.do === 'dial') return { party: 'caller', event: { type: 'call.dial', call: document.call } };
  if (document.do === 'hangUp') return { party: 'caller', event: { type: 'call.hangUp', call: document.call } };
  const { party, event } = verbs[document.do]();
  return { party: partyOf(party, phone), event };
}
