import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { asleep, atOnce, awake, ios, ringing, type Steps, slow, wide, world } from './world.ts';

const { multi } = serverProfiles;

/** Both ways to the woken app are tried: its connection to the push server, and a branch for its fresh binding. */
const twoPaths: ServerProfile = { ...multi, forksToLateBindings: true };

/** The phone changes its address in a call: its re-INVITE is not answered, is sent over the connection, or never. */
const moving: readonly Scenario[] = [
  world(
    {
      steps: ringing(awake, { at: '20s', do: 'cut', link: 'callerSip' }, { at: '20.1s', do: 'changeNetwork' }),
      timing: { caller: { talk: '80s' } },
      until: '70s',
    },
    'standard',
    multi,
  ),
  ...([true, false] as const).flatMap((followsNetwork) =>
    (['standard', 'continuous'] as const).map((mode) =>
      world(
        {
          followsNetwork,
          steps: ringing(awake, { at: ['16s', '17s'], do: 'changeNetwork' }),
          links: { control: { latency: slow }, callerSip: { latency: wide } },
          timing: { caller: { talk: ['2s', '4s'] } },
          until: '40s',
        },
        mode,
        multi,
      ),
    ),
  ),
  // The app has been answered on the push alone when it moves.
  world(
    {
      ...ios,
      steps: ringing(asleep, { at: ['10s', '13s'], do: 'changeNetwork' }),
      timing: { app: { userReaction: atOnce } },
      until: '40s',
    },
    'continuous',
    multi,
  ),
];

/** The phone takes no call, and its answer is cancelled, repeated, pushed again or asked for over a second path. */
const busy: readonly Scenario[] = [
  ...(['standard', 'continuous'] as const).flatMap((mode) => [
    world(
      {
        user: 'doNotDisturb',
        steps: ringing(awake, { at: ['10s', '10.5s'], do: 'hangUp', call: 1 }),
        links: { control: { latency: slow }, callerSip: { latency: wide } },
        until: '60s',
      },
      mode,
      multi,
    ),
    world(
      {
        ...ios,
        user: 'doNotDisturb',
        repeatsPush: true,
        steps: ringing(asleep),
        links: { control: { latency: slow } },
        timing: { pushServer: { pushRepeat: '300ms' } },
        until: '20s',
      },
      mode,
      multi,
    ),
  ]),
  world(
    {
      user: 'doNotDisturb',
      steps: ringing(awake, { at: ['10s', '10.3s'], do: 'cut', link: 'appSip' }),
      until: '60s',
    },
    'standard',
    multi,
  ),
  world(
    { callWaiting: false, steps: ringing(asleep, { at: '13s', do: 'dial', call: 2 }), until: '30s' },
    'continuous',
    multi,
  ),
];

/** The second INVITE of a call finds a phone that has given up, hung up, or refused it. */
const merged: readonly Scenario[] = (
  [
    { user: 'doNotDisturb' },
    { user: 'ignores', timing: { app: { ringLimit: '10ms' } } },
    { user: 'answers', endsCall: 'user', timing: { app: { userReaction: '0s', talk: '10ms' } } },
  ] as const
).flatMap((course) => [
  world(
    {
      ...course,
      ...ios,
      repeatsPush: true,
      steps: ringing(asleep, { at: ['10s', '14s'], do: 'hangUp', call: 1 }),
      links: { control: { latency: ['20ms', '200ms'] } },
      timing: { ...('timing' in course && course.timing), pushServer: { pushRepeat: '500ms' } },
      until: '30s',
    },
    'standard',
    twoPaths,
  ),
  ...(['standard', 'singleDeviceTakeover'] as const).map((mode) =>
    world(
      {
        ...course,
        steps: ringing(asleep),
        links: { control: { latency: wide }, appSip: { latency: wide } },
        until: '30s',
      },
      mode,
      twoPaths,
    ),
  ),
]);

/** A phone that gives up by itself while somebody else speaks, and one that hangs up and hears nothing. */
const givingUp: readonly Scenario[] = [
  ...(['standard', 'continuous'] as const).flatMap((mode) => [
    world(
      {
        ...ios,
        user: 'ignores',
        repeatsPush: true,
        steps: ringing(asleep, { at: ['12s', '16s'], do: 'hangUp', call: 1 }),
        links: { control: { latency: slow } },
        timing: { app: { ringLimit: ['10ms', '2s'] }, pushServer: { pushRepeat: '500ms' } },
        until: '30s',
      },
      mode,
      multi,
    ),
    world(
      {
        user: 'ignores',
        steps: ringing(awake, { at: ['10s', '13s'], do: 'cut', link: mode === 'standard' ? 'appSip' : 'control' }),
        timing: { app: { ringLimit: '2s' } },
        until: '60s',
      },
      mode,
      multi,
    ),
    world(
      {
        endsCall: 'user',
        steps: ringing(awake, {
          at: ['12s', '13s'],
          do: 'cut',
          link: mode === 'standard' ? 'appSip' : 'pushServerSip',
        }),
        timing: { app: { userReaction: '1s', talk: '1s' } },
        until: '60s',
      },
      mode,
      multi,
    ),
    world(
      {
        user: 'declines',
        steps: ringing(awake),
        links: { control: { latency: slow } },
        timing: { app: { userReaction: atOnce } },
        until: '20s',
      },
      mode,
      multi,
    ),
    world(
      {
        user: 'ignores',
        steps: ringing(awake, { at: '14s', do: 'hangUp', call: 1 }),
        links: { control: { latency: slow } },
        until: '20s',
      },
      mode,
      multi,
    ),
  ]),
  // The CANCEL does not get through; the end-push does.
  world(
    {
      user: 'ignores',
      steps: ringing(asleep, { at: '14s', do: 'cut', link: 'control' }, { at: '15s', do: 'hangUp', call: 1 }),
      until: '40s',
    },
    'continuous',
    multi,
  ),
];

