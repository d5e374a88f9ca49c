import { everyMode, type ModeName } from '../src/machines/modeVariants.ts';
import type { ServerProfile } from '../src/machines/serverProfile.ts';
import { serverProfiles } from '../src/profiles/servers.ts';
import { resolveScenario } from '../src/sim/scenario/resolve.ts';
import type { Scenario } from '../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../src/sim/scenario/schema.ts';

type Steps = ScenarioDocument['steps'];

const world = (
  document: Partial<ScenarioDocument> & { steps: Steps },
  mode: ModeName,
  server: ServerProfile,
): Scenario => resolveScenario({ name: 'racy', title: 'Racy', ...document }, {}, { mode: everyMode[mode], server });

const awake: Steps = [{ at: '0s', do: 'open' }];
const asleep: Steps = [...awake, { at: '5s', do: 'home' }];
const dead: Steps = [...asleep, { at: '40s', do: 'kill' }];

const { multi, reject } = serverProfiles;
const shortLived = { ...multi, maximumExpiresMs: 40_000, minimumExpires: { ms: 1_000, answer: 'raise' } } as const;

/** Two phones' worth of trouble for one call: cancelled and answered at the same moment. */
const crossing: Steps = [
  { at: '50s', do: 'dial', call: 1 },
  { at: ['50s', '54s'], do: 'hangUp', call: 1 },
];
const impatient = { app: { userReaction: ['0s', '100ms'] as [string, string] } };

/** Scenarios in which rare races happen: the checker finds them, luck would not. */
export const racyWorlds: readonly Scenario[] = [
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
      const forgetful = {
        ...shortLived,
        capacity: 1,
        whenFull: { do: 'refuse', code: 503, retryAfter },
        keepsBindingsOnRestart: false,
      } as const;
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
          forgetful,
        ),
        world(
          {
            steps: [
              ...asleep,
              { at: '20s', do: 'crashSipServer' },
              { at: '31s', do: 'open' },
              { after: '600ms', do: 'cut', link: 'control' },
            ],
            until: '60s',
          },
          mode,
          forgetful,
        ),
      ];
    }),
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
  // Everybody is refused for long.
  world({ steps: [...asleep], until: '500s' }, 'singleDeviceTakeover', {
    ...reject,
    whenFull: { do: 'refuse', code: 403, retryAfter: false },
  }),
];
