import { expect, test } from 'vitest';
import { topologyScenarios } from '../support/fieldScenarios.ts';
import { type Chapter, chapterText } from './chapters.ts';

/** What a reader of the table needs to know of each scenario, in the order in which they are read. */
const chapters: readonly Chapter[] = [
  [
    'two-phones-ring',
    'Where several bindings are allowed the push server is registered for each phone, and both ring. Asterisk calls the first contact only, and that is the phone which was registered first, not the one in hand. Where the SIP server pushes and the other phone is the first to answer, the one that has been pushed but has not come rings for nobody until its watchdog ends it: no branch, no CANCEL (`ringStops`). Flexisip sends it the INVITE with the push, and so the CANCEL too.',
  ],
  [
    'second-phone-takes-over',
    "With one binding that the newest overwrites, the phone that is opened wins, without a gap. Nobody tells the push server that it has lost the other phone's registration (`beliefMatches`). Where a second binding is refused, the phone that was first keeps it. In mode 3 it has stopped refreshing for good, so that the call is lost. On FreeSWITCH the un-REGISTER of mode 0 removes the newcomer too. Where the SIP server pushes for each call, the phone in hand waits for its push as the one in the pocket does, and that one may be answered before the other rings (`ringsInHand`).",
  ],
  [
    'two-phones-at-rest',
    'Who wins in the end: nobody. Each refresh is an overwrite. The registration goes to and fro with every refresh of either phone for as long as both are enabled (`settles`), in mode 1 as in mode 3: to un-REGISTER before the *other side* registers says nothing to another phone.',
  ],
  [
    'pocket-takes-the-call',
    'While it goes to and fro no call is lost, as the binding is never gone. But it rings where the last refresh came from (`ringsInHand`).',
  ],
  [
    'first-phone-in-a-drawer',
    'It is lost once the other phone cannot be woken: the push server goes on refreshing for a phone that is switched off, until somebody logs it out. Where the SIP server pushes, each phone has a binding of its own, and nobody goes on refreshing for another.',
  ],
  [
    'second-phone-logs-out',
    'The log-out removes the only binding, which is the one that the other phone counts on until its next refresh. With several bindings, and where a second is refused, nothing happens to the other phone.',
  ],
  ['three-phones-at-rest', 'The same with three: the checker decides it as well.'],
];

const page = (): string =>
  [
    '# More than one phone',
    '',
    '`topology` in a scenario file says that the user has the app on two or three phones: one account, one push server, and for each',
    'phone its own push token, push service, OS and network. Steps and faults say `phone: 2`; without it they are about the first.',
    '',
    '```yaml',
    'topology:',
    '  phones: 2',
    '  phone2: { push: fcm, network: lte, user: ignores }',
    'steps:',
    '  - { at: 1s, do: open }',
    '  - { at: 20s, do: open, phone: 2 }',
    '```',
    '',
    '`phone2` and `phone3` take `push`, `network`, `notifications`, `user`, `suspendedSockets`, `unreportedPush`, `reportsPush`,',
    '`pushProvider` and `timing`. In all else a phone is like the first. The push server is one process that keeps an account for each',
    'phone and lets none of them know of the others: a crash concerns all. That Bria Push does so is inference. Its article says that',
    'modes 1 and 3 allow one active device; it does not say what becomes of the device before.',
    '',
    'Where the SIP server pushes (mode `sipServerPushes`) each phone has a token with it, and each call a bucket for each phone (RFC 8599',
    '5.6.2): all that have a token are pushed, the INVITE goes to each as it registers, and it fails once nobody rings and none is',
    'waited for. So do OpenSIPS, which waits for the REGISTER of each contact by itself (lib/reg/pn.c, commit 078e65b), and Flexisip with',
    'fork-late. Others let the first REGISTER decide for all: [which phone gets the INVITE](server-pushes.md#which-phone-gets-the-invite).',
    '',
    '```sh',
    'ringproof check topologies/two-phones-at-rest',
    'ringproof simulate topologies/pocket-takes-the-call --mode 3 --profile overwrite --seed 1',
    '```',
    '',
    '## What must hold',
    '',
    '- A call is lost (`noInviteLost`) when it alerts no phone of the user. That another phone rings than the one in hand is not a loss',
    '  but a violation of `ringsInHand`: the phone whose app came to the foreground last, once it has registered.',
    '- `noBlackout` is violated when none of the phones can be reached. `singleRegistration` counts the sides of all phones.',
    '- `onlyOwnBinding` takes the other phone for somebody else. `settles` counts every change of who is registered.',
    '- All others are judged for each phone as if the other were another device (`noFalseMissedCall` for each pair of phones).',
    '',
    '## What is decided, and what is left to simulation',
    '',
    'With two phones `check` decides every scenario below, in each of the modes 0 to 3 and on each of these servers, within three',
    'seconds of one core (within ten where the SIP server pushes); with one message lost besides (`--faults 1`) too. Three phones at rest take 0.1 to 24 s, the longest being',
    'Continuous where several bindings are allowed, with the timers of three accounts side by side. A call to three phones that sleep',
    'takes 1 s where the newest binding overwrites, and 18 s where there are three. Two calls to two phones take 3 s with one binding.',
    'Where there are several, each call forks to both, and `--calls 2` does not end within a minute: that is for `simulate` and `sweep`.',
    '`check --untimed` and `export promela` do not finish a world of two phones: without delays, every timer of one may come',
    'between any two events of the other.',
    '',
    'Not modelled: `live` is for one phone; the two sides of a phone take no notice of a 200 that lists the contacts of other phones.',
    '',
    '## Verdicts',
    '',
    'Each row is decided by a test for every order of events and every delay within the windows. **lost**: a call can be lost.',
    '',
    ...chapters.flatMap(chapterText),
    '## What would help',
    '',
    'A lease between app and push server ([leases](leases.md)) cures none of these: it is between the two sides of one phone. What is',
    'needed is one owner of the account among all phones: a push server that stops refreshing for the phone that was in hand before',
    'when another is opened. That would end the ping-pong without a word to the SIP server. It is not modelled, as no maker says it.',
  ].join('\n');

test('the page tells what is decided of every scenario with several phones', async () => {
  const withPhones = topologyScenarios.filter(({ topology }) => topology?.phones !== undefined);
  expect(chapters.map(([name]) => name).sort()).toEqual(withPhones.map(({ name }) => name).sort());
  await expect(`${page()}\n`).toMatchFileSnapshot('../../docs/topologies.md');
});
