import type { ModeName } from '../../src/machines/modeVariants.ts';
import type { ServerProfile } from '../../src/machines/serverProfile.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { asleep, awake, type Course, connections, ringing, type Steps, wide, world } from './world.ts';

const { multi } = serverProfiles;

/** A mailbox that answers what nobody answers within two seconds, and busy phones too. */
const mailbox = (takes: 'noAnswer' | 'noAnswerOrBusy'): ServerProfile => ({
  ...multi,
  mailboxTakes: takes,
  noAnswerMs: 2_000,
});

/** A mailbox takes the call while a phone or its network says something else. */
const voicemail: readonly Scenario[] = (['noAnswer', 'noAnswerOrBusy'] as const).flatMap((takes) => [
  ...(['answers', 'declines', 'ignores', 'doNotDisturb'] as const).map((user) =>
    world(
      {
        user,
        steps: ringing(awake, { at: ['12s', '12.5s'], do: 'hangUp', call: 1 }),
        links: { callerSip: { latency: wide } },
        timing: { app: { userReaction: ['1.8s', '2.1s'] }, caller: { talk: '10ms' } },
        until: '60s',
      },
      'standard',
      mailbox(takes),
    ),
  ),
  // The branch says its first word when the mailbox has answered.
  ...([true, false] as const).map((autoSend180) =>
    world(
      {
        user: 'ignores',
        autoSend180,
        steps: ringing(asleep),
        links: { callerSip: { latency: ['200ms', '400ms'] } },
        faults: [
          ...[2, 3].map((occurrence) => ({ do: 'lose', message: 'INVITE', from: 'sipServer', occurrence }) as const),
          { do: 'delay', message: 'INVITE.100', to: 'sipServer', latency: ['2.1s', '2.3s'] },
          { do: 'delay', message: 'INVITE.180', from: 'pushServer', latency: ['2.1s', '2.3s'] },
        ],
        until: '30s',
      },
      'continuous',
      mailbox(takes),
    ),
  ),
  // A branch that nobody answers is given up after the mailbox has taken the call, and one that cannot be reached.
  world(
    {
      steps: [...awake, { at: '9s', do: 'cut', link: 'appSip' }, { at: '10s', do: 'dial', call: 1 }],
      links: { callerSip: { latency: ['200ms', '400ms'] } },
      until: '30s',
    },
    'standard',
    { ...mailbox(takes), branchTimeoutMs: 2_100 },
  ),
  world(
    {
      links: { ...connections, callerSip: { latency: ['200ms', '400ms'] } },
      steps: ringing([...awake, { at: '9.5s', do: 'crashPushServer' }]),
      until: '30s',
    },
    'continuous',
    { ...mailbox(takes), noAnswerMs: 20 },
  ),
]);

/** Connections end under a branch, in each state of a call. */
const unreachable: readonly Scenario[] = (
  [
    ['standard', [{ at: ['9.9s', '10.3s'], do: 'kill' }]],
    ['standard', [{ at: ['9.9s', '10.3s'], do: 'changeNetwork' }]],
    ['continuous', [{ at: ['9.9s', '10.3s'], do: 'crashPushServer' }]],
  ] as [ModeName, Steps][]
).flatMap(([mode, then]) =>
  (
    [
      {},
      { otherDevice: 'answers', timing: { caller: { otherDeviceReaction: '10ms', talk: '10ms' } } },
      { otherDevice: 'declines', timing: { caller: { otherDeviceReaction: '10ms' } } },
    ] as Partial<Course>[]
  ).map((more) =>
    world(
      {
        ...more,
        links: { ...connections, callerSip: { latency: ['1ms', '10ms'] } },
        steps: ringing(awake, ...then, { at: ['10s', '10.4s'], do: 'hangUp', call: 1 }),
        until: '60s',
      },
      mode,
      multi,
    ),
  ),
);

/** The word that nobody is there comes when the caller has been told of the failure, and when both have hung up. */
const unreachableTooLate: readonly Scenario[] = [
  world(
    { links: connections, steps: ringing([...awake, { at: '9.5s', do: 'crashPushServer' }]), until: '30s' },
    'continuous',
    { ...multi, noAnswerMs: 20 },
  ),
  world(
    {
      endsCall: 'user',
      links: { ...connections, callerSip: { latency: wide } },
      steps: ringing(
        awake,
        { at: ['15s', '15.4s'], do: 'hangUp', call: 1 },
        { at: ['15s', '15.4s'], do: 'crashPushServer' },
      ),
      timing: { app: { talk: '1s' } },
      until: '30s',
    },
    'continuous',
    multi,
  ),
];

/** Answers come out of order at a proxy that has cancelled. */
const outOfOrder: readonly Scenario[] = [
  world(
    {
      autoSend180: true,
      steps: ringing(asleep, { at: ['10s', '10.5s'], do: 'hangUp', call: 1 }),
      links: { pushServerSip: { latency: wide } },
      until: '30s',
    },
    'continuous',
    multi,
  ),
  world(
    {
      otherDevice: 'answers',
      steps: ringing(asleep),
      links: { pushServerSip: { latency: wide } },
      timing: { caller: { otherDeviceReaction: '10ms', talk: '100ms' } },
      until: '30s',
    },
    'continuous',
    multi,
  ),
  // The CANCEL is confirmed late, and the 487 later still.
  world(
    {
      user: 'ignores',
      steps: ringing(awake, { at: '12s', do: 'hangUp', call: 1 }),
      faults: [
        ...[1, 2, 3].map((occurrence) => ({ do: 'lose', message: 'CANCEL', from: 'sipServer', occurrence }) as const),
        ...[1, 2, 3, 4].map(
          (occurrence) => ({ do: 'lose', message: 'INVITE.failed', from: 'app', occurrence }) as const,
        ),
      ],
      until: '60s',
    },
    'standard',
    multi,
  ),
];

/** What the branches of a proxy say too late, and what a mailbox has taken meanwhile. */
export const branchRaces: readonly Scenario[] = [...voicemail, ...unreachable, ...unreachableTooLate, ...outOfOrder];
