import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { everydayTrials, roughTrials, triedProperties } from '../../src/stretto/trials.ts';
import { installedIn, onOneCore, root } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
const installed = installedIn(folder);
afterAll(() => rmSync(folder, { recursive: true }));
const args = ['advise', '--provisioning', 'examples/provisioning/four-numbers.ini', '--profile', 'asterisk-single'];

const run = () =>
  spawnSync(process.execPath, [...onOneCore, installed, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  }).stdout;

const listed = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');

/** What files are read. The sources of a spelling are named with it. */
const forms = [
  '## What is read',
  '',
  '| form | spelling | as written by | example |',
  '|---|---|---|---|',
  '| `key=value` lines, sections or not | `accountN` or `accountNSip`, then `.credentials.domain` or `.domain`; `.briaPush.` or `.bria.push.`, then the setting | the product article, ProVu’s guide; `accountNSip.domain` by the Bria module of FreePBX, which posts such lines to the API | `hosted.ini` |',
  '| lines of a desktop softphone | `proxies:proxy0:domain` and so on: proxy0 is account 1 | login servers for Bria desktop, as its provisioning guides have them (sections `[DATA]`, `[SETTINGS]`, `[##MEMORY##]`), and phone plugins such as that of sipXecs | `softphone.ini` |',
  '| settings file of a desktop softphone (XML) | `domain` proxies, `section` proxy0, `setting` with `name` and `value` | eyeBeam, X-Lite and Bria (`.cps`), also within the SIP Endpoint of Genesys | `softphone.cps` |',
  '| table with `,` `;` or tabs | a user a row, attributes in the head; or an attribute a row (`attributeName`, `attributeValue`) | the bulk import of Stretto, and tools that export for it | `bulk.csv` |',
  '| attribute objects, XML or JSON | `attributeName` and `attributeValue`, within `CcsUser` or `CcsProfile` | the Stretto API; as JSON what PHP makes of that XML (`@attributes`) | `users.xml` |',
  '| calls of the API, one a line | `attributeName=…&attributeValue=…` in the query | scripts, logs | `api-calls.sh` |',
  '| JSON | keys with dots, or objects within objects | | `private-pbx.json` |',
  '| names in web forms | `account1--briaPush--enabled`, in any of these forms | pages for Bria added to FusionPBX | |',
  '',
  'The examples are in `examples/provisioning`. The spelling counts in no case: `Account1`, `ACCOUNT1`.',
  '',
  '- A user has what his profile says where the profile is in the same file and he says nothing himself. Where it is not,',
  '  the advice says that push may be switched on there.',
  '- `RegistrationRefresh` is the lifetime that the push server asks for, as it is configured; NATEmulation shortens it only',
  '  where the file does not say.',
  '- `bria.push.enabled=false` means that no push server registers for the account. The modes are tried with push switched on.',
  '- `accountN.outboundProxy` and `proxies:proxyN:proxy` are for the app alone: no source says that the push server takes them.',
  '- Settings that say nothing about push are listed by name under "Not looked at". No value of theirs is ever printed, nor a',
  '  line that could not be read: it may hold a password.',
  '- A row, a line or an attribute that cannot be read is an error with its line; the rest is read.',
  '- Entities that a DTD of an XML file defines are not expanded: such a file is refused.',
];

const page = () =>
  `${[
    '# Advice',
    '',
    '`ringproof advise` reads a Stretto provisioning file and never changes it. It',
    '',
    '1. lists the errors of the file: unknown and misspelt settings, wrong values, one setting with two values;',
    '2. reviews the settings of each account against the server profile: push switched off, a private domain without',
    '   OutboundProxy, a port that only one side uses, a refresh that the server does not grant or that comes after its SBC',
    '   has forgotten the flow, what AutoSend180 and NATEmulation cost, no room for another device of the user;',
    '   a custom port belongs to the domain and to OutboundProxy: without it the push server takes the default port;',
    '3. puts right what can be, and has the four modes checked with these settings for every order of events and every delay;',
    '4. recommends a mode, says why the others are none, what to change, and what remains at risk.',
    '',
    `An ordinary day: ${listed(everydayTrials)}.`,
    `Where something breaks, or another device has a say: ${listed(roughTrials)}. Tried are ${listed(triedProperties)}.`,
    '',
    'The configured mode stays if it fails in nothing on an ordinary day. Otherwise the advice is the mode that does not fail and',
    'loses least where something breaks. Continuous is advised only where no other mode is left, because every call then goes',
    'through the push server.',
    '',
    'Exit codes: 0 nothing to change, 1 something to change or no mode that works, 2 the file has errors.',
    '`--format json` and `markdown`; `--network` and `--push` try the modes on another network or push service.',
    '`--account` and `--user` choose an account and a user; users in whom everything is the same are told once.',
    '',
    '```sh',
    `ringproof ${args.join(' ')}`,
    '```',
    '',
    '```text',
    run().trimEnd(),
    '```',
    '',
    ...forms,
  ].join('\n')}\n`;

test('docs/advise.md shows what the command prints (vitest -u writes it)', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/advise.md');
});
