import { expect, test } from 'vitest';
import { everyMode, type ModeName } from '../../src/machines/modeVariants.ts';
import { modeTitle } from '../../src/sim/report/modeTitle.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { designScenarios, fieldScenarios, violatedIn } from '../support/fieldScenarios.ts';
import { example } from '../support/scenarios.ts';

/** A design of another product: what is said of it and where, and what it is here. */
interface Peer {
  readonly title: string;
  readonly promises: readonly string[];
  readonly mode: ModeName;
  /** Where it is proved: a server of each family, or those that push as it does. */
  readonly servers: readonly string[];
  /** Whether it is a mode of its own, and not one that another product has too. */
  readonly hasOwnMode: boolean;
  /** What is inference, what is not modelled, where it loses. */
  readonly says: readonly string[];
}

const families = ['kamailio', 'kamailio-single', 'asterisk', 'asterisk-single', 'freeswitch', 'opensips', 'flexisip'];

const peers: readonly Peer[] = [
  {
    title: 'SessionTalk, Multiple Registrations',
    promises: [
      'Makers ([docs.sessiontalk.co.uk](https://docs.sessiontalk.co.uk/pushserver/push-modes/multiplereg)): the push server has',
      'the credentials and is registered from when push is enabled until it is disabled. The app registers in the foreground',
      'and un-REGISTERs when it goes to the background or is closed. They recommend it for servers with several bindings, such as Asterisk with PJSIP,',
      'since nobody is ever unregistered.',
    ],
    mode: 'sessionTalkMultiple',
    servers: families,
    hasOwnMode: true,
    says: [
      'The promise holds where several bindings are allowed, and where a second one is refused: there the app is refused in the',
      'foreground, and every call goes through the push server. It does not hold where the newest binding overwrites. There the',
      "app's REGISTER evicts the push server, and its un-REGISTER leaves nobody until the push server refreshes. A server that",
      'calls the first contact only can lose the call of an app that was killed. Inference: it un-REGISTERs at once. A process',
      'that ends, by whatever hand, sends no un-REGISTER here.',
    ],
  },
  {
    title: 'SessionTalk, Single Register',
    promises: [
      'Makers ([docs.sessiontalk.co.uk](https://docs.sessiontalk.co.uk/pushserver/push-modes/singleregister)): for servers on which',
      'the newest registration overwrites. Going to the background or closed, the app hands its credentials to the push server,',
      'which registers. In the foreground the app registers, and the credentials are removed. Nobody un-REGISTERs.',
    ],
    mode: 'sessionTalkSingle',
    servers: families,
    hasOwnMode: true,
    says: [
      'On the wire this is Single Device Takeover, with its verdicts. The difference is where the credentials are. An app that',
      'dies in the foreground has handed over none, so that no push server takes over from it: every call is lost until the',
      'user opens it. Whether the push server still takes a call for which it is bound without credentials is not said; here it does.',
    ],
  },
  {
    title: 'Acrobits SIPIS (Acrobits Softphone, Groundwire, Cloud Softphone)',
    promises: [
      'Makers ([doc.acrobits.net](https://doc.acrobits.net/troubleshooting/faq.html),',
      '[faq.acrobits.net](https://faq.acrobits.net/push-server-expired)): SIPIS registers when the app goes to the background or is',
      'closed, and needs no change at the provider. It deletes the credentials of an app that it has not heard of for 7 days; a SIPIS of',
      "one's own can be given another time. The user is told 12 h and 1 h before. Each use of the app renews it; a silent",
      'renewal by push often fails, more so on iOS.',
    ],
    mode: 'sipis',
    servers: families,
    hasOwnMode: true,
    says: [
      'Inference: who registers first is said nowhere, and is as in Standard; SIPIS un-REGISTERs when it deletes the credentials; a',
      'call that the woken app fetches is a use of it. The silent renewal and the warnings are not modelled: the week is that of an app',
      'for which both were in vain. A restart of SIPIS begins the week anew. After it nobody is registered, and every caller is',
      'refused until the app is opened. Else it has the verdicts of Standard.',
    ],
  },
  {
    title: 'Acrobits without SIPIS',
    promises: [
      "Makers ([doc.acrobits.net](https://doc.acrobits.net/sdk/pushes/sipisless.html)): the provider's server sends the push and then the",
      'INVITE to all registered contacts. The app waits for the INVITE for 5 s on Android and 3 s on iOS after the push.',
    ],
    mode: 'sipServerPushes',
    servers: ['flexisip', 'flexisip-fork-late', 'opensips-push', 'kazoo', 'kamailio-tsilo-all', 'kamailio-parking'],
    hasOwnMode: false,
    says: [
      'An INVITE to all registered contacts, once one has come, is `kamailio-tsilo-all`. With two phones it can lose a call that one to each',
      'as it registers does not ([first-to-wake-decides](../examples/field/first-to-wake-decides.yaml)).',
      'Whether the call waits for the REGISTER of the woken app is up to the provider: `flexisip` stands for one that does not wait.',
      'That the app waits for the INVITE for 5 or 3 s only is not modelled.',
    ],
  },
  {
    title: 'Linphone and Flexisip',
    promises: [
      'Code and documentation of [Flexisip](servers/flexisip.md): the app leaves its push token with its binding (RFC 8599); the',
      'server pushes and forks, and with `fork-late` waits for the REGISTER of the woken app.',
    ],
    mode: 'sipServerPushes',
    servers: ['flexisip', 'flexisip-fork-late'],
    hasOwnMode: false,
    says: [
      '`fork-late` is off unless it is switched on. Without it the INVITE has to reach the app that the push has just woken. The caller is',
      'told `110 Push sent`. Pushes that refresh a binding (`register-wakeup-interval`) are off too; they are of type background, for',
      'which Linphone leaves a second token (`voip&remote`), and so collide with no rule of iOS',
      '([refresh pushes on iOS](server-pushes.md#refresh-pushes-on-ios)).',
    ],
  },
  {
    title: '2600hz Kazoo',
    promises: [
      'Code and documentation of [Kazoo](servers/kazoo.md): its pusher asks for a push where a device has no registration or cannot be',
      'reached, and waits for the registration for 20 s. The token is with the device, and outlives the binding.',
    ],
    mode: 'sipServerPushes',
    servers: ['kazoo'],
    hasOwnMode: false,
    says: [
      'The caller is told 182. The INVITE goes to the newest contact of the device alone: of two phones that are logged in as one device',
      'the first to register has it, and where that is busy the call is lost',
      '([first-to-wake-decides](../examples/field/first-to-wake-decides.yaml)). What a device makes of a push that comes while it is',
      'registered elsewhere is not modelled.',
    ],
  },
  {
    title: 'PortSIP PBX, and other servers that push and do not say how',
    promises: [
      'Makers ([support.portsip.com](https://support.portsip.com)): from version 9 on the PBX itself pushes, the app is started,',
      'registers, and gets the call. How long the call waits, and for which calls it pushes, is not said.',
    ],
    mode: 'sipServerPushes',
    servers: ['multi'],
    hasOwnMode: false,
    says: ['`multi` pushes for each call and waits 15 s, as RFC 8599 5.6.2 has it; the 15 s are assumed.'],
  },
  {
    title: 'Siperb, and Mizu MPUSH',
    promises: [
      'Makers ([siperb.com](https://www.siperb.com/kb/push-notifications/),',
      '[mizu-voip.com](https://www.mizu-voip.com/Portals/0/Files/documentation/PushProxy/index.html), and',
      '[a provider](https://swissvoip.zammad.com/help/de-de/1-anleitungen-telefon-app-softphone/12-mizudroid-push-notifications)): a proxy in front of the PBX stays',
      'registered for the phone, pushes when an INVITE comes, and hands the call over once the app has connected. REGISTERs of the',
      'app go through the gateway too. The binding of an app that is not used goes after some days (MPUSH).',
    ],
    mode: 'continuous',
    servers: families,
    hasOwnMode: false,
    says: [
      'To the PBX there is one binding, that of the proxy, as in Continuous. There is no hand-over that could lose a call, on any',
      'server. The days after which MPUSH forgets an app are those of SIPIS, and are not part of this row.',
    ],
  },
];

