import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, createMachine, emit, enqueueActions } from 'xstate';
import { appMachine } from '../../src/machines/app.ts';
import { sending } from '../../src/machines/observations.ts';
import type { PartyMachines } from '../../src/machines/parties.ts';
import { pushServerMachine } from '../../src/machines/pushServer.ts';
import { type RegistrationModeName, registrationModes } from '../../src/machines/registrationModes.ts';
import { sipServerMachine } from '../../src/machines/sipServer.ts';
import { type ServerProfileName, serverProfiles } from '../../src/profiles/servers.ts';
import { judge } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { defineWorld, machinesOf } from '../../src/sim/sipWorld/definition.ts';
import { scenarioOf } from '../support/scenarios.ts';

interface Mutant {
  readonly name: string;
  readonly mode: RegistrationModeName;
  readonly server: ServerProfileName;
  readonly document: Partial<ScenarioDocument> & Pick<ScenarioDocument, 'steps'>;
  readonly mutate: (machines: PartyMachines) => Partial<PartyMachines>;
  readonly killedBy: string;
}

/** An action that does nothing, not even leave a trace of itself. */
const nothing = enqueueActions(() => {});
const without = (machine: AnyStateMachine, ...actions: string[]) =>
  machine.provide({ actions: Object.fromEntries(actions.map((name) => [name, nothing])) });
const guarding = (machine: AnyStateMachine, guard: string, value: boolean) =>
  machine.provide({ guards: { [guard]: () => value } });

/** The machine without what a state of its calls does on those events. */
const deaf = (machine: AnyStateMachine, state: string, ...events: string[]) => {
  const strip = (node: { states?: Record<string, object>; on?: Record<string, unknown> }, name = ''): object => ({
    ...node,
    ...(node.on && {
      on: Object.fromEntries(Object.entries(node.on).filter(([event]) => name !== state || !events.includes(event))),
    }),
    ...(node.states && {
      states: Object.fromEntries(Object.entries(node.states).map(([key, child]) => [key, strip(child, key)])),
    }),
  });
  const broken = createMachine(strip(machine.config as never) as never);
  return broken.provide(machine.implementations as never) as AnyStateMachine;
};

const callAt20: ScenarioDocument['steps'] = [
  { at: '1s', do: 'open' },
  { at: '20s', do: 'dial', call: 1 },
];
const moveInCall: ScenarioDocument['steps'] = [...callAt20, { at: '30s', do: 'changeNetwork' }];
const longCall = { steps: callAt20, timing: { caller: { talk: '150s' } }, until: '250s' };
const homeAt10: ScenarioDocument['steps'] = [
  { at: '1s', do: 'open' },
  { at: '10s', do: 'home' },
];
const callInHandOver: ScenarioDocument['steps'] = [...homeAt10, { at: ['10s', '10.6s'], do: 'dial', call: 1 }];
const callWhileSuspended: ScenarioDocument['steps'] = [...homeAt10, { at: '60s', do: 'dial', call: 1 }];
const cancelWhileWaking: ScenarioDocument['steps'] = [
  ...callWhileSuspended,
  { after: ['1s', '3s'], do: 'hangUp', call: 1 },
];
const base = {
  delivery: 'overConnection',
  user: 'answers',
  autoSend180: false,
  repeatsPush: false,
  reliable: false,
  declinesWith: 603,
  callWaiting: true,
  endsCall: false,
  session: null,
  followsNetwork: true,
  replacesToken: true,
  otherDevice: false,
  unreportedPush: 'tolerated',
  reportsPush: 'atOnce',
  readsContacts: 'own',
  afterForbidden: 'backsOff',
  pushEnabled: true,
  refreshesOnPush: false,
  namesCallId: false,
  namesTransaction: false,
  keepsAlive: false,
  connectionDiesUnnoticed: false,
  outgoing: false,
} as const;
const overlapping = { ...registrationModes.singleDeviceEmulation, release: 'afterPeerRegisters' } as const;

const sipServer = {
  askedExpiresMs: { app: 600_000, pushServer: 600_000 },
  reliable: { caller: false, app: false, pushServer: false },
  otherDevice: false,
  outgoing: false,
  natEmulation: false,
  pushes: false,
} as const;

