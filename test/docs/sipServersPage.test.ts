import { expect, test } from 'vitest';
import { topologyScenarios } from '../support/fieldScenarios.ts';
import { type Chapter, chapterText } from './chapters.ts';

/** What a reader of the table needs to know of each scenario, in the order in which they are read. */
const chapters: readonly Chapter[] = [
  [
    'replication-in-any-order',
    'Make before break is an order of two changes. Where each is told by itself, as Kamailio does by DMQ, the order is lost on the way. In Continuous nothing changes hands.',
  ],
  [
    'replication-in-order',
    'What two requests do keeps its order. An overwrite is one request but two changes, and the removal may be known before the newcomer (inference: it is told first).',
  ],
  [
    'replication-after-a-push',
    'RFC 8599 5.6.2 has the INVITE wait for the REGISTER, and it waits for the replication as well, as long as both are within its 6 s.',
  ],
  [
    'edge-tells-more',
    'A refresh is due after 90 % of what the client has been told. OpenSIPS mid_registrar tells its own `outgoing_expires` so ([issue 1314](https://github.com/OpenSIPS/opensips/issues/1314)); there the edge keeps the binding upstream alive itself, which this one does not.',
  ],
  [
    'edge-tells-less',
    'The price is REGISTERs. The same with a NAT in front is `natExpires` of a server ([servers](servers.md#your-own)).',
  ],
  [
    'second-server-shares-the-location',
    'The push server is called from another address and does not mind. Where the SIP server pushes, the woken phone sends its REGISTER to the dead server first: 32 s (Timer F) are longer than the call waits, and longer than the OS lets the app run.',
  ],
  [
    'second-server-knows-nobody',
    'Everybody has to register anew, and nobody knows it. Nothing pushes a sleeping app to do so, for its token went too.',
  ],
  [
    'second-server-is-not-tried',
    'While the shared binding lives the calls arrive; with its end, after at most ten minutes, nobody is registered any more.',
  ],
  [
    'second-server-over-tcp',
    'RFC 5626 5.3: a flow is known to the server that has it, and no database hands it over. The app opens a new connection at once, and the calls until then are lost.',
  ],
];

const page = (): string =>
  [
    '# More than one SIP server',
    '',
    'Three topologies of a scenario file, one at a time: two registrars, of which one has the REGISTERs and the other the calls; an edge',
    'proxy with lifetimes of its own; and a second server of the domain, to which clients go when the first has died.',
    '',
    '```yaml',
    'topology: { registrars: { lag: 500ms, order: any } }',
    '```',
    '',
    '| key of `topology` | says | default |',
    '|---|---|---|',
    '| `registrars.lag` | a binding that one has committed is known to the one with the calls at any time up to then | |',
    '| `registrars.order` | whether changes arrive in the order in which they were made (`kept`), or each by itself (`any`) | `any` |',
    '| `edge.tells` | the lifetime that the edge tells clients, whatever the server has granted; it passes every REGISTER on | |',
    '| `secondServer.location` | `shared`: the second knows the bindings of the first. `own`: it knows nobody | `own` |',
    '| `secondServer.dead` | what a REGISTER to the dead server meets: nothing (`silent`), or ICMP or 503, which count the same (`refuses`; RFC 3261 8.1.3.1) | `silent` |',
    '| `secondServer.triedBy` | whose client tries the next server (RFC 3263 4.3): `both`, `app`, `pushServer` or `nobody` | `both` |',
    '',
    'With a second server, `crashSipServer` is the death of the first. A client learns of it by its next REGISTER, after Timer F (64*T1,',
    '32 s) or at once, tries the second at once and stays there until it is started again. Its nonce is stale there. Calls come to the',
    'second from then on; those under way are gone.',
    '',
    '```sh',
    'ringproof check topologies/second-server-shares-the-location',
    'ringproof simulate topologies/replication-in-any-order --mode 0 --profile multi --seed 1',
    '```',
    '',
    '## What is decided, and what is left to simulation',
    '',
    'Each row below, and each of these scenarios in the modes 0 to 3, is decided within two seconds of one core: the servers are one party',
    'that knows what has not arrived yet, or that it is the second.',
    '',
    'Not modelled: REGISTERs to both registrars; a NAT that lets only the first server in (over UDP the second gets through here); a first',
    'server that comes back, and clients that return to it; a third one; calls that the user makes. A change that is taken back before the',
    'other registrar knows of it is not told at all. `noBlackout` goes by what has been committed.',
    '',
    '## Verdicts',
    '',
    'Each row is decided by a test for every order of events and every delay within the windows. **lost**: a call can be lost.',
    '',
    ...chapters.flatMap(chapterText),
  ].join('\n');

test('the page tells what is decided of every scenario with several servers', async () => {
  const ofServers = topologyScenarios.filter(
    ({ topology = {} }) => topology.phones === undefined && topology.nodes === undefined,
  );
  expect(chapters.map(([name]) => name).sort()).toEqual(ofServers.map(({ name }) => name).sort());
  await expect(page()).toMatchFileSnapshot('../../docs/sip-servers.md');
});
