import { expect, test } from 'vitest';
import { topologyScenarios } from '../support/fieldScenarios.ts';
import { type Chapter, chapterText } from './chapters.ts';

/** What a reader of the table needs to know of each scenario, in the order in which they are read. */
const chapters: readonly Chapter[] = [
  [
    'node-fails-at-one-address',
    'Over UDP the INVITE is repeated for 32 s (RFC 3261 17.1.1.2), longer than VRRP takes. What the dead node held is lost.',
  ],
  [
    'node-fails',
    'Until the other node has registered, and where a second binding is refused until the first has expired, the calls go to the dead node.',
  ],
  [
    'node-fails-under-a-lease',
    'What it costs to be sure that the other node is dead. No call is lost: INVITEs are repeated for longer than the lease lasts.',
  ],
  [
    'node-without-state',
    'To the SIP server nothing has changed. It is what users of Flexisip report as well when its tokens go with a restart ([issue 121](https://github.com/BelledonneCommunications/flexisip/issues/121)).',
  ],
  ['upgrade-hands-the-binding-over', 'One address, one store, and no word to the SIP server: the best there is.'],
  ['upgrade-removes-first', 'The gap of Single Device Emulation, with each upgrade and for every user at once.'],
  [
    'upgrade-removes-afterwards',
    'A binding is that of a contact, not of a process (RFC 3261 10.3 step 7: another Call-ID, so its CSeq is not compared). Whoever un-REGISTERs at his end removes what his successor has registered.',
  ],
  [
    'upgrade-to-another-address',
    'Each node removes what is its own. On FreeSWITCH, where an un-REGISTER removes every binding of the user, the successor goes too.',
  ],
  [
    'node-lives-on',
    'Two nodes that both take themselves for the one in charge. Where several bindings are allowed, the call forks to both.',
  ],
  [
    'node-lives-on-under-a-lease',
    'The lease cures the refreshes of the former node. It brings its binding down no sooner: where a second one is refused, that has to expire.',
  ],
];

const page = (): string =>
  [
    '# Two nodes of the push server',
    '',
    '`topology: { nodes: {} }` in a scenario file says that the push server has two nodes, of which one is in charge. It is for the',
    'modes in which a push server registers, and for one phone.',
    '',
    '```yaml',
    'topology:',
    '  nodes: { address: own, onStop: removesAfterwards }',
    'steps:',
    '  - { at: 1s, do: open }',
    '  - { at: 60s, do: upgradePushServer }',
    '```',
    '',
    '| key | says | default |',
    '|---|---|---|',
    '| `address` | `shared`: both answer at one address, behind a load balancer or VRRP. `own`: each registers an address of its own | `shared` |',
    '| `state` | `shared`: accounts, tokens and credentials are in a store that both read. `lost`: the node that takes over knows none | `shared` |',
    '| `onStop` | what becomes of the binding of a node that is stopped: it `leaves` it, `removesFirst` before the other registers, or `removesAfterwards` | `leaves` |',
    '| `lease` | how long the lease of the node in charge lasts, which it renews. Without it a node goes on until somebody tells it | none |',
    '',
    '| step | says |',
    '|---|---|',
    '| `crashPushServer` | the node in charge dies. The other takes over after `timing.pushServer.takeOver`: 3.6 s, three missed advertisements and the skew of VRRP (RFC 9568 6.1); under a lease, what is left of it: the last two thirds at most (client-go: 15 s, given up after 10 s without a renewal) |',
    '| `upgradePushServer` | the node in charge is stopped, and the other, which runs already, takes over at once |',
    '| `isolatePushServer` | the nodes do not hear each other, and the other takes over; the node that was in charge lives on, and refreshes its binding unless there is a lease |',
    '',
    '```sh',
    'ringproof check topologies/upgrade-removes-afterwards',
    'ringproof simulate topologies/node-lives-on --mode 2 --profile overwrite --seed 1',
    '```',
    '',
    '## What is decided, and what is left to simulation',
    '',
    'Everything below is decided in less than a second a cell, and so is each scenario in the other modes that have a push server:',
    'the nodes are [one party](decisions/nodes-by-address.md), so that they cost no more than a restart does.',
    '',
    'Not modelled: the calls that a node holds end with it in every one of these (no product is known to hand them over); what a node that',
    'lives on makes of the INVITEs that it gets, which nobody hears here, as the woken app asks the node in charge; more than two nodes;',
    'several phones; the store itself, which never fails and is never late. The former node refreshes for the first time at any moment of',
    'the interval: a run in which that moment does not fit its last REGISTER may be found. An app that comes to the foreground makes itself',
    'known again to a node without state, one in the background does not (inference).',
    '',
    '## Verdicts',
    '',
    'Each row is decided by a test for every order of events and every delay within the windows. **lost**: a call that is dialled after',
    'the node has been stopped, has died or has lost its charge can be lost.',
    '',
    ...chapters.flatMap(chapterText),
  ].join('\n');

test('the page tells what is decided of every scenario with two nodes', async () => {
  const withNodes = topologyScenarios.filter(({ topology }) => topology?.nodes !== undefined);
  expect(chapters.map(([name]) => name).sort()).toEqual(withNodes.map(({ name }) => name).sort());
  await expect(page()).toMatchFileSnapshot('../../docs/push-server-nodes.md');
});