/** Each breaks one rule of one machine; the property named must notice. */
const mutants: Mutant[] = [
  {
    name: 'REGISTER before un-REGISTER instead of after it',
    mode: 'singleDeviceEmulation',
    server: 'multi',
    document: { steps: homeAt10 },
    mutate: () => ({
      app: appMachine({ ...base, mode: overlapping }),
      pushServer: pushServerMachine({ ...base, mode: overlapping }),
    }),
    killedBy: 'singleRegistration',
  },
  {
    name: 'the server no longer holds an INVITE',
    mode: 'singleDeviceEmulation',
    server: 'hold',
    document: { steps: callInHandOver },
    mutate: ({ sipServer }) => ({ sipServer: guarding(sipServer, 'holdsWithoutBinding', false) }),
    killedBy: 'noInviteLost',
  },
  {
    name: 'the push server does not hold the INVITE but answers at once',
    mode: 'standard',
    server: 'multi',
    document: { steps: callWhileSuspended },
    mutate: ({ pushServer }) => ({ pushServer: guarding(pushServer, 'accountIsEnabled', false) }),
    killedBy: 'noInviteLost',
  },
  {
    name: 'the push server forgets to pass on the CANCEL',
    mode: 'continuous',
    server: 'multi',
    document: { steps: cancelWhileWaking, user: 'ignores' },
    mutate: ({ pushServer }) => ({ pushServer: without(pushServer, 'cancelApp', 'endPush', 'sendNoCall') }),
    killedBy: 'ringStops',
  },
  {
    name: 'the push server refreshes after the hand-over',
    mode: 'singleDeviceTakeover',
    server: 'overwrite',
    document: {
      steps: [...homeAt10, { at: '60s', do: 'open' }],
      expires: { pushServer: '60s' },
    },
    mutate: ({ pushServer }) => ({ pushServer: without(pushServer, 'abandonBinding') }),
    killedBy: 'beliefMatches',
  },
  {
    name: 'the app does not un-REGISTER before it hands over',
    mode: 'singleDeviceEmulation',
    server: 'multi',
    document: { steps: homeAt10 },
    mutate: ({ app }) => ({ app: guarding(app, 'releasesFirst', false) }),
    killedBy: 'singleRegistration',
  },
  {
    name: 'nothing is sent again over UDP',
    mode: 'singleDeviceEmulation',
    server: 'reject',
    document: {
      steps: [...homeAt10, { at: '60s', do: 'dial', call: 1 }],
      faults: [{ do: 'lose', message: 'REGISTER', from: 'pushServer' }],
    },
    mutate: () => ({
      pushServer: pushServerMachine({ ...base, reliable: true, mode: registrationModes.singleDeviceEmulation }),
    }),
    killedBy: 'noBlackout',
  },
  {
    name: 'the registrar removes every binding of the user on an un-REGISTER',
    mode: 'standard',
    server: 'multi',
    document: { steps: homeAt10 },
    mutate: () => ({
      sipServer: sipServerMachine({ ...sipServer, profile: { ...serverProfiles.multi, removalScope: 'allOfUser' } }),
    }),
    killedBy: 'onlyOwnBinding',
  },
  {
    name: 'the log-out leaves the push server registered',
    mode: 'continuous',
    server: 'multi',
    document: {
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'logOut' },
      ],
    },
    mutate: ({ pushServer }) => ({ pushServer: without(pushServer, 'removeBinding') }),
    killedBy: 'cleanLogout',
  },
  {
    name: 'the proxy tries only the oldest of several bindings',
    mode: 'standard',
    server: 'multi',
    document: {
      steps: [...homeAt10, { after: ['60ms', '130ms'], do: 'kill' }, { at: '20s', do: 'dial', call: 1 }],
    },
    mutate: () => ({
      sipServer: sipServerMachine({ ...sipServer, profile: { ...serverProfiles.multi, fork: 'first' } }),
    }),
    killedBy: 'noInviteLost',
  },
  {
    name: 'the SIP server gives up on a call without telling the caller',
    mode: 'standard',
    server: 'multi',
    document: { steps: callWhileSuspended, user: 'ignores', timing: { caller: { patience: '10min' } } },
    mutate: ({ sipServer }) => ({ sipServer: without(sipServer, 'sendFailure') }),
    killedBy: 'finalAnswer',
  },
  {
    name: 'the push server does not notice a dead app',
    mode: 'standard',
    server: 'multi',
    document: {
      steps: [
        { at: '1s', do: 'open' },
        { at: '20s', do: 'kill' },
        { at: '150s', do: 'dial', call: 1 },
      ],
    },
    mutate: ({ pushServer }) => ({ pushServer: without(pushServer, 'watchHeartbeat') }),
    killedBy: 'noInviteLost',
  },
  {
    name: 'the push server does not pass on an answer that comes while it wakes the app once more',
    mode: 'continuous',
    server: 'multi',
    document: {
      links: { control: { latency: '1.8s' } },
      steps: [
        { at: '1s', do: 'open' },
        { at: '20s', do: 'dial', call: 1 },
      ],
    },
    mutate: ({ pushServer }) => ({ pushServer: deaf(pushServer, 'wakingAgain', 'INVITE.180', 'INVITE.200') }),
    killedBy: 'answeredConnects',
  },
  {
    name: 'the phone keeps its move to itself',
    mode: 'standard',
    server: 'multi',
    document: { steps: moveInCall },
    mutate: ({ app }) => ({ app: guarding(app, 'followsNetwork', false) }),
    killedBy: 'endsAgree',
  },
  {
    name: 'the phone does not refresh its session, which the caller then ends',
    mode: 'standard',
    server: 'multi',
    document: { ...longCall, sessionTimers: { interval: '90s', refresher: 'user' } },
    mutate: ({ app }) => ({ app: without(app, 'sendUpdate', 'sendUpdateAgain') }),
    killedBy: 'callSurvives',
  },
  {
    name: 'the push server does not pass on the refresh of a session',
    mode: 'continuous',
    server: 'multi',
    document: { ...longCall, sessionTimers: { interval: '90s' } },
    mutate: ({ pushServer }) => ({ pushServer: without(pushServer, 'passAcross') }),
    killedBy: 'callSurvives',
  },
  {
    name: 'the SIP server does not pass on the refresh of a session',
    mode: 'standard',
    server: 'multi',
    document: { ...longCall, sessionTimers: { interval: '90s' } },
    mutate: ({ sipServer }) => ({ sipServer: without(sipServer, 'passRequest') }),
    killedBy: 'callSurvives',
  },
  {
    name: 'a phone whose session is not refreshed does not end it',
    mode: 'continuous',
    server: 'multi',
    document: {
      steps: [...callAt20, { at: '30s', do: 'crashPushServer' }],
      sessionTimers: { interval: '90s' },
      limits: { endsAgree: '90s' },
      until: '200s',
    },
    mutate: ({ app }) => ({ app: without(app, 'expireSession') }),
    killedBy: 'endsAgree',
  },
  {
    name: 'the phone keeps a connection over which no pong comes',
    mode: 'standard',
    server: 'overwrite',
    document: {
      links: { appSip: { transport: 'tcp' } },
      keepAlive: { app: true },
      noticesNetwork: false,
      until: '300s',
      steps: [
        { at: '1s', do: 'open' },
        { at: '30s', do: 'changeNetwork' },
        { at: '170s', do: 'dial', call: 1 },
      ],
    },
    mutate: ({ app }) => ({ app: without(app, 'giveUpConnection') }),
    killedBy: 'noInviteLost',
  },
  {
    name: 'the push server does not pass on the BYE of the caller',
    mode: 'continuous',
    server: 'multi',
    document: { steps: callAt20 },
    mutate: ({ pushServer }) => ({ pushServer: without(pushServer, 'forwardBye') }),
    killedBy: 'endsAgree',
  },
  {
    name: 'the push server acknowledges nothing to the app, which gives up the call',
    mode: 'continuous',
    server: 'multi',
    document: { steps: callAt20, timing: { caller: { talk: '60s' } }, until: '160s' },
    mutate: ({ pushServer }) => ({ pushServer: without(pushServer, 'acknowledgeApp') }),
    killedBy: 'callSurvives',
  },
  {
    name: 'the proxy calls who was registered before the phone in hand',
    mode: 'singleDeviceTakeover',
    server: 'overwrite',
    document: {
      topology: { phones: 2 },
      steps: [...homeAt10, { at: '20s', do: 'open', phone: 2 }, { at: '60s', do: 'dial', call: 1 }],
    },
    mutate: ({ sipServer }) => ({
      sipServer: sipServer.provide({
        actions: {
          inviteBranches: emit(sending('pushServer', { type: 'INVITE', call: 1, contact: 'pushServer' })),
          retransmit: nothing,
        },
      }),
    }),
    killedBy: 'ringsInHand',
  },
];

const violatedBy = (
  { document, mode, server }: Mutant,
  replaced?: (machines: PartyMachines) => Partial<PartyMachines>,
) => {
  const scenario = scenarioOf(document, mode, server);
  const others = Object.entries(replaced?.(machinesOf(scenario)) ?? {});
  const definition = defineWorld(scenario, Object.fromEntries(others.map(([name, machine]) => [name, { machine }])));
  const violated = new Set<string>();
  for (let seed = 1; seed <= 100; seed++) {
    for (const { property, verdict } of judge(definition, seed)) if (verdict === 'violated') violated.add(property);
  }
  return violated;
};

describe('a machine that is broken on purpose is noticed', () => {
  test.each(mutants)('$name: $killedBy', (mutant) => {
    expect(violatedBy(mutant), 'the machine as it is').not.toContain(mutant.killedBy);
    expect(violatedBy(mutant, mutant.mutate), 'the mutant').toContain(mutant.killedBy);
  });
});
