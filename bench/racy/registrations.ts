import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { asleep, awake, connections, ringing, type Steps, wide, world } from './world.ts';

const { multi } = serverProfiles;

const shortLived: ServerProfile = { ...multi, maximumExpiresMs: 40_000 };

/** One place, which a restart makes free again. */
const full: ServerProfile = {
  ...shortLived,
  capacity: 1,
  whenFull: { do: 'refuse', code: 403, retryAfter: false },
  keepsBindingsOnRestart: false,
};

/** A registrar that asks with OPTIONS who is there, over connections and without, and removes who is not. */
const probed: readonly Scenario[] = (['skip', 'remove'] as const).flatMap((onFailure) =>
  ([connections, {}] as const).flatMap((links) =>
    (['kill', 'home', 'changeNetwork'] as const).map((verb) =>
      world({ links, steps: [...awake, { at: ['18s', '22s'], do: verb }], until: '50s' }, 'standard', {
        ...multi,
        probesContacts: { intervalMs: 10_000, timeoutMs: 3_000, onFailure },
      }),
    ),
  ),
);

/** A server that forbids is obeyed, and what changes about the request lets it be sent again. */
const forbidden: readonly Scenario[] = [
  ...(['home', 'logOut', 'changeNetwork', 'kill', 'open'] as const).flatMap((verb) =>
    (['standard', 'singleDeviceEmulation', 'singleDeviceTakeover'] as const).flatMap((mode) => [
      world(
        {
          afterForbidden: 'givesUp',
          otherDevice: 'ignores',
          steps: [...awake, { at: ['5s', '6s'], do: verb }, { at: '10s', do: 'open' }, { at: '15s', do: 'home' }],
          until: '60s',
        },
        mode,
        { ...multi, capacity: 1, whenFull: { do: 'refuse', code: 403, retryAfter: false } },
      ),
      world(
        {
          afterForbidden: 'givesUp',
          steps: [
            ...awake,
            { at: '5s', do: 'changePassword' },
            { at: ['36s', '38s'], do: verb },
            { at: '50s', do: 'open' },
            { at: '55s', do: 'home' },
          ],
          until: '120s',
        },
        mode,
        shortLived,
      ),
    ]),
  ),
];

/** The same for a refresh, whose place somebody has taken since or whose password is no longer right. */
const forbiddenToRefresh: readonly Scenario[] = [
  ...(['standard', 'singleDeviceTakeover'] as const).map((mode) =>
    world(
      {
        afterForbidden: 'givesUp',
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
      full,
    ),
  ),
  world(
    {
      afterForbidden: 'givesUp',
      steps: [
        ...asleep,
        { at: '10s', do: 'cut', link: 'control' },
        { at: '12s', do: 'crashSipServer' },
        { at: '25s', do: 'open' },
      ],
      until: '60s',
    },
    'singleDeviceEmulation',
    full,
  ),
  ...(['open', 'expireNonces'] as const).map((verb) =>
    world(
      {
        afterForbidden: 'givesUp',
        steps: [
          ...asleep,
          { at: '10s', do: 'changePassword' },
          { at: ['41s', '42s'], do: verb },
          { after: ['0s', '500ms'], do: 'home' },
        ],
        until: '60s',
      },
      'singleDeviceEmulation',
      shortLived,
    ),
  ),
  // The user logs in with the new password while the push server is told nothing of his log-out.
  world(
    {
      afterForbidden: 'givesUp',
      steps: [
        ...asleep,
        { at: '10s', do: 'changePassword' },
        { at: '60s', do: 'cut', link: 'control' },
        { at: '61s', do: 'open' },
        { at: '62s', do: 'logOut' },
        { at: '62.1s', do: 'logIn' },
        { at: '63s', do: 'repair', link: 'control' },
      ],
      until: '100s',
    },
    'continuous',
    shortLived,
  ),
];

/** Refused without end: the back-off grows to its longest. */
const backOffs = Object.fromEntries([1, 2, 3, 4, 5, 6].map((times) => [`backOff${times}`, '5s']));
const refusedForLong: readonly Scenario[] = (['standard', 'singleDeviceTakeover'] as const).flatMap((mode) =>
  [awake, asleep].map((steps) =>
    world(
      {
        otherDevice: 'ignores',
        steps,
        timing: { app: backOffs, pushServer: backOffs },
        until: '90s',
      },
      mode,
      { ...multi, capacity: 1, whenFull: { do: 'refuse', code: 403, retryAfter: false } },
    ),
  ),
);

/** The server is gone when a REGISTER gets there, and meanwhile it is no longer wanted, or wanted again. */
const unsendable: readonly Scenario[] = (
  ['standard', 'singleDeviceEmulation', 'singleDeviceTakeover'] as const
).flatMap((mode) => {
  const of = (steps: Steps) =>
    world({ links: { ...connections, control: { latency: '20ms' } }, steps, until: '60s' }, mode, shortLived);
  return [
    ...(['home', 'logOut'] as const).flatMap((verb) =>
      (
        [
          ['1.4s', '1.9s'],
          ['37.4s', '38s'],
        ] as [string, string][]
      ).map((at) => of([...awake, { at, do: 'crashSipServer' }, { after: ['0s', '300ms'], do: verb }])),
    ),
    of([...asleep, { at: ['40.5s', '42s'], do: 'crashSipServer' }, { after: ['0s', '300ms'], do: 'open' }]),
    of([
      ...asleep,
      { at: '20s', do: 'crashSipServer' },
      { at: '20.5s', do: 'open' },
      { after: ['0s', '800ms'], do: 'home' },
    ]),
  ];
});

/** The transport gives up something else than what the push server waits for. */
const othersFail: readonly Scenario[] = [
  world(
    {
      links: { ...connections, pushServerSip: { transport: 'tcp', latency: wide } },
      steps: ringing(asleep, { at: '12s', do: 'open' }, { at: ['12s', '14s'], do: 'crashSipServer' }),
      until: '30s',
    },
    'standard',
    multi,
  ),
  // The app is suspended without having been able to say so: its call and the release of the binding come to a dead socket.
  world(
    {
      suspendedSockets: 'defunct',
      steps: [
        ...asleep,
        { at: '39.9s', do: 'cut', link: 'pushServerSip' },
        { at: '40s', do: 'open' },
        { at: '40.8s', do: 'cut', link: 'control' },
        { at: '41s', do: 'home' },
        { at: '70s', do: 'repair', link: 'control' },
        { at: ['70s', '73s'], do: 'repair', link: 'pushServerSip' },
        { at: ['70s', '73s'], do: 'dial', call: 1 },
      ],
      until: '90s',
    },
    'singleDeviceEmulation',
    multi,
  ),
];

/** Registrations that are probed, forbidden, or cannot be sent. */
export const registrationRaces: readonly Scenario[] = [
  ...probed,
  ...forbidden,
  ...forbiddenToRefresh,
  ...refusedForLong,
  ...unsendable,
  ...othersFail,
];
