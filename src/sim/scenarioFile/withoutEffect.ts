import type { Owner } from '../../machines/messages.ts';
import { modeNames } from '../../machines/modeVariants.ts';
import { propertyNamed } from '../properties/properties.ts';
import type { LinkName } from '../scenario/scenario.ts';
import type { Contradiction } from './contradiction.ts';
import type { ScenarioDocument, StepDocument } from './document.ts';
import { wrongMode } from './nodes.ts';
import { isPushedByServerAlone } from './ofOneDesign.ts';
import { defaultLinks, phoneSettings, type ServerCatalogue, scenarioIn } from './resolve.ts';

/** What a key can need to have any effect, in the words in which a user is told that it is missing. */
const needs = {
  call: { isMet: (document) => makes(document, 'dial'), found: 'without a call', expected: 'a step that dials one' },
  secondCall: {
    isMet: ({ steps, workload }) =>
      workload !== undefined || steps.filter(({ do: what }) => what === 'dial').length > 1,
    found: 'without a second call',
    expected: 'two steps that dial',
  },
  answer: {
    isMet: ({ user = 'answers' }) => user === 'answers',
    found: 'with a user who does not answer',
    expected: '`user: answers`',
  },
  decline: {
    isMet: ({ user }) => user === 'declines',
    found: 'with a user who does not decline',
    expected: '`user: declines`',
  },
  takesCalls: {
    isMet: ({ user }) => user !== 'doNotDisturb',
    found: 'with `user: doNotDisturb`, to which every call is busy',
    expected: 'another `user`',
  },
  changeOfNetwork: {
    isMet: (document) => makes(document, 'changeNetwork'),
    found: 'without a change of network',
    expected: 'a step `changeNetwork`',
  },
  sessionTimers: {
    isMet: ({ sessionTimers }) => sessionTimers !== undefined,
    found: 'without session timers',
    expected: '`sessionTimers`',
  },
  keepAlive: {
    isMet: ({ keepAlive }) => keepAlive?.app === true || keepAlive?.pushServer === true,
    found: 'without keep-alives',
    expected: '`keepAlive`',
  },
  restart: {
    isMet: (document) =>
      (
        ['kill', 'killWithNotice', 'reinstall', 'crashPushServer', 'upgradePushServer', 'isolatePushServer'] as const
      ).some((verb) => makes(document, verb)) || document.unreportedPush === 'terminates',
    found: 'without a restart of app or push server',
    expected: 'a step `kill`, `killWithNotice`, `reinstall` or `crashPushServer`',
  },
  refreshBeforeExpiry: {
    isMet: ({ refresh }) => refresh?.app !== 'atInterval' || refresh.pushServer !== 'atInterval',
    found: 'where both refresh at an interval of their own',
    expected: '`refresh: beforeExpiry` for one of them',
  },
  outgoingCall: {
    isMet: (document) => makes(document, 'call'),
    found: 'without a call of the user',
    expected: 'a step `call`',
  },
  logOut: { isMet: (document) => makes(document, 'logOut'), found: 'without a log-out', expected: 'a step `logOut`' },
  unsupportedProvider: {
    isMet: ({ pushProvider, topology }) =>
      [pushProvider, topology?.phone2?.pushProvider, topology?.phone3?.pushProvider].includes('unsupported'),
    found: 'where the push service is supported, so that there is no 555',
    expected: '`pushProvider: unsupported`',
  },
  // iOS suspends whatever is not in a call: Android has foreground services.
  keptSockets: {
    isMet: (document) => phoneSettings(document).suspendedSockets === 'kept',
    found: 'on an iPhone, which lets no app run on in the background',
    expected: 'a phone with Android: `push: fcm`, or `suspendedSockets: kept`',
  },
  pushes: {
    isMet: (document) =>
      !isPushedByServerAlone(document) ||
      [document, document.topology?.phone2, document.topology?.phone3].some(
        (phone) => phone !== undefined && phone.pushProvider !== 'unsupported',
      ),
    found: 'with `pushProvider: unsupported`, so that nobody is pushed',
    expected: 'a push service that is supported',
  },
  pushServer: {
    isMet: ({ pushEnabled }) => pushEnabled !== false,
    found: 'with `pushEnabled: false`',
    expected: 'a push server, or no such key',
  },
} as const satisfies Record<
  string,
  { isMet: (document: ScenarioDocument) => boolean; found: string; expected: string }
