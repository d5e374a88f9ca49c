import { z } from 'zod';
import { partyNames } from '../../machines/messages.ts';
import { type ModeName, modeNames } from '../../machines/modeVariants.ts';
import { otherUsers } from '../../machines/otherDevice.ts';
import { sessionRefreshers } from '../../machines/sessionTimer.ts';
import { parseDurationMs } from '../data/duration.ts';
import { properties } from '../properties/properties.ts';
import {
  type LinkName,
  linkEnds,
  linkNames,
  pushProviders,
  refreshes,
  suspendedSockets,
  transports,
} from '../scenario/scenario.ts';
import { faultMessages, type ScenarioDocument } from './document.ts';
import { networkNames, pushServiceNames } from './presets.ts';
import { timingOf } from './timerSchemas.ts';
import { topology } from './topologySchema.ts';
import { duration, lawSchema, probability, windowSchema } from './valueSchemas.ts';

/** RFC 4028 5: Min-SE. */
const leastSessionMs = 90_000;

import { otherVerbs, verbsOfPhones } from './verbs.ts';
import { type WorkloadName, workloadNames } from './workloads.ts';

const atMostADay = z.number().min(0).max(500);

const rateSchema = z.strictObject({
  perDay: atMostADay.optional().describe('How many a day, on average: at most 500'),
  byHour: z
    .array(z.number().min(0))
    .length(24, { error: 'expected 24 numbers, one for each hour from midnight on' })
    .refine((hours) => hours.some((one) => one > 0), { error: 'expected at least one hour above 0' })
    .optional()
    .describe('How they are spread over the day: each hour gets its share of the sum (default: evenly)'),
});

const workloadName = z.enum(workloadNames as [WorkloadName, ...WorkloadName[]]);

const workload = z
  .union([
    workloadName,
    z.strictObject({
      like: workloadName.optional().describe('The preset that it is like, but for what is said here'),
      opens: rateSchema.optional().describe('How often the user opens the app'),
      stay: lawSchema.optional().describe('How long it stays open'),
      calls: rateSchema.optional().describe('How often somebody calls'),
      talk: windowSchema.optional().describe('How long a call lasts'),
      networkChanges: rateSchema.optional().describe('How often the phone moves to another network'),
      kills: rateSchema.optional().describe('How often the OS kills the app without notice while it is not open'),
    }),
  ])
  .describe('What a day is like that each seed draws: for simulate, sweep and fleet');

const link = z.strictObject({
  transport: z.enum(transports).optional(),
  latency: windowSchema.optional(),
  law: lawSchema.optional(),
  loss: probability.optional(),
  duplicate: probability.optional(),
  reachable: z.boolean().optional(),
});

const links = z.strictObject(
  Object.fromEntries(linkNames.map((name) => [name, link.optional().describe(linkEnds[name].join(' and '))])) as Record<
    LinkName,
    z.ZodOptional<typeof link>
  >,
);

const timing = timingOf(partyNames);

const call = z.union([z.literal(1), z.literal(2)], { error: 'expected 1 or 2' }).describe('The call, 1 or 2');
const linkName = z.enum(linkNames as [LinkName, ...LinkName[]]);

const when = {
  at: windowSchema.optional().describe('From the start of the run'),
  after: windowSchema.optional().describe('From the step before'),
};

const ofPhone = {
  phone: z
    .union([z.literal(1), z.literal(2), z.literal(3)], { error: 'expected 1, 2 or 3' })
    .optional()
    .describe('Which phone, where `topology` has several (default: 1)'),
};

const step = z
  .discriminatedUnion('do', [
    z.strictObject({ ...when, do: z.enum(verbsOfPhones), ...ofPhone }),
    z.strictObject({ ...when, do: z.enum(otherVerbs) }),
    z.strictObject({ ...when, do: z.literal('dial'), call }),
    z.strictObject({ ...when, do: z.literal('hangUp'), call }),
    z.strictObject({ ...when, do: z.literal('cut'), link: linkName, ...ofPhone }),
    z.strictObject({ ...when, do: z.literal('repair'), link: linkName, ...ofPhone }),
  ])
  .refine(({ at, after }) => (at === undefined) !== (after === undefined), {
    error: 'a step has either `at` (from the start) or `after` (from the step before)',
  });

const occurrenceText = 'expected a whole number from 1';

