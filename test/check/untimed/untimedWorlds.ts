import type { RegistrationModeName } from '../../../src/machines/registrationModes.ts';
import type { AnyServerProfileName } from '../../../src/profiles/furtherServers.ts';
import type { ScenarioDocument } from '../../../src/sim/scenarioFile/document.ts';
import type { SipWorld } from '../../../src/sim/sipWorld/definition.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import { scenarioOf } from '../../support/scenarios.ts';

type Steps = ScenarioDocument['steps'];

export interface UntimedWorld {
  readonly name: string;
  readonly losses: number;
  readonly definition: SipWorld;
}

const tcp = {
  callerSip: { transport: 'tcp' },
  appSip: { transport: 'tcp' },
  pushServerSip: { transport: 'tcp' },
} as const;
const withoutControl = { ...tcp, control: { reachable: false } } as const;
const open: Steps[number] = { at: '1s', do: 'open' };
const dial: Steps[number] = { at: '20s', do: 'dial', call: 1 };

function world(
  name: string,
  document: Partial<ScenarioDocument> & { steps: Steps },
  mode: RegistrationModeName = 'standard',
  server: AnyServerProfileName = 'multi',
  losses = 0,
): UntimedWorld {
  return { name, losses, definition: defineWorld(scenarioOf(document, mode, server)) };
}

/** Small worlds in which each rule of the untimed world plays its part. */
export const untimedWorlds: readonly UntimedWorld[] = [
  world('a call for nobody over TCP', { links: tcp, steps: [dial] }),
  world('a call for nobody over UDP', { steps: [dial] }, 'standard', 'overwrite'),
  world('two datagrams of a call lost', { steps: [dial] }, 'standard', 'multi', 2),
  world('a call held by the server', { steps: [dial] }, 'singleDeviceEmulation', 'hold', 1),
  world('the app opens, Continuous', { links: tcp, steps: [open] }, 'continuous', 'overwrite'),
  world('the app opens and registers alone', { links: withoutControl, steps: [open] }, 'standard', 'multi'),
  // Without clocks the numbers of transactions would multiply the states: a registrar that does not look at them.
  world(
    'REGISTERs that overtake each other',
    { links: { control: { reachable: false } }, steps: [open] },
    'standard',
    'kamailio',
  ),
  world(
    'the network changes',
    { links: withoutControl, steps: [open, { at: '20s', do: 'changeNetwork' }] },
    'singleDeviceTakeover',
    'reject',
  ),
  world(
    'a cut link and a caller who hangs up',
    {
      steps: [
        { at: ['19s', '21s'], do: 'cut', link: 'callerSip' },
        dial,
        { after: '1s', do: 'hangUp', call: 1 },
        { at: '22s', do: 'repair', link: 'callerSip' },
      ],
    },
    'standard',
    'multi',
    1,
  ),
];

/** Large enough to measure: 585,683 states with one loss. */
export const worldOfTwoCalls = world(
  'two calls for nobody over UDP',
  { steps: [dial, { at: '25s', do: 'dial', call: 2 }] },
  'standard',
  'multi',
  1,
);