>;

type Need = keyof typeof needs;

/** What the days of a workload are made of. */
const ofDays: readonly StepDocument['do'][] = ['open', 'home', 'dial', 'kill', 'changeNetwork'];

const makes = ({ steps, workload }: ScenarioDocument, verb: StepDocument['do']): boolean =>
  steps.some(({ do: what }) => what === verb) || (workload !== undefined && ofDays.includes(verb));

/** Something that a document says: where, what it is called there, and what it needs. */
interface Said {
  readonly path: readonly string[];
  readonly isSaid: (document: ScenarioDocument) => boolean;
  readonly needs: readonly Need[];
}

const key = (name: keyof ScenarioDocument, value: unknown, ...wants: Need[]): Said => ({
  path: [name],
  isSaid: (document) => (value === undefined ? document[name] !== undefined : document[name] === value),
  needs: wants,
});

const part = (name: 'expires' | 'refresh' | 'keepAlive' | 'limits' | 'timing', of: string, ...wants: Need[]): Said => ({
  path: [name, of],
  isSaid: (document) => ![undefined, false].includes((document[name] as Record<string, never> | undefined)?.[of]),
  needs: wants,
});

/** What has an effect only where something else is there. `undefined` stands for any value. */
const sayings: readonly Said[] = [
  key('user', 'declines', 'call'),
  key('user', 'ignores', 'call'),
  key('user', 'doNotDisturb', 'call'),
  key('declinesWith', undefined, 'call', 'decline'),
  key('callWaiting', false, 'secondCall', 'takesCalls'),
  key('endsCall', 'user', 'call', 'answer'),
  key('followsNetwork', false, 'call', 'answer', 'changeOfNetwork'),
  key('sessionTimers', undefined, 'call', 'answer'),
  key('noticesNetwork', false, 'changeOfNetwork'),
  key('autoSend180', true, 'pushServer'),
  key('repeatsPush', true, 'pushServer'),
  key('natEmulation', true, 'pushServer'),
  key('delivery', undefined, 'pushServer'),
  key('replacesToken', undefined, 'pushServer'),
  key('refreshesOnPush', false, 'pushServer', 'pushes'),
  key('pushProvider', 'unsupported', 'pushServer'),
  key('afterUnsupported', 'backsOff', 'pushServer', 'unsupportedProvider'),
  key('afterUnsupported', 'givesUp', 'pushServer', 'unsupportedProvider'),
  key('withoutPushes', 'staysAwake', 'pushServer', 'keptSockets'),
  key('unreportedPush', 'terminates', 'pushServer', 'pushes'),
  key('reportsPush', 'withInvite', 'pushServer', 'pushes'),
  key('reportsPush', 'callsOnly', 'pushServer', 'pushes'),
  ...(['header', 'largest', 'asked'] as const).map((reading) => key('readsExpires', reading, 'refreshBeforeExpiry')),
  key('keepsCallId', true, 'restart'),
  part('expires', 'pushServer', 'pushServer'),
  part('refresh', 'pushServer', 'pushServer'),
  part('keepAlive', 'pushServer', 'pushServer'),
  part('timing', 'pushServer', 'pushServer'),
  part('limits', 'ringStop', 'call'),
  part('limits', 'connect', 'call', 'answer'),
  part('limits', 'endsAgree', 'call', 'answer'),
  part('limits', 'logout', 'logOut'),
];

/** Keys that say nothing as the document stands. */
export const withoutEffect = (document: ScenarioDocument): Contradiction[] =>
  sayings
    .filter(({ isSaid }) => isSaid(document))
    .flatMap(({ path, needs: wants }) => {
      const missing = wants.map((want) => needs[want]).find(({ isMet }) => !isMet(document));
      if (missing === undefined) return [];
      return [{ path, ofKey: true, found: `${path.join('.')} ${missing.found}`, expected: missing.expected }];
    });