const fault = z
  .strictObject({
    do: z.enum(['lose', 'delay', 'duplicate']),
    message: z.enum(faultMessages),
    from: z.enum(partyNames).optional(),
    to: z.enum(partyNames).optional(),
    ...ofPhone,
    occurrence: z
      .int({ error: occurrenceText })
      .min(1, { error: occurrenceText })
      .optional()
      .describe('Which of them: 1, the first, unless said otherwise'),
    latency: windowSchema.optional().describe('With `delay`: how long the message takes instead'),
  })
  .refine((one) => (one.do === 'delay') === (one.latency !== undefined), {
    error: '`latency` goes with `do: delay`, and only with it',
  });

const propertyName = z.enum(properties.map(({ name }) => name) as [string, ...string[]]);
const modeName = z.enum(modeNames as [ModeName, ...ModeName[]]);

const expectation = z.union([z.literal('holds'), z.array(propertyName).min(1)], {
  error: 'expected `holds`, or the list of the properties that are violated',
});

const expectations = z.record(
  z.string(),
  z.strictObject(
    Object.fromEntries(modeNames.map((name) => [name, expectation.optional()])) as Record<
      ModeName,
      z.ZodOptional<typeof expectation>
    >,
  ),
);

/** What happens in a scenario and around it: everything that a mitigation can change. */
const course = {
  mode: modeName.optional().describe('Registration mode of a single run (default: standard)'),
  server: z.string().optional().describe('Server profile of a single run (default: multi)'),
  network: z.enum(networkNames).optional().describe('A preset of the delays between phone and servers'),
  push: z.enum(pushServiceNames).optional().describe('A preset of the delays of notifications'),
  delivery: z.enum(['overConnection', 'byRefork']).optional(),
  autoSend180: z.boolean().optional(),
  repeatsPush: z.boolean().optional(),
  user: z.enum(['answers', 'declines', 'ignores', 'doNotDisturb']).optional(),
  declinesWith: z
    .union([z.literal(480), z.literal(486), z.literal(603)], { error: 'expected 480, 486 or 603' })
    .optional()
    .describe('What the phone answers when the user declines (default: 603)'),
  callWaiting: z.boolean().optional().describe('Whether a second call may ring during another one (default: true)'),
  endsCall: z.enum(['caller', 'user']).optional().describe('Who hangs up in the end (default: caller)'),
  followsNetwork: z
    .boolean()
    .optional()
    .describe('Whether the phone sends a re-INVITE from its new address in a call (RFC 3261 14.1; default: true)'),
  sessionTimers: z
    .strictObject({
      interval: duration
        .refine((text) => (parseDurationMs(text) ?? 0) >= leastSessionMs, {
          error: 'expected at least 90s: a shorter session interval is refused with 422 (RFC 4028 4.2, 5)',
        })
        .optional()
        .describe('The session interval (default: 1800s)'),
      refresher: z.enum(sessionRefreshers).optional().describe('Who sends the UPDATE (default: caller)'),
    })
    .optional()
    .describe('Session timers in every call with the phone (RFC 4028; default: none)'),
  keepAlive: z
    .strictObject({ app: z.boolean().optional(), pushServer: z.boolean().optional() })
    .optional()
    .describe(
      'Whether each sends CRLF keep-alives over its connection to the SIP server (RFC 5626 4.4.1; default: false)',
    ),
  noticesNetwork: z
    .boolean()
    .optional()
    .describe('Whether the OS tells the app at once that the network has changed (default: true)'),
  otherDevice: z.enum(otherUsers).optional().describe('Another device of the user, always registered'),
  unreportedPush: z
    .enum(['tolerated', 'terminates'])
    .optional()
    .describe('What the OS does about it (iOS: terminates)'),
  reportsPush: z
    .enum(['atOnce', 'withInvite', 'callsOnly'])
    .optional()
    .describe(
      'When the app reports a push as a call; callsOnly: one that refreshes a binding, never (default: atOnce)',
    ),
  refreshesOnPush: z
    .boolean()
    .optional()
    .describe(
      'In mode sipServerPushes: whether the app answers a push by a REGISTER also where it takes itself for registered (default: true)',
    ),
  pushProvider: z
    .enum(pushProviders)
    .optional()
    .describe('In mode sipServerPushes: whether the server supports the push service of the app (default: supported)'),
  afterUnsupported: z
    .enum(['registersWithout', 'backsOff', 'givesUp'])
    .optional()
    .describe('What an app does after 555 to its REGISTER (RFC 8599 8.1; default: registersWithout a push token)'),
  withoutPushes: z
    .enum(['sleeps', 'staysAwake'])
    .optional()
    .describe(
      'What an app does in the background where no 200 says that it will be pushed (RFC 8599 4.1.1; default: sleeps)',
    ),
  readsContacts: z.enum(['own', 'first']).optional().describe('Which Contact of a 200 a user agent takes for its own'),
  afterForbidden: z
    .enum(['givesUp', 'backsOff'])
    .optional()
    .describe('What a user agent does after 403 to its REGISTER, or wrong credentials (default: backsOff)'),
  afterTooBrief: z
    .enum(['asksForMinimum', 'backsOff', 'givesUp'])
    .optional()
    .describe('What a user agent does after 423 to its REGISTER (RFC 3261 10.2.8; default: asksForMinimum)'),
  afterRetryLater: z
    .enum(['waits', 'backsOff', 'givesUp'])
    .optional()
    .describe('What a user agent does after a refusal with Retry-After (RFC 3261 21.5.4; default: waits)'),
  afterSilence: z
    .enum(['backsOff', 'givesUp'])
    .optional()
    .describe('What a user agent does after a REGISTER without any answer (RFC 5626 4.5; default: backsOff)'),
  readsExpires: z
    .enum(['own', 'header', 'largest', 'asked'])
    .optional()
    .describe('What of a 200 a user agent takes for the lifetime of its binding (RFC 3261 10.2.4; default: own)'),
  keepsCallId: z
    .boolean()
    .optional()
    .describe(
      'Whether a user agent keeps its Call-ID over a restart, with a CSeq from 1 (against RFC 3261 10.2; default: false)',
    ),
  suspendedSockets: z
    .enum(suspendedSockets)
    .optional()
    .describe("What the OS makes of a suspended app's sockets (default: the push preset's, else defunct as on iOS)"),
  pushEnabled: z.boolean().optional().describe('False: no push server at all, in any mode (default: true)'),
  natEmulation: z
    .boolean()
    .optional()
    .describe('Whether the push server looks as if it were behind a NAT to an SBC that compares (default: false)'),
  refresh: z
    .strictObject({ app: z.enum(refreshes).optional(), pushServer: z.enum(refreshes).optional() })
    .optional()
    .describe('When each registers again: beforeExpiry (90 % of the lifetime), or atInterval (the lifetime asked for)'),
  notifications: z.enum(['available', 'unavailable']).optional(),
  replacesToken: z.boolean().optional(),
  expires: z.strictObject({ app: duration.optional(), pushServer: duration.optional() }).optional(),
  links: links.optional(),
  timing: timing.optional(),
  topology: topology.optional().describe('More of everything than one phone'),
  workload: workload.optional(),
  steps: z.array(step).max(60),
  faults: z.array(fault).max(500).optional(),
  limits: z
    .strictObject({
      blackout: duration.optional(),
      ringStop: duration.optional(),
      connect: duration.optional(),
      endsAgree: duration.optional(),
      belief: duration.optional(),
      logout: duration.optional(),
      registers: z.int().min(1).optional().describe('How many REGISTERs may follow the last step'),
    })
    .optional(),
  until: duration.optional().describe('End of the run'),
};

