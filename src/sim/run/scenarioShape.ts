import { z } from 'zod';
import {
  type EnvironmentEvent,
  type MachineEvent,
  type Message,
  partyNames,
  type TransportNotice,
} from '../../machines/messages.ts';
import { linkNames, transports } from '../scenario/scenario.ts';

/** Every event that a step of a scenario can be, by its name. */
const stepEvents: Readonly<Record<(EnvironmentEvent | Message | TransportNotice)['type'], true>> = {
  REGISTER: true,
  'REGISTER.200': true,
  'REGISTER.401': true,
  'REGISTER.423': true,
  'REGISTER.refused': true,
  INVITE: true,
  'INVITE.100': true,
  'INVITE.180': true,
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
  'control.fetch': true,
  'control.noCall': true,
  push: true,
  'push.end': true,
  'push.failed': true,
  notification: true,
  'notification.end': true,
  'outgoing.INVITE': true,
  'outgoing.407': true,
  'outgoing.180': true,
  'outgoing.200': true,
  'outgoing.failed': true,
  'outgoing.ACK': true,
  'outgoing.BYE': true,
  'outgoing.BYE.200': true,
  'keepAlive.ping': true,
  'keepAlive.pong': true,
  'keepAlive.missed': true,
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
  'pushServer.crash': true,
  'sipServer.crash': true,
  'nonce.expire': true,
  'password.change': true,
  'token.die': true,
  'transport.failed': true,
  'connection.closed': true,
};

const isStepEvent = (type: string): type is MachineEvent['type'] => Object.hasOwn(stepEvents, type);

const interval = z.tuple([z.int(), z.int()]);

const party = z.enum(partyNames);
const link = z.enum(linkNames);

const action = z.union([
  z.looseObject({
    party,
    event: z.looseObject({ type: z.string().refine(isStepEvent, { error: 'no event of this release' }) }),
  }),
  z.looseObject({ cut: link }),
  z.looseObject({ repair: link }),
]);

const step = z.looseObject({ from: z.enum(['start', 'previous']), afterMs: interval, action });

const fault = z.looseObject({
  do: z.enum(['lose', 'delay', 'duplicate']),
  message: z.string(),
  from: party.optional(),
  to: party.optional(),
  occurrence: z.int().min(1),
  latencyMs: interval.optional(),
});

const linkShape = z.looseObject({
  transport: z.enum(transports),
  latencyMs: interval,
  loss: z.number(),
  duplicate: z.number(),
  reachable: z.boolean(),
});

const named = z.looseObject({ name: z.string(), title: z.string() });

/** As much of a scenario as must be right for its run to be made and shown; what a trace or a link has was resolved once. */
export const scenarioShape = z.looseObject({
  name: z.string(),
  title: z.string(),
  mode: z.looseObject({ name: z.string(), title: z.string(), number: z.number().nullable() }),
  server: named,
  links: z.record(link, linkShape),
  timing: z.record(party, z.record(z.string(), interval)),
  steps: z.array(step),
  faults: z.array(fault),
  limits: z.record(z.string(), z.number().nullable()),
  untilMs: z.int().min(0),
});

export const raceWindowShape = z.looseObject({
  property: z.string().optional(),
  delays: z.array(z.looseObject({ serial: z.int(), allowedMs: interval, violatingMs: interval })),
  races: z.array(z.looseObject({ first: z.int(), second: z.int(), gapMs: interval })),
});

/** The first thing that is wrong with a value: where, and what. Of a union, what is wrong with its first kind. */
export function firstIssue({ issues: [first] }: z.ZodError): string {
  if (first === undefined) return 'it is broken';
  const inner = first.code === 'invalid_union' ? first.errors[0]?.[0] : undefined;
  const path = [...first.path, ...(inner?.path ?? [])].join('.');
  return `${path}: ${inner?.message ?? first.message}`;
}
