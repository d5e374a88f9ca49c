import { serverProfiles } from '../../src/profiles/servers.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { asleep, atOnce, awake, ringing, slow, told, wide, world } from './world.ts';

const { multi } = serverProfiles;

/** Processes end in the call, and what is left of it meets the next one. */
const restarts: readonly Scenario[] = [
  ...(['kill', 'crashSipServer', 'crashPushServer'] as const).flatMap((verb) =>
    (['standard', 'continuous'] as const).map((mode) =>
      world(
        {
          repeatsPush: true,
          steps: ringing(asleep, { at: ['16s', '17s'], do: verb }, { at: '18s', do: 'open' }),
          timing: {
            caller: { talk: '5s' },
            app: { userReaction: '1s' },
            pushServer: { restart: '200ms' },
            sipServer: { restart: '200ms' },
          },
          until: '60s',
        },
        mode,
        multi,
      ),
    ),
  ),
  world(
    {
      steps: ringing(
        awake,
        { at: '16s', do: 'kill' },
        { at: '16.1s', do: 'crashSipServer' },
        { at: '17s', do: 'open' },
      ),
      timing: { caller: { talk: '10s' }, sipServer: { restart: '200ms' } },
      until: '60s',
    },
    'standard',
    multi,
  ),
  // A late copy of the push starts the app again, which asks for a call that is being hung up.
  world(
    {
      repeatsPush: true,
      steps: ringing(asleep, { at: '20s', do: 'kill' }, { at: '20.1s', do: 'cut', link: 'pushServerSip' }),
      faults: [{ do: 'delay', message: 'notification', occurrence: 2, latency: '13s' }],
      links: { notification: { latency: '1.5s' }, control: { latency: ['20ms', '50ms'] } },
      timing: { app: { userReaction: '1s' }, pushServer: { pushRepeat: '1.1s' } },
      until: '70s',
    },
    'continuous',
    multi,
  ),
  // Both hang up; the BYE of the caller comes to a process that has been started since.
  world(
    {
      endsCall: 'user',
      steps: ringing(
        awake,
        { at: ['15s', '15.2s'], do: 'hangUp', call: 1 },
        { at: '15.9s', do: 'kill' },
        { at: '16s', do: 'open' },
      ),
      faults: [{ do: 'delay', message: 'BYE', from: 'sipServer', to: 'app', latency: '5s' }],
      timing: { app: { userReaction: '4s', talk: ['1s', '1.2s'] } },
      until: '40s',
    },
    'standard',
    multi,
  ),
  // A copy of the INVITE comes to a push server that no longer knows the call that its former process has answered.
  world(
    {
      steps: ringing(awake, { at: '13s', do: 'crashPushServer' }),
      timing: { caller: { talk: ['1s', '4s'] }, app: { userReaction: '0s' }, pushServer: { restart: '100ms' } },
      links: { pushServerSip: { latency: ['100ms', '200ms'] } },
      faults: [
        { do: 'lose', message: 'INVITE.100', from: 'pushServer' },
        { do: 'delay', message: 'INVITE', from: 'sipServer', to: 'pushServer', occurrence: 2, latency: '3.5s' },
      ],
      until: '60s',
    },
    'continuous',
    multi,
  ),
];

/** The app dies when the push server has passed on its answer, or moves when the push server no longer knows the call. */
const inVain: readonly Scenario[] = [
  world(
    {
      steps: ringing(awake, { at: ['12s', '12.6s'], do: 'hangUp', call: 1 }, { at: ['12.1s', '12.4s'], do: 'kill' }),
      links: { callerSip: { latency: slow }, control: { latency: '20ms' } },
      timing: { app: { userReaction: '2s' } },
      until: '60s',
    },
    'continuous',
    multi,
  ),
  ...(['crashPushServer', 'kill'] as const).map((verb) =>
    world(
      {
        steps: ringing(awake, { at: ['16s', '16.5s'], do: verb }, { at: ['16s', '17s'], do: 'changeNetwork' }),
        links: { control: { latency: slow } },
        timing: { caller: { talk: ['2s', '4s'] }, pushServer: { restart: '100ms' } },
        until: '60s',
      },
      'continuous',
      multi,
    ),
  ),
];