const report = z.strictObject({
  threads: z.array(z.url()).min(1).describe('Where it was reported'),
  says: z.string().min(1).describe('What was learned from it'),
});

const mitigation = z.strictObject({
  says: z.string().min(1).describe('What has to be done'),
  change: z.strictObject(course).partial().describe('What differs in the scenario then'),
});

/** A scenario as it is written in a file. Everything but name, title and steps has a default. */
export const scenarioSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'expected lower-case words joined by hyphens' })
    .describe('Short name, as used on the command line'),
  title: z.string().min(1).describe('What happens, in a few words'),
  about: z.string().optional().describe('What there is to see'),
  ...course,
  steps: course.steps.default([]),
  expect: expectations
    .optional()
    .describe('Per server profile and mode: `holds`, or the properties that are violated in some run'),
  report: report.optional().describe('The report from the field that the scenario reproduces'),
  mitigation: mitigation.optional().describe('What makes the scenario pass: run it with --mitigated'),
});

/** The schema reads what the types say and nothing else: where they differ, one of these is a type error. */
type Same<One, Other> = [One, Other] extends [Other, One] ? true : never;
type Frozen<Value> = Value extends object ? { readonly [Key in keyof Value]: Frozen<Value[Key]> } : Value;
true satisfies Same<Frozen<z.infer<typeof scenarioSchema>>, ScenarioDocument>;