/** A day of hand-overs, as `ringproof compare` has it. */
const usual = [
  'call-while-going-to-background',
  'call-while-suspended',
  'call-while-coming-to-foreground',
  'call-after-kill',
].map(example);

/** The scenarios with one phone that are about this design; of the field too where the SIP server pushes. */
const ownOf = ({ mode, hasOwnMode }: Peer): readonly ScenarioDocument[] => {
  const isMeant = (document: ScenarioDocument) => document.mode === mode && document.topology === undefined;
  const designs = designScenarios.filter(isMeant);
  if (hasOwnMode) return designs;
  return mode === 'sipServerPushes' ? [...fieldScenarios.filter(isMeant), ...designs] : [];
};

const folderOf = (document: ScenarioDocument) =>
  designScenarios.includes(document) ? 'designs/' : fieldScenarios.includes(document) ? 'field/' : '';

const fileOf = (document: ScenarioDocument) =>
  `[${document.name}](../examples/${folderOf(document)}${document.name}.yaml)`;

const lostIn = (document: ScenarioDocument, { mode, servers }: Peer): string[] =>
  servers.filter((server) => violatedIn(document, mode, server).includes('noInviteLost'));

/** Whether it takes too long to decide it everywhere: what the file expects is decided by its own test. */
const isLong = ({ name }: ScenarioDocument) => name === 'sipis-a-week-without-the-app';