/** What a real caller or app says although the ones of the model do not, as a live run takes it in. */
const unexplained: readonly Scenario[] = (
  [
    { type: 'BYE.481', call: 1, contact: 'pushServer', by: 'callee' },
    { type: 'INVITE.failed', call: 1, contact: 'connection', code: 486 },
    { type: 'reINVITE', call: 1, contact: 'connection', target: 'connection' },
  ] as const
).map((message) =>
  told(
    world(
      {
        steps: ringing(awake, { at: '16s', do: 'kill' }, { at: '16.1s', do: 'cut', link: 'pushServerSip' }),
        until: '60s',
      },
      'continuous',
      multi,
    ),
    [20_000, 20_000],
    'pushServer',
    message,
  ),
);

/** A real server gives up on the phone that the user calls, while it rings. */
const givenUp: readonly Scenario[] = (
  [
    ['standard', 'app', 'app@wifi'],
    ['continuous', 'pushServer', 'pushServer'],
  ] as const
).map(([mode, party, from]) =>
  told(world({ steps: [...awake, { at: '10s', do: 'call' }], until: '60s' }, mode, multi), [12_000, 12_000], party, {
    type: 'outgoing.failed',
    from,
    code: 408,
  }),
);

/** The push server is answered and hears no ACK, and wakes an app that answers after all. */
const atThePushServer: readonly Scenario[] = [
  ...(['caller', 'user'] as const).map((endsCall) =>
    world(
      {
        endsCall,
        steps: ringing(awake, { at: ['14.05s', '14.2s'], do: 'cut', link: 'callerSip' }),
        links: { control: { latency: wide } },
        timing: { app: { userReaction: '4s' } },
        until: '90s',
      },
      'continuous',
      multi,
    ),
  ),
  ...(['answers', 'declines', 'ignores', 'doNotDisturb'] as const).map((user) =>
    world(
      {
        user,
        endsCall: 'user',
        repeatsPush: true,
        steps: ringing(awake, { at: ['10.5s', '13s'], do: 'hangUp', call: 1 }),
        links: { control: { latency: wide } },
        timing: {
          app: { userReaction: atOnce, talk: '10ms' },
          pushServer: { connectionTimeout: '150ms', pushRepeat: '200ms' },
        },
        until: '20s',
      },
      'continuous',
      multi,
    ),
  ),
  // Both hang up at the same moment.
  ...(['standard', 'continuous'] as const).map((mode) =>
    world(
      {
        endsCall: 'user',
        steps: ringing(awake, { at: ['15s', '16.5s'], do: 'hangUp', call: 1 }),
        timing: { app: { talk: '1.5s' } },
        links: { callerSip: { latency: wide }, appSip: { latency: wide } },
        until: '40s',
      },
      mode,
      multi,
    ),
  ),
  // A CANCEL crosses the answer, and the phone hangs up at once.
  world(
    {
      endsCall: 'user',
      steps: ringing(awake, { at: ['10.5s', '11.5s'], do: 'hangUp', call: 1 }),
      links: { control: { latency: ['20ms', '60ms'] }, pushServerSip: { latency: wide } },
      timing: { app: { userReaction: '600ms', talk: '10ms' } },
      until: '60s',
    },
    'continuous',
    multi,
  ),
  // The phone moves when its answer has just been given up: its re-INVITE crosses the BYE.
  world(
    {
      steps: ringing(
        awake,
        { at: ['10.5s', '11.5s'], do: 'hangUp', call: 1 },
        { at: ['10.6s', '12s'], do: 'changeNetwork' },
      ),
      links: { control: { latency: slow }, pushServerSip: { latency: slow } },
      timing: { app: { userReaction: '600ms' } },
      until: '60s',
    },
    'continuous',
    multi,
  ),
  // The server has forgotten the push server, and takes calls of registered contacts only.
  world(
    { steps: [...awake, { at: '10s', do: 'crashSipServer' }, { at: '25s', do: 'call' }], until: '70s' },
    'continuous',
    { ...multi, admitsCalls: 'registered', keepsBindingsOnRestart: false },
  ),
];

/** Processes that end in a call, and a push server that hears too little. */
export const restartRaces: readonly Scenario[] = [
  ...restarts,
  ...inVain,
  ...unexplained,
  ...givenUp,
  ...atThePushServer,
];
