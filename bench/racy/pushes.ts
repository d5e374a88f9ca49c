import type { ServerProfile, Waking } from '../../src/machines/serverProfile.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { asleep, awake, type Course, dead, ios, type Steps, world } from './world.ts';

const { multi, kazoo } = everyServerProfile;
const tls = { links: { appSip: { transport: 'tls' } } } as const;

const pushing = (course: Course, wakes: Partial<Waking> = {}, server: ServerProfile = multi): Scenario =>
  world({ ...tls, ...course }, 'sipServerPushes', { ...server, wakes: { ...server.wakes, ...wakes } });

const called = (...before: Steps): Steps => [...before, { at: '60s', do: 'dial', call: 1 }];

/** A token that dies while the INVITE waits, with and without another phone that may still come. */
const tokens: readonly Scenario[] = [
  pushing({ steps: [...called(...asleep), { at: ['59s', '61s'], do: 'killToken' }] }),
  pushing({
    topology: { phones: 2 },
    steps: [...called(...asleep, { at: '1s', do: 'open', phone: 2 }), { at: ['59s', '61s'], do: 'killToken' }],
  }),
  pushing({ steps: [...asleep, { at: '20s', do: 'killToken' }, { at: '700s', do: 'dial', call: 1 }] }),
];

/** A caller who gives up, and a phone that answers elsewhere, while the INVITE waits. */
const ends: readonly Scenario[] = [
  pushing({ steps: [...called(...dead), { after: ['0s', '3s'], do: 'hangUp', call: 1 }] }, { endsPush: true }),
  pushing({ steps: called(...dead), otherDevice: 'answers' }, { endsPush: true }),
  pushing({ steps: called(...dead) }, { waitMs: 1_000 }),
  pushing({ steps: called(...asleep), user: 'declines' }, { when: 'alongside', goesTo: 'allEachTime' }),
  pushing({ steps: called(...dead), user: 'declines' }, { tells: 'ringing' }),
  pushing({ steps: called(...dead) }, {}, kazoo),
];

/** Pushes that refresh a binding on iOS: while the app runs, sleeps, starts, is killed, or is launched no more. */
const refreshes: readonly Scenario[] = (['atOnce', 'callsOnly'] as const).flatMap((reportsPush) =>
  (['callPush', 'ownPush'] as const).flatMap((refreshesBy) => [
    pushing({ ...ios, reportsPush, steps: [...dead, { at: '1800s', do: 'dial', call: 1 }] }, { refreshesBy }),
    pushing(
      {
        ...{ ...ios, reportsPush, expires: { app: '121s' } },
        steps: [...asleep, { at: ['4s', '8s'], do: 'open' }, { at: '9s', do: 'home' }, { at: '200s', do: 'kill' }],
      },
      { refreshesBy },
    ),
  ]),
);

/** No push for a phone that has just registered, or that has lost its binding since. */
const skipped: readonly Scenario[] = [
  pushing({ steps: called(...asleep) }, { skipsForMs: 56_000 }),
  pushing(
    { steps: [...awake, { at: '20s', do: 'crashSipServer' }, { at: '60s', do: 'dial', call: 1 }] },
    { skipsForMs: 25_000 },
  ),
];

/** What a SIP server that pushes meets. */
export const pushRaces: readonly Scenario[] = [...tokens, ...ends, ...refreshes, ...skipped];