function verdictRow(document: ScenarioDocument, peer: Peer): string {
  const { mode, servers } = peer;
  const expected = document.expect ?? {};
  const decided = isLong(document) ? Object.keys(expected) : servers;
  const lost = isLong(document)
    ? decided.filter((server) => expected[server]?.[mode]?.includes('noInviteLost'))
    : lostIn(document, peer);
  const kept = decided.filter((server) => !lost.includes(server));
  const said = (names: readonly string[]) => (names.length === servers.length ? 'all of them' : names.join(', '));
  return `| ${fileOf(document)} | ${said(kept)} | ${lost.length === 0 ? '' : `**${said(lost)}**`} |`;
}

function sectionOf(peer: Peer): string[] {
  const { title, promises, says, servers } = peer;
  return [
    '',
    `## ${title}`,
    '',
    ...promises,
    '',
    `Decided on ${servers.join(', ')}:`,
    '',
    '| scenario | no call is lost on | a call can be lost on |',
    '|---|---|---|',
    ...[...usual, ...ownOf(peer)].map((document) => verdictRow(document, peer)),
    '',
    ...says,
  ];
}

const losesOnItsServer = ({ expect: expected, server = '' }: ScenarioDocument, mode: ModeName) =>
  expected?.[server]?.[mode]?.includes('noInviteLost') === true;

const overviewRow = (peer: Peer): string => {
  const { title, mode, hasOwnMode, servers } = peer;
  const losing = servers.filter((server) =>
    usual.some((one) => violatedIn(one, mode, server).includes('noInviteLost')),
  );
  const verdict = losing.length === 0 ? 'loses none' : `loses on ${losing.join(', ')}`;
  const beyond = ownOf(peer).filter((one) => (hasOwnMode ? losesOnItsServer(one, mode) : lostIn(one, peer).length > 0));
  return `| ${title} | ${hasOwnMode ? 'a mode of its own' : 'yes'} | \`${mode}\` | ${verdict} | ${beyond.map(fileOf).join(', ')} |`;
};

const page = () =>
  `${[
    '# Other products',
    '',
    'What other softphones do to be called while the phone sleeps, as modes beside those of Bria Push. What their makers say is',
    'told in our words, with the address; what they do not say is called inference. Every verdict is decided by `check` for every',
    'order of events and every delay within the windows, by the test that writes this page.',
    '',
    '```sh',
    'ringproof compare --designs 3,sessionTalkSingle,sessionTalkMultiple,sipis --profile asterisk',
    'ringproof check designs/sessiontalk-one-binding',
    'ringproof simulate designs/sipis-a-week-without-the-app --mode sipis --seed 1',
    '```',
    '',
    '| product | can be said | mode | in a day of hand-overs | and can lose a call in |',
    '|---|---|---|---|---|',
    ...peers.map(overviewRow),
    '',
    'A day of hand-overs is what `compare` has: a call while the app goes to the background, sleeps, comes back, and after it was',
    'swiped away.',
    ...peers.flatMap(sectionOf),
    '',
    '## Not expressed',
    '',
    '| product | why |',
    '|---|---|',
    '| 3CX, Zoiper, Ringotel, sipgate | no text of theirs was found that says who registers when |',
  ].join('\n')}\n`;

test('a mode that another product has by itself is a row of a page, and every such scenario is in it', () => {
  const own = peers.filter(({ hasOwnMode }) => hasOwnMode);
  const shown = peers.flatMap(ownOf).filter((document) => designScenarios.includes(document));
  const ofLease = designScenarios.filter(({ name }) => name.startsWith('lease-'));
  expect(new Set([...shown, ...ofLease])).toEqual(new Set(designScenarios));
  for (const { mode } of own) expect(modeTitle(mode)).toBe(`+ ${everyMode[mode].title}`);
});

test('docs/peers.md (vitest -u writes it)', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/peers.md');
});
