import type { ModeName } from '../../src/machines/modeVariants.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { asleep, awake, connections, dead, type Steps, told, world } from './world.ts';

const { multi, reject } = serverProfiles;
const shortLived = { ...multi, maximumExpiresMs: 40_000, minimumExpires: { ms: 1_000, answer: 'raise' } } as const;

/** A server with one place that a restart makes free again. */
const forgetful = (retryAfter: boolean): ServerProfile => ({
  ...shortLived,
  capacity: 1,
  whenFull: { do: 'refuse', code: 503, retryAfter },
  keepsBindingsOnRestart: false,
});

/** Two phones' worth of trouble for one call: cancelled and answered at the same moment. */
const crossing: Steps = [
  { at: '50s', do: 'dial', call: 1 },
  { at: ['50s', '54s'], do: 'hangUp', call: 1 },
];
const impatient = { app: { userReaction: ['0s', '100ms'] as [string, string] } };

const keepAlive = { app: true, pushServer: true };
const pings = { keepAliveInterval: ['19s', '21s'] as [string, string] };
const pinged = { links: connections, keepAlive, timing: { app: pings, pushServer: pings } };

/** A session is refreshed when somebody hangs up, when the server between has been restarted, and when nobody answers. */
const sessions = (refresher: 'caller' | 'user', mode: ModeName): Scenario[] => {
  const short = { sessionRefresh: '20s', sessionExpiry: '30s' };
  const talk: [string, string] = ['19.8s', '20.2s'];
  const call: Steps = [...awake, { at: '5s', do: 'dial', call: 1 }];
  const of = (steps: Steps, more: Partial<ScenarioDocument> = {}, caller: object = {}) =>
    world(
      {
        sessionTimers: { refresher },
        timing: { caller: { ...short, talk, ...caller }, app: { ...short, talk, userReaction: '2s' } },
        steps,
        until: '100s',
        ...more,
      },
      mode,
      multi,
    );
  const path = mode === 'continuous' ? 'control' : 'appSip';
  const crash = mode === 'continuous' ? 'crashPushServer' : 'kill';
  return [
    of(call),
    of(call, { endsCall: 'user' }),
    of(call, { links: { ...connections, callerSip: { transport: 'tcp' } } }),
    of([...call, { at: '12s', do: 'crashSipServer' }]),
    of([...call, { at: '12s', do: crash }], {}, { talk: '90s' }),
    of([...call, { at: '12s', do: 'cut', link: path }], {}, { talk: '90s' }),
  ];
};