/** Another device refuses, late, twice, or while the caller gives up. */
const elsewhere: readonly Scenario[] = (['declines', 'busy'] as const).flatMap((otherDevice) => [
  world(
    {
      otherDevice,
      steps: ringing(awake, { at: ['10s', '11.2s'], do: 'hangUp', call: 1 }),
      links: { callerSip: { latency: ['20ms', '60ms'] } },
      timing: { caller: { otherDeviceReaction: ['0s', '1s'] } },
      until: '30s',
    },
    'standard',
    multi,
  ),
  world(
    {
      otherDevice,
      steps: ringing(awake, { at: ['10s', '10.4s'], do: 'cut', link: 'callerSip' }),
      timing: { caller: { otherDeviceReaction: '200ms' } },
      until: '60s',
    },
    'standard',
    multi,
  ),
  world(
    { otherDevice, links: { callerSip: { transport: 'tcp' } }, steps: ringing(awake), until: '30s' },
    'standard',
    multi,
  ),
  world(
    {
      otherDevice: 'ignores',
      steps: ringing(
        awake,
        { at: '12s', do: 'hangUp', call: 1 },
        { at: ['12s', '12.3s'], do: 'cut', link: 'callerSip' },
      ),
      until: '60s',
    },
    'standard',
    multi,
  ),
]);

/** Two phones answer at once: the BYE to the second is lost, refused by a process that knows nothing, or sent over TCP. */
const twice: readonly Scenario[] = (
  [
    { steps: ringing(awake) },
    { steps: ringing(awake), links: { callerSip: { transport: 'tcp' } } },
    { steps: ringing(awake, { at: ['11s', '11.4s'], do: 'cut', link: 'appSip' }) },
    {
      steps: ringing(awake, { at: ['11s', '11.4s'], do: 'cut', link: 'appSip' }),
      later: [
        { at: '12s', do: 'kill' },
        { at: '12.1s', do: 'open' },
        { at: '16s', do: 'repair', link: 'appSip' },
      ],
    },
  ] as const
).map(({ steps, ...more }) =>
  world(
    {
      otherDevice: 'answers',
      ...('links' in more && { links: more.links }),
      steps: [...steps, ...('later' in more ? more.later : [])] as Steps,
      timing: { app: { userReaction: ['900ms', '1.1s'] }, caller: { otherDeviceReaction: '1s', talk: '60s' } },
      until: '60s',
    },
    'standard',
    multi,
  ),
);

/** The one who was second hangs up before he is told so, and an answer that nobody hears is given up. */
const secondThoughts: readonly Scenario[] = [
  world(
    {
      otherDevice: 'answers',
      endsCall: 'user',
      steps: ringing(awake),
      links: { callerSip: { latency: ['100ms', '200ms'] } },
      timing: { app: { userReaction: ['900ms', '1.3s'], talk: '10ms' }, caller: { otherDeviceReaction: '1s' } },
      until: '30s',
    },
    'standard',
    multi,
  ),
  world(
    {
      steps: ringing(
        awake,
        { at: '11s', do: 'cut', link: 'appSip' },
        { at: ['43.5s', '44.5s'], do: 'repair', link: 'appSip' },
      ),
      timing: { app: { userReaction: '2s' }, caller: { patience: '20s' } },
      until: '90s',
    },
    'standard',
    multi,
  ),
];

/** A desk phone that is busy is invited once more before it hears the ACK. */
const invitedAgain: readonly Scenario[] = [
  world(
    {
      otherDevice: 'busy',
      links: { callerSip: { latency: ['260ms', '300ms'] } },
      steps: ringing(awake),
      timing: { caller: { talk: '1s' } },
      until: '30s',
    },
    'standard',
    multi,
  ),
];

/** What happens at the phones once an INVITE has reached one of them. */
export const phoneRaces: readonly Scenario[] = [
  ...moving,
  ...busy,
  ...merged,
  ...givingUp,
  ...elsewhere,
  ...twice,
  ...secondThoughts,
  ...invitedAgain,
];
