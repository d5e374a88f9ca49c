import { expect, test } from 'vitest';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { callScenarios } from '../support/fieldScenarios.ts';
import { verdictTable } from './verdictTable.ts';

/** A group of scenarios, and what has to be known to read them. */
interface Chapter {
  readonly title: string;
  readonly says: readonly string[];
  readonly scenarios: readonly string[];
}

const chapters: readonly Chapter[] = [
  {
    title: 'Another device of the same user',
    says: [
      '`otherDevice: answers` or `ignores` puts a phone on the desk of the user. It is registered when the run begins, and it',
      'refreshes in time. A binding that is taken from it stays gone, since its next refresh comes after the end of the run',
      '(`otherDeviceStays`). A SIP server that forks to it cancels the mobile phone when the user answers on the desk. Where',
      'the server tells, the CANCEL says why (`Reason: SIP;cause=200`, RFC 3326). The push server passes the reason on in the',
      'end-push, and the app shows no missed call (`noFalseMissedCall`). A call that is answered on the desk is not lost.',
      '',
      'Bindings decide more than modes: with room for one, the mobile phone takes the desk out of service or is itself',
      'refused; with room for two, modes that overlap (0, and 3 without an un-REGISTER) push the desk out. A server that',
      'dials the first contact only never rings the mobile phone.',
    ],
    scenarios: ['other-device-in-a-hand-over', 'answered-elsewhere-while-waking', 'answered-elsewhere-while-ringing'],
  },
  {
    title: 'Calls that the user makes',
    says: [
      'The step `call` makes one. In modes 0, 1 and 3 the app sends the INVITE itself, with credentials when it is',
      'challenged; RFC 3261 asks for no registration, so a hand-over does not matter. In Continuous the INVITE goes through',
      'the push server, which has to be up. An SBC that takes calls of registered contacts only (403 to all others) makes a',
      'hand-over matter after all: the app must not un-REGISTER before its INVITE is through, nor call before it has',
      'registered. `outgoingAlerts` says whether the phone at the other end rings.',
    ],
    scenarios: ['outgoing-call-at-once', 'outgoing-call-then-home', 'outgoing-call-without-push-server'],
  },
  {
    title: 'iOS: every push must be reported',
    says: [
      '`unreportedPush: terminates` is iOS 13 and later. The OS terminates an app that reports no call for a VoIP push, and no',
      'longer launches it after repeats (Apple does not say how many; the model takes two). An app can report each push at once',
      '(`reportsPush: atOnce`). It then shows a call that appears and ends, where the end of the call has overtaken its push.',
      'An app that waits for the INVITE (`withInvite`) is the field report',
      '[push-not-reported](../examples/field/push-not-reported.yaml). `pushesReported` watches it.',
    ],
    scenarios: ['ios-end-overtakes-push'],
  },
  {
    title: 'AutoSend180: what it is for, and its price',
    says: [
      'With AutoSend180 the push server rings back before the app is awake. That saves the call where an SBC waits for a 180',
      'for less time than the phone takes to wake. Its price is ringing for nobody: `ringbackIsTrue` is violated wherever the',
      'push does not lead to a phone that rings.',
    ],
    scenarios: ['slow-wake-behind-alert-timer', 'ringing-for-nobody'],
  },
];

/** Scenarios of the same questions that stand elsewhere. */
const elsewhere = [
  '- The caller hangs up while the app wakes, and the end-push overtakes the push:',
  '  [caller-cancels-while-waking](../examples/caller-cancels-while-waking.yaml).',
  '- A second call while the first one wakes the app:',
  '  [second-call-while-waking](../examples/second-call-while-waking.yaml).',
  '- Delivery by re-fork instead of over the connection of the app to the push server: [W4](faults.md), and',
  '  [push-then-invite-at-once](../examples/field/push-then-invite-at-once.yaml).',
  '- Log-out and a new token: [W10, W9](faults.md), and a section of each page in [modes](modes.md).',
];

function section(name: string): string[] {
  const document = callScenarios.find((one) => one.name === name) as ScenarioDocument;
  const { title, about, mitigation } = document;
  return [
    '',
    `### ${title}`,
    '',
    `${about} Scenario: [${name}](../examples/calls/${name}.yaml).`,
    ...(mitigation === undefined ? [] : ['', `What helps: ${mitigation.says}.`]),
    '',
    ...verdictTable(document, true),
  ];
}

const page = () =>
  `${[
    '# Calls',
    '',
    'What decides whether a phone rings besides the hand-over itself. Each scenario is decided by `check` for every order of',
    'events and every delay within its windows: **lost** where some call is lost, then what else is violated; an empty cell',
    'violates nothing.',
    '',
    '```sh',
    'ringproof check calls/answered-elsewhere-while-waking --mode 0 --profile evict',
    '```',
    ...chapters.flatMap(({ title, says, scenarios }) => [
      '',
      `## ${title}`,
      '',
      ...says,
      ...scenarios.flatMap(section),
    ]),
    '',
    '## Elsewhere',
    '',
    ...elsewhere,
  ].join('\n')}\n`;

test('every scenario of examples/calls has its place', () => {
  expect(chapters.flatMap(({ scenarios }) => scenarios).sort()).toEqual(callScenarios.map(({ name }) => name).sort());
});

test('docs/calls.md (vitest -u writes it)', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/calls.md');
});
