import { expect, test } from 'vitest';
import { everyMode, type ModeName } from '../../src/machines/modeVariants.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { designScenarios, fieldScenarios, violatedIn } from '../support/fieldScenarios.ts';

/** A server with several bindings, those with one, and one on which an un-REGISTER removes the bindings of all. */
const servers = ['multi', 'overwrite', 'reject', 'kamailio-single', 'instance', 'freeswitch'] as const;

/** Each mode beside itself under a lease, then the ways to hand over in one request. */
const designs: readonly ModeName[] = [
  'standard',
  'leasedStandard',
  'singleDeviceEmulation',
  'leasedEmulation',
  'singleDeviceTakeover',
  'leasedTakeover',
  'swap',
  'sharedInstance',
];

const isFault = ({ name }: ScenarioDocument) => /^w\d\d-/.test(name);
const isOfLease = ({ name }: ScenarioDocument) => name.startsWith('lease-');
const faults = [...fieldScenarios.filter(isFault), ...designScenarios.filter(isOfLease)];

const cell = (document: ScenarioDocument, mode: ModeName, server: string): string => {
  const violated = violatedIn(document, mode, server);
  const others = violated.filter((name) => name !== 'noInviteLost').map((name) => `\`${name}\``);
  return [...(violated.includes('noInviteLost') ? ['**lost**'] : []), ...others].join(' ');
};

const linkOf = ({ name }: ScenarioDocument) =>
  `[${name}](../examples/${isFault({ name } as ScenarioDocument) ? 'field' : 'designs'}/${name}.yaml)`;

/** What of all that is violated without the lease is not with it, and the other way round. */
function difference(rows: ReadonlyMap<string, string>, server: string, mode: ModeName, leased: ModeName): string[] {
  return faults.flatMap((document) => {
    const wordsOf = (one: ModeName) =>
      new Set((rows.get(`${server} ${document.name} ${one}`) ?? '').split(' ').filter(Boolean));
    const [before, after] = [wordsOf(mode), wordsOf(leased)];
    const cured = [...before].filter((word) => !after.has(word));
    const added = [...after].filter((word) => !before.has(word));
    if (cured.length + added.length === 0) return [];
    const gains = cured.length === 0 ? [] : [`cures ${cured.join(' ')}`];
    const losses = added.length === 0 ? [] : [`adds ${added.join(' ')}`];
    return [`| ${linkOf(document)} | ${server} | ${everyMode[mode].title} | ${[...gains, ...losses].join(', ')} |`];
  });
}

function page(): string {
  const rows = new Map(
    servers.flatMap((server) =>
      faults.flatMap((document) =>
        designs.map((mode): [string, string] => [`${server} ${document.name} ${mode}`, cell(document, mode, server)]),
      ),
    ),
  );
  const pairs = [
    ['standard', 'leasedStandard'],
    ['singleDeviceEmulation', 'leasedEmulation'],
    ['singleDeviceTakeover', 'leasedTakeover'],
  ] as const;
  return `${[
    '# A lease',
    '',
    'Modes 0, 1 and 3 with a rule more: only the holder of a lease sends REGISTERs. `leasedStandard`, `leasedEmulation` and',
    '`leasedTakeover` are inference throughout; no product is known to do so. This page says what the rule cures of the',
    '[ten faults](faults.md), what it does not, and who could enforce it. The tables are written by a test that decides every',
    'cell for every order of events and every delay.',
    '',
    '## The rule',
    '',
    '1. The side that takes over asks first. The other side stops refreshing and waits for the final response to a REGISTER under',
    '   way (RFC 3261 10.2), then says that the lease is free. It keeps its binding until then, so that there is no gap. In',
    '   Standard it un-REGISTERs once the newcomer is registered; in Emulation before, as always; in Takeover at the log-out.',
    '2. A push server that has not heard of the app for `heartbeatTimeout` takes the lease over. Where the app lives after all, its',
    '   next heartbeat is answered that the lease has lapsed, and it takes the lease anew.',
    '3. An app that gets no answer within `controlTimeout` registers all the same: two registrations are better than none.',
    '',
    'The epoch of the lease is the alternating bit that the hand-over has anyway (`turn`). The control link keeps its order, so an answer',
    'can be of the present epoch or of the one before, and one bit tells these apart. There is no clock: a holder that hears',
    'nothing does not stop by itself.',
    '',
    '## Who refuses a REGISTER of an older epoch',
    '',
    'The two parties know the epoch. The registrar does not: nothing in a REGISTER says it.',
    '',
    '- **The sender.** It refuses itself: after rule 1 it has nothing under way and no timer that would send. This holds',
    '  while it can be reached. By rule 3 it may go on after all.',
    '- **The registrar, for one sender.** RFC 3261 10.3 step 7 compares CSeq for an existing binding with the same Call-ID. That fences a late REGISTER',
    '  against a newer one of the same user agent and contact. App and push server have different contacts and Call-IDs, so the',
    "  late REGISTER of one is never older than the other's. A copy of a REGISTER that a transaction has answered is absorbed (17.2.2).",
    '- **The registrar, for both.** It could do so only if both used one instance-id and reg-id (RFC 5626 6: one binding), one Call-ID, and a CSeq',
    '  that begins with the epoch, and if it compared CSeq there. Kamailio does not compare it for a binding found by instance-id,',
    '  Asterisk never does. Of the servers that were read none does, so it is not modelled.',
    '- **The network.** Over TCP or TLS there are no late copies at all.',
    '',
    '## What it cures, and what it costs',
    '',
    '| scenario | server | mode | under a lease |',
    '|---|---|---|---|',
    ...servers.flatMap((server) => pairs.flatMap(([mode, leased]) => difference(rows, server, mode, leased))),
    '',
    'Where there is no row it changes nothing. It does not close the gap of Emulation (W1), and brings no dead process back to life',
    '(W2, W5). A copy that comes late is refused by nobody (W7). On a server where an un-REGISTER removes the bindings of all, one',
    'that comes after the hand-over does harm, as in Standard. The app registers a round trip to the push server later,',
    'and later still where a REGISTER of the push server is under way; the push server is registered meanwhile.',
    ...servers.flatMap((server) => [
      '',
      `## Beside the other variants on ${server}`,
      '',
      `| scenario | ${designs.map((mode) => `\`${mode}\``).join(' | ')} |`,
      `|---|${designs.map(() => '---|').join('')}`,
      ...faults.map(
        (document) =>
          `| ${linkOf(document)} | ${designs.map((mode) => rows.get(`${server} ${document.name} ${mode}`)).join(' | ')} |`,
      ),
    ]),
  ].join('\n')}\n`;
}

test('docs/leases.md (vitest -u writes it)', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/leases.md');
});