/** Messages that are sent only where something else is there, by the beginning of their names. */
const sentOnly: readonly (readonly [message: RegExp, ...needs: Need[]])[] = [
  [/^(INVITE|ACK|CANCEL|BYE)(\.|$)/, 'call'],
  [/^UPDATE/, 'call', 'sessionTimers'],
  [/^reINVITE/, 'call', 'answer', 'changeOfNetwork'],
  [/^keepAlive/, 'keepAlive'],
  [/^outgoing/, 'outgoingCall'],
];

/** Faults of messages that nobody sends as the document stands. */
export const faultsOfNothing = (document: ScenarioDocument): Contradiction[] =>
  (document.faults ?? []).flatMap(({ do: what, message }, index): Contradiction[] => {
    const [, ...wants] = sentOnly.find(([pattern]) => pattern.test(message)) ?? [/^/];
    const missing = wants.map((want) => needs[want]).find(({ isMet }) => !isMet(document));
    if (missing === undefined) return [];
    const found = `${what} of ${message} ${missing.found}`;
    return [{ path: ['faults', index, 'message'], found, expected: missing.expected }];
  });

const sipLinkOf: Readonly<Record<Owner, LinkName>> = { app: 'appSip', pushServer: 'pushServerSip' };

/** Keys about connections where datagrams are sent. */
export function withoutConnection({ keepAlive, noticesNetwork, links = {} }: ScenarioDocument): Contradiction[] {
  const said: readonly (readonly [Owner, readonly string[]])[] = [
    ...(keepAlive?.app ? [['app', ['keepAlive', 'app']] as const] : []),
    ...(keepAlive?.pushServer ? [['pushServer', ['keepAlive', 'pushServer']] as const] : []),
    ...(noticesNetwork === false ? [['app', ['noticesNetwork']] as const] : []),
  ];
  return said.flatMap(([owner, path]): Contradiction[] => {
    const link = sipLinkOf[owner];
    const transport = links[link]?.transport ?? defaultLinks[link].transport;
    if (transport !== 'udp') return [];
    const expected = `\`transport: tcp\` or \`tls\` for links.${link}: datagrams have no connection`;
    return [{ path, ofKey: true, found: `${path.join('.')} over udp`, expected }];
  });
}

/** Properties that need something of the steps to have anything to judge. */
const judging: Readonly<Record<string, Need>> = {
  noInviteLost: 'call',
  answeredConnects: 'call',
  ringsOnce: 'call',
  answeredOnce: 'call',
  ringStops: 'call',
  finalAnswer: 'call',
  callSurvives: 'call',
  endsAgree: 'call',
  noFalseMissedCall: 'call',
  ringbackIsTrue: 'call',
  pushesReported: 'call',
  ringsInHand: 'call',
  cleanLogout: 'logOut',
};

/** Properties that cannot be violated as the document stands, although it expects them to be. */
export function impossibleExpectations(document: ScenarioDocument, servers: ServerCatalogue): Contradiction[] {
  return Object.entries(document.expect ?? {}).flatMap(([name, cells]) => {
    const server = servers[name];
    if (server === undefined) return [];
    return modeNames.flatMap((mode) => {
      const expected = cells[mode];
      if (expected === undefined || expected === 'holds') return [];
      // Said where it stands.
      if (wrongMode(document, mode) !== null) return [];
      const scenario = scenarioIn(document, mode, server);
      return expected.flatMap((property, index): Contradiction[] => {
        const path = ['expect', name, mode, index];
        const need = judging[property];
        if (need !== undefined && !needs[need].isMet(document))
          return [{ path, found: `${property} ${needs[need].found}`, expected: needs[need].expected }];
        if (propertyNamed(property).appliesTo(scenario)) return [];
        return [{ path, found: `${property}, which is not judged there`, expected: 'a property that can be violated' }];
      });
    });
  });
}

/** The model knows two passwords, that of before a change and that of after it. */
export const passwordProblems = ({ steps }: ScenarioDocument): Contradiction[] =>
  steps
    .flatMap(({ do: what }, index) => (what === 'changePassword' ? [index] : []))
    .slice(1)
    .map((index) => ({
      path: ['steps', index, 'do'],
      found: 'a second `changePassword`',
      expected: 'one change of the password',
    }));
