import type { EnvironmentEvent, TransportNotice } from '../../machines/events.ts';
import { type Message, partyNames } from '../../machines/messages.ts';
import { everyParty, phones } from '../../machines/phones.ts';
import {
  each,
  interval,
  isObject,
  list,
  nullable,
  number,
  object,
  objectOf,
  oneOf,
  optional,
  type Shape,
  such,
  text,
  truth,
  whole,
  wholeFrom,
} from '../data/shape.ts';
import { linkNames, linkOf, transports } from '../scenario/scenario.ts';

/** Every event that a step of a scenario can be, by its name. */
const stepEvents: Readonly<Record<(EnvironmentEvent | Message | TransportNotice)['type'], true>> = {
  REGISTER: true,
  'REGISTER.200': true,
  'REGISTER.401': true,
  'REGISTER.423': true,
  'REGISTER.refused': true,
  INVITE: true,
  'INVITE.100': true,
  'INVITE.110': true,
  'INVITE.180': true,
  'INVITE.182': true,
  'INVITE.183': true,
  'INVITE.200': true,
  'INVITE.failed': true,
  ACK: true,
  CANCEL: true,
  'CANCEL.200': true,
  BYE: true,
  'BYE.200': true,
  'BYE.481': true,
  UPDATE: true,
  'UPDATE.200': true,
  'UPDATE.481': true,
  reINVITE: true,
  'reINVITE.200': true,
  'reINVITE.481': true,
  'reINVITE.ACK': true,
  'control.enable': true,
  'control.enabled': true,
  'control.disable': true,
  'control.disabled': true,
  'control.background': true,
  'control.takenOver': true,
  'control.foreground': true,
  'control.released': true,
  'control.registered': true,
  'control.heartbeat': true,
  'control.lapsed': true,
  'control.fetch': true,
  'control.noCall': true,
  push: true,
  'push.end': true,
  'push.failed': true,
  'push.refresh': true,
  notification: true,
  'notification.end': true,
  'notification.refresh': true,
  'outgoing.INVITE': true,
  'outgoing.407': true,
  'outgoing.180': true,
  'outgoing.200': true,
  'outgoing.failed': true,
  'outgoing.ACK': true,
  'outgoing.BYE': true,
  'outgoing.BYE.200': true,
  'outgoing.unexplained': true,
  'keepAlive.ping': true,
  'keepAlive.pong': true,
  'keepAlive.missed': true,
  'firewall.ban': true,
  'firewall.lift': true,
  'address.taken': true,
  OPTIONS: true,
  'OPTIONS.200': true,
  'user.open': true,
  'user.home': true,
  'user.logOut': true,
  'user.logIn': true,
  'user.reinstall': true,
  'user.call': true,
  'app.kill': true,
  'network.change': true,
  'call.dial': true,
  'call.hangUp': true,
  'call.cleared': true,
  'pushServer.crash': true,
  'pushServer.upgrade': true,
  'pushServer.isolate': true,
  'sipServer.crash': true,
  'nonce.expire': true,
  'password.change': true,
  'token.die': true,
  'pushServer.ban': true,
  'pushServer.limit': true,
  'transport.failed': true,
  'connection.closed': true,
};

const stepEvent = such(
  'an event of this release',
  (type) => typeof type === 'string' && Object.hasOwn(stepEvents, type),
);

const everyLink = [...new Set(phones.flatMap((phone) => linkNames.map((name) => linkOf(name, phone))))];
const [party, link] = [oneOf(everyParty), oneOf(everyLink)];

/** What a step does: it tells a party something, or cuts or repairs a link. */
const action: Shape = (value, path) => {
  const kind = isObject(value) ? (['cut', 'repair'] as const).find((key) => key in value) : undefined;
  return kind === undefined ? telling(value, path) : object({ [kind]: link })(value, path);
};
const telling = object({ party, event: object({ type: stepEvent }) });

/** A fault, between parties of that shape. */
export const faultShape = (between: Shape): Shape =>
  object({
    do: oneOf(['lose', 'delay', 'duplicate']),
    message: text,
    from: optional(between),
    to: optional(between),
    link: optional(text),
    occurrence: wholeFrom(1),
    latencyMs: optional(interval),
  });

const linksShape = each(
  linkNames,
  object({ transport: oneOf(transports), latencyMs: interval, loss: number, duplicate: number, reachable: truth }),
);
const timingShape = each(partyNames, objectOf(interval));

/** As much of a scenario as must be right for its run to be made and shown; what a trace or a link has was resolved once. */
export const scenarioShape: Shape = object({
  name: text,
  title: text,
  mode: object({ name: text, title: text, number: nullable(number) }),
  server: object({ name: text, title: text }),
  links: linksShape,
  timing: timingShape,
  phones: optional(list(object({ links: linksShape, timing: timingShape, user: text }))),
  nodes: optional(object({ address: text, state: text, onStop: text, leaseMs: nullable(number) })),
  registrars: optional(object({ lagMs: wholeFrom(0), order: text })),
  edge: optional(object({ tellsMs: wholeFrom(0) })),
  secondServer: optional(object({ location: text, dead: text, triedBy: text })),
  steps: list(object({ from: oneOf(['start', 'previous']), afterMs: interval, action })),
  faults: list(faultShape(party)),
  limits: objectOf(nullable(number)),
  untilMs: wholeFrom(0),
});

/** For which delays a run goes wrong. */
export const raceWindowShape: Shape = object({
  property: optional(text),
  delays: list(object({ serial: whole, allowedMs: interval, violatingMs: interval })),
  races: list(object({ first: whole, second: whole, gapMs: interval })),
});