/** Hand-overs, and the calls that fall into them. */
export const handOverRaces: readonly Scenario[] = [
  // The process is being thawed or started while user, OS and a second call have their say.
  ...(['open', 'home', 'kill'] as const).flatMap((verb) => [
    world(
      {
        steps: [
          ...asleep,
          { at: '60s', do: 'dial', call: 1 },
          { at: ['60s', '62s'], do: 'open' },
          { at: ['60s', '63s'], do: verb },
        ],
      },
      'continuous',
      multi,
    ),
  ]),
  world(
    { steps: [...asleep, { at: '60s', do: 'dial', call: 1 }, { at: ['60s', '61s'], do: 'dial', call: 2 }] },
    'continuous',
    multi,
  ),
  world(
    { steps: [...dead, { at: '60s', do: 'dial', call: 1 }, { at: ['60s', '61s'], do: 'dial', call: 2 }] },
    'continuous',
    multi,
  ),
  world(
    { steps: [...asleep, { at: '60s', do: 'dial', call: 1 }, { at: ['60s', '63s'], do: 'hangUp', call: 1 }] },
    'continuous',
    multi,
  ),
  world(
    { steps: [...dead, { at: '60s', do: 'dial', call: 1 }, { at: ['60s', '64s'], do: 'hangUp', call: 1 }] },
    'continuous',
    multi,
  ),
  // A CANCEL crosses the answer.
  ...(['answers', 'declines'] as const).flatMap((user) => [
    world({ user, timing: impatient, steps: [...awake, ...crossing] }, 'standard', multi),
    world({ user, timing: impatient, steps: [...awake, ...crossing] }, 'continuous', multi),
    world({ user, timing: impatient, steps: [...asleep, ...crossing] }, 'singleDeviceTakeover', multi),
  ]),
  // A refresh meets a change of network, the way to the background, an expired nonce, a log-out.
  ...(['changeNetwork', 'home', 'logOut', 'kill', 'expireNonces'] as const).flatMap((verb) =>
    (['standard', 'singleDeviceEmulation', 'singleDeviceTakeover', 'continuous'] as const).map((mode) =>
      world(
        { steps: [...awake, { at: ['36s', '39s'], do: verb }, { after: ['0s', '100ms'], do: 'home' }], until: '60s' },
        mode,
        shortLived,
      ),
    ),
  ),
  world(
    {
      steps: [
        ...awake,
        { at: '30s', do: 'expireNonces' },
        { at: ['36s', '39s'], do: 'home' },
        { after: ['0s', '100ms'], do: 'open' },
      ],
      until: '60s',
    },
    'singleDeviceEmulation',
    shortLived,
  ),
  world(
    {
      steps: [
        ...awake,
        { at: '30s', do: 'expireNonces' },
        { at: ['36s', '39s'], do: 'home' },
        { after: ['0s', '100ms'], do: 'open' },
      ],
      until: '60s',
    },
    'singleDeviceTakeover',
    shortLived,
  ),
  // A refresh of the push server meets an expired nonce, and the app that comes back.
  ...(['standard', 'singleDeviceEmulation', 'singleDeviceTakeover'] as const).map((mode) =>
    world(
      { steps: [...asleep, { at: '30s', do: 'expireNonces' }, { at: ['40s', '42s'], do: 'open' }], until: '60s' },
      mode,
      shortLived,
    ),
  ),
  // A refresh gets no answer for so long that it is no longer wanted.
  ...(['standard', 'singleDeviceTakeover'] as const).map((mode) =>
    world(
      {
        steps: [...asleep, { at: '38s', do: 'cut', link: 'pushServerSip' }, { at: ['50s', '60s'], do: 'open' }],
        until: '90s',
      },
      mode,
      shortLived,
    ),
  ),
  ...(['standard', 'singleDeviceTakeover'] as const).map((mode) =>
    world(
      { steps: [...awake, { at: '30s', do: 'cut', link: 'appSip' }, { at: ['50s', '60s'], do: 'home' }], until: '90s' },
      mode,
      shortLived,
    ),
  ),
  // The server has forgotten everybody, and the other side was there first when the refresh is due.
  ...[true, false].flatMap((retryAfter) =>
    (['standard', 'singleDeviceTakeover'] as const).flatMap((mode) => {
      return [
        world(
          {
            steps: [
              ...awake,
              { at: '5s', do: 'cut', link: 'control' },
              { at: '10s', do: 'crashSipServer' },
              { at: ['37s', '40s'], do: 'home' },
            ],
            timing: { pushServer: { heartbeatTimeout: '25s' } },
            until: '60s',
          },
          mode,
          forgetful(retryAfter),
        ),
      ];
    }),
  ),
  // The same for the push server: the app has registered without its knowledge, and asks it just then to release.
  ...[true, false].map((retryAfter) =>
    world(
      {
        steps: [
          ...asleep,
          { at: '10s', do: 'cut', link: 'control' },
          { at: '12s', do: 'crashSipServer' },
          { at: '25s', do: 'open' },
          { at: '39s', do: 'repair', link: 'control' },
          { at: ['41s', '41.6s'], do: 'open' },
        ],
        until: '60s',
      },
      'singleDeviceEmulation',
      forgetful(retryAfter),
    ),
  ),
  world(
    {
      steps: [
        ...awake,
        { at: '4.5s', do: 'crashSipServer' },
        { at: '5s', do: 'home' },
        { at: '20s', do: 'cut', link: 'control' },
        { at: '22s', do: 'crashSipServer' },
        { at: '33s', do: 'open' },
        { at: '45s', do: 'repair', link: 'control' },
        { at: ['52s', '54s'], do: 'open' },
      ],
      until: '60s',
    },
    'singleDeviceTakeover',
    forgetful(false),
  ),
  world(
    {
      steps: [
        ...awake,
        { at: '5s', do: 'cut', link: 'control' },
        { at: '10s', do: 'crashSipServer' },
        { at: ['37s', '40s'], do: 'logOut' },
      ],
      timing: { pushServer: { heartbeatTimeout: '25s' } },
      until: '60s',
    },
    'standard',
    forgetful(false),
  ),
  world(
    {
      steps: [...asleep, { at: '10s', do: 'cut', link: 'control' }, { at: '25s', do: 'open' }],
      readsContacts: 'first',
      until: '60s',
    },
    'singleDeviceEmulation',
    shortLived,
  ),
  // A user who logs out as soon as his app has been started anew, and one who calls while he logs out.
  world(
    {
      steps: [...awake, { at: '10s', do: 'kill' }, { at: '12s', do: 'open' }, { at: ['12.8s', '15.5s'], do: 'logOut' }],
      until: '60s',
    },
    'standard',
    everyServerProfile['freeswitch-call-id'],
  ),
  world(
    { steps: [...awake, { at: '20s', do: 'logOut' }, { at: ['20s', '20.2s'], do: 'call' }], until: '60s' },
    'continuous',
    multi,
  ),
  // What an SBC forgets, and what expires, while the server behind is down and while it is up.
  ...(['55s', '70s'] as const).map((at) =>
    world(
      { steps: [...asleep, { at, do: 'crashSipServer' }], until: '90s' },
      'continuous',
      everyServerProfile['sbc-nat'],
    ),
  ),
  ...(['298s', '310s'] as const).map((at) =>
    world(
      { steps: [...awake, { at, do: 'crashSipServer' }], until: '330s' },
      'standard',
      everyServerProfile['sbc-caching'],
    ),
  ),
  world(
    { steps: [...awake, { at: '5s', do: 'kill' }, { at: '38s', do: 'crashSipServer' }], until: '60s' },
    'standard',
    shortLived,
  ),
  // A refresh under way when the address changes, that is no longer wanted either.
  ...(['logOut', 'home'] as const).map((verb) =>
    world(
      {
        steps: [...awake, { at: ['36.5s', '39s'], do: verb }, { after: ['0s', '100ms'], do: 'changeNetwork' }],
        links: { appSip: { latency: ['200ms', '400ms'] } },
        until: '60s',
      },
      'singleDeviceTakeover',
      shortLived,
    ),
  ),
  // The user is back before the push server has removed its binding, or before it could.
  world(
    {
      steps: [...awake, { at: '20s', do: 'logOut' }, { after: ['200ms', '1.5s'], do: 'logIn' }],
      links: { pushServerSip: { latency: ['400ms', '800ms'] } },
      until: '40s',
    },
    'singleDeviceTakeover',
    multi,
  ),
  world(
    {
      steps: [
        ...asleep,
        { at: '9s', do: 'cut', link: 'pushServerSip' },
        { at: '10s', do: 'open' },
        { at: '15s', do: 'home' },
      ],
      until: '60s',
    },
    'singleDeviceEmulation',
    multi,
  ),
  // Ends of calls that cross, are lost or come late.
  world(
    {
      steps: [...awake, { at: '10s', do: 'call' }, { at: '20s', do: 'cut', link: 'pushServerSip' }],
      until: '80s',
    },
    'continuous',
    multi,
  ),
  world({ steps: [...awake, { at: '10s', do: 'call' }], timing: { app: { talk: '10ms' } } }, 'standard', multi),
  world(
    {
      steps: [...awake, { at: '10s', do: 'dial', call: 1 }],
      links: { appSip: { latency: ['200ms', '700ms'] } },
      timing: { caller: { talk: '100ms' } },
      until: '30s',
    },
    'standard',
    multi,
  ),
  world(
    {
      user: 'declines',
      steps: [...awake, { at: '10s', do: 'dial', call: 1 }, { at: ['12s', '16s'], do: 'cut', link: 'appSip' }],
      until: '60s',
    },
    'standard',
    multi,
  ),
  world(
    {
      user: 'ignores',
      steps: [
        ...awake,
        { at: '10s', do: 'dial', call: 1 },
        { at: '14s', do: 'hangUp', call: 1 },
        { after: ['0s', '200ms'], do: 'cut', link: 'appSip' },
      ],
      until: '60s',
    },
    'standard',
    multi,
  ),
  world(
    { steps: [...asleep, { at: '60s', do: 'dial', call: 1 }, { at: ['61s', '63s'], do: 'changeNetwork' }] },
    'continuous',
    multi,
  ),
  ...(['INVITE.100', 'INVITE.180', 'INVITE.200'] as const).map((message) =>
    world(
      {
        user: message === 'INVITE.200' ? 'answers' : 'ignores',
        steps: [...(message === 'INVITE.100' ? asleep : awake), { at: '60s', do: 'dial', call: 1 }],
        timing: { app: { userReaction: '100ms' } },
        faults: [
          { do: 'delay', message: 'INVITE.180', from: 'app', to: 'sipServer', latency: ['9.9s', '10.1s'] },
          { do: 'delay', message, to: 'sipServer', latency: ['9.9s', '10.1s'] },
        ],
        until: '80s',
      },
      message === 'INVITE.100' ? 'continuous' : 'standard',
      everyServerProfile['sbc-alert-timeout'],
    ),
  ),
  world(
    {
      steps: [...awake, { at: '5s', do: 'kill' }, { at: '6s', do: 'changeNetwork' }, { at: '7s', do: 'open' }],
      until: '500s',
    },
    'standard',
    { ...reject, whenFull: { do: 'refuse', code: 403, retryAfter: false } },
  ),
  // User agents that take the first Contact of a 200 for their own, and then are the second.
  world(
    { steps: [...asleep, { at: ['40s', '42s'], do: 'open' }], readsContacts: 'first', until: '60s' },
    'standard',
    shortLived,
  ),
  world(
    {
      steps: [...awake, { at: '5s', do: 'cut', link: 'control' }],
      timing: { pushServer: { heartbeatTimeout: '25s' } },
      readsContacts: 'first',
      until: '60s',
    },
    'standard',
    shortLived,
  ),
  // iOS: pushes come again and again, in every state of a call.
  ...(['answers', 'declines', 'ignores'] as const).map((user) =>
    world(
      {
        user,
        unreportedPush: 'terminates',
        repeatsPush: true,
        timing: { pushServer: { pushRepeat: '300ms' }, app: { userReaction: ['0s', '1s'] }, caller: { talk: '2s' } },
        steps: [...asleep, { at: '10s', do: 'dial', call: 1 }, { at: ['11s', '13s'], do: 'hangUp', call: 1 }],
        until: '20s',
      },
      'continuous',
      multi,
    ),
  ),
  // The push server has forgotten the call that it has pushed, and an account that it does not know yet.
  world(
    {
      steps: [...asleep, { at: '60s', do: 'dial', call: 1 }, { at: '60.2s', do: 'crashPushServer' }],
      links: { notification: { latency: '25s' } },
    },
    'continuous',
    multi,
  ),
  world({ steps: [...awake, { at: ['1s', '3s'], do: 'call' }] }, 'continuous', multi),
  // Another device answers just as the caller gives up: the CANCEL overtakes or is overtaken by the ACK.
  ...([1, 2] as const).map((call) =>
    world(
      {
        otherDevice: 'answers',
        steps: [
          { at: '10s', do: 'dial', call },
          { at: ['10.1s', '10.3s'], do: 'hangUp', call },
        ],
        links: { callerSip: { latency: ['10ms', '100ms'] } },
        timing: { caller: { otherDeviceReaction: '200ms' } },
        until: '11s',
      },
      'standard',
      multi,
    ),
  ),
  // A branch says its first word when the SBC has just given the call up, before the caller has said ACK or after it.
  ...(['INVITE.100', 'INVITE.180', 'INVITE.200'] as const).map((message) =>
    world(
      {
        user: message === 'INVITE.200' ? 'answers' : 'ignores',
        notifications: 'unavailable',
        steps: [...(message === 'INVITE.100' ? asleep : awake), { at: '60s', do: 'dial', call: 1 }],
        links: { callerSip: { latency: ['50ms', '200ms'] }, appSip: { latency: ['50ms', '400ms'] } },
        timing: { app: { userReaction: '9.7s' } },
        faults: [
          ...[2, 3, 4, 5].map(
            (occurrence) => ({ do: 'lose', message: 'INVITE', from: 'sipServer', occurrence }) as const,
          ),
          {
            do: 'delay',
            message: message === 'INVITE.100' ? message : 'INVITE.180',
            to: 'sipServer',
            latency: ['9.8s', '10.4s'],
          },
        ],
        until: '72s',
      },
      message === 'INVITE.100' ? 'continuous' : 'standard',
      everyServerProfile['sbc-alert-timeout'],
    ),
  ),
  // The push server restarts between the app's turn and its registration: it no longer knows whose turn it was.
  world(
    {
      steps: [...asleep, { at: '40s', do: 'open' }, { at: ['40s', '42s'], do: 'crashPushServer' }],
      links: { appSip: { latency: ['200ms', '600ms'] } },
      timing: { pushServer: { restart: '200ms' } },
      until: '60s',
    },
    'standard',
    multi,
  ),
  // A log-out from the background, and the user who has changed his mind while the bindings are still being removed.
  ...(['home', 'open'] as const).map((before) =>
    world(
      {
        steps: [
          ...awake,
          { at: '5s', do: before },
          { at: '20s', do: 'logOut' },
          { after: ['0s', '300ms'], do: 'logIn' },
          { after: ['0s', '800ms'], do: 'home' },
        ],
        links: { appSip: { latency: ['200ms', '400ms'] }, pushServerSip: { latency: ['400ms', '800ms'] } },
        until: '40s',
      },
      'singleDeviceTakeover',
      multi,
    ),
  ),
  // The user logs out while a call rings that the app was woken for and registered for.
  ...(['standard', 'singleDeviceTakeover'] as const).map((mode) =>
    world(
      {
        delivery: 'byRefork',
        user: 'declines',
        steps: [...asleep, { at: '60s', do: 'dial', call: 1 }, { at: ['60s', '66s'], do: 'logOut' }],
        until: '100s',
      },
      mode,
      { ...multi, forksToLateBindings: true },
    ),
  ),
  // A client asks over a connection that has died without a word, or that the other end does not know any more.
  ...(['standard', 'continuous'] as const).flatMap((mode) => [
    world(
      {
        links: connections,
        keepAlive,
        noticesNetwork: false,
        timing: { app: pings, pushServer: pings },
        steps: [...awake, { at: ['18s', '24s'], do: 'changeNetwork' }, { after: '40s', do: 'logOut' }],
        until: '100s',
      },
      mode,
      multi,
    ),
    world(
      {
        ...pinged,
        steps: [
          ...awake,
          { at: '9s', do: 'dial', call: 1 },
          { at: '10s', do: 'cut', link: mode === 'standard' ? 'appSip' : 'pushServerSip' },
          { at: '11s', do: 'crashSipServer' },
          { at: '12s', do: 'repair', link: mode === 'standard' ? 'appSip' : 'pushServerSip' },
        ],
        until: '40s',
      },
      mode,
      multi,
    ),
  ]),
  world(
    {
      ...pinged,
      steps: [
        ...awake,
        { at: '15s', do: 'cut', link: 'pushServerSip' },
        { at: '50s', do: 'repair', link: 'pushServerSip' },
      ],
      until: '60s',
    },
    'continuous',
    multi,
  ),
  ...(['caller', 'user'] as const).flatMap((refresher) =>
    (['standard', 'continuous'] as const).flatMap((mode) => sessions(refresher, mode)),
  ),
  // A caller who hears early media hangs up before and after the 183.
  world(
    {
      steps: [...awake, { at: '20s', do: 'dial', call: 1 }, { at: ['20s', '20.1s'], do: 'hangUp', call: 1 }],
      until: '40s',
    },
    'standard',
    { ...multi, ringback: 'earlyMedia' },
  ),
  // What a real server says although its profile does not, as a live run takes it in.
  told(
    world({ steps: [...awake, { at: '20s', do: 'logOut' }], until: '40s' }, 'standard', multi),
    [20_000, 20_400],
    'app',
    {
      type: 'REGISTER.refused',
      contact: 'app@wifi',
      expires: 'zero',
      authorization: true,
      code: 503,
      retryAfter: false,
    },
  ),
  // Everybody is refused for long.
  world({ steps: [...asleep], until: '500s' }, 'singleDeviceTakeover', {
    ...reject,
    whenFull: { do: 'refuse', code: 403, retryAfter: false },
  }),
  // A caller who hangs up on the voicemail at once: his BYE overtakes the ACK.
  world(
    {
      steps: [{ at: '10s', do: 'dial', call: 1 }],
      links: { callerSip: { latency: ['10ms', '100ms'] } },
      timing: { caller: { talk: '10ms' } },
      until: '20s',
    },
    'standard',
    { ...multi, withoutBinding: { do: 'voicemail' } },
  ),
  // A registrar that wants longer intervals than anybody asks for: 423.
  world({ steps: [...asleep, { at: '20s', do: 'open' }], until: '40s' }, 'standard', {
    ...multi,
    minimumExpires: { ms: 700_000, answer: 'intervalTooBrief' },
  }),
];
