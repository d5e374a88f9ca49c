import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { asleep, awake, type Steps, world } from './world.ts';

const { multi, overwrite } = serverProfiles;

/** The app is back, and the push server that has forgotten it hears of that only later, or of something else first. */
const unheard: Steps = [...asleep, { at: '90s', do: 'cut', link: 'control' }, { at: '91s', do: 'open' }];

const forgetting = (steps: Steps, server = multi): Scenario =>
  world({ steps, timing: { pushServer: { credentialsLifetime: '60s' } }, until: '200s' }, 'sipis', server);

/** Accounts that are forgotten: the app comes back, goes away, logs out; the push server restarts. */
const forgotten: readonly Scenario[] = [
  forgetting([...asleep, { at: '90s', do: 'open' }]),
  forgetting([...unheard, { at: '93s', do: 'repair', link: 'control' }, { after: '1s', do: 'home' }]),
  forgetting([...unheard, { at: '93s', do: 'repair', link: 'control' }, { after: '1s', do: 'logOut' }]),
  forgetting([...asleep, { at: '90s', do: 'crashPushServer' }, { at: '120s', do: 'dial', call: 1 }]),
  forgetting([...asleep, { at: '40s', do: 'dial', call: 1 }, { at: '90s', do: 'dial', call: 2 }]),
];

/** A lease that is asked for while a REGISTER is under way, that lapses unnoticed, and whose holder logs out. */
const leases: readonly Scenario[] = (['leasedStandard', 'leasedEmulation', 'leasedTakeover'] as const).flatMap(
  (mode) => [
    world(
      {
        expires: { pushServer: '60s' },
        links: { pushServerSip: { latency: ['5ms', '400ms'] } },
        steps: [...asleep, { at: ['57s', '60s'], do: 'open' }, { after: ['1s', '3s'], do: 'logOut' }],
      },
      mode,
      overwrite,
    ),
    world(
      {
        steps: [...awake, { at: '10s', do: 'cut', link: 'control' }, { at: '110s', do: 'repair', link: 'control' }],
        until: '200s',
      },
      mode,
      everyServerProfile.kamailio,
    ),
    world({ steps: [...awake, { at: '10s', do: 'crashPushServer' }, { at: '60s', do: 'home' }] }, mode, multi),
  ],
);

/** What other products do, and what a lease adds to the modes of ours. */
export const designRaces: readonly Scenario[] = [
  ...forgotten,
  ...leases,
  world({ steps: [...asleep, { at: '60s', do: 'open' }, { at: '70s', do: 'kill' }] }, 'sessionTalkMultiple', overwrite),
  world({ steps: [...asleep, { at: '60s', do: 'open' }, { at: '70s', do: 'kill' }] }, 'sessionTalkSingle', overwrite),
];
