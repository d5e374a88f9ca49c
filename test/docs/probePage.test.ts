import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { installedIn, onOneCore } from '../support/commandLine.ts';
import { Kamailio, withKamailio } from '../support/programs/kamailio.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-probe-page-'));
afterAll(() => rmSync(folder, { recursive: true }));
const installed = installedIn(folder);

const args = ['--i-own-this-account', '--user', 'test1', '--password-env', 'SIP_PASSWORD', '--output', 'pbx.yaml'];

/** What a probe prints, and the file that it writes. */
async function probed(port: number): Promise<readonly [printed: string, profile: string]> {
  const child = spawn(process.execPath, [...onOneCore, installed, 'probe', `sip:127.0.0.1:${port}`, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', SIP_PASSWORD: 'right' },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      printed += text;
    });
  }
  await new Promise((resolve) => child.on('close', resolve));
  // The port is another one each time, and so is the time that is measured.
  const asUsual = (text: string) =>
    text
      .replaceAll(`127.0.0.1:${port}`, '127.0.0.1:5060')
      .replace(/rings after \d+ ms/g, 'rings after 3 ms')
      .trimEnd();
  return [asUsual(printed), asUsual(readFileSync(join(folder, 'pbx.yaml'), 'utf8'))];
}

const page = (printed: string, profile: string) =>
  `${[
    '# Probe',
    '',
    '`ringproof probe SERVER` finds out what kind of SIP server this is. It registers contacts of its own for a test account of',
    'yours, calls the account, and cancels each call before anybody answers. From what the server does follows how many bindings',
    'there may be, what happens to one too many, and whom an INVITE reaches. The status of an answer is only a hint, since',
    'registrars list all bindings in a 200, or only the new one, or none; the proof is who rings. The result is a server profile',
    'for every other command, and the four modes are checked on it.',
    '',
    'What was not seen is not fine. First a control: A is registered, so a call must reach it, and un-registered, so none may.',
    'How long that takes here is how long a ring is waited for later; without the control nobody ringing is no evidence, and',
    'whatever rests on calls stays unknown. An answer that rests on something that did not happen, or that is odd, is believed',
    'when it is seen twice. A refusal that may pass (5xx, 408, 429, 480, silence) counts when it comes three times, and as one for',
    'want of room when a contact that is registered is granted one more REGISTER just then, and the refused one is granted its own',
    'on an empty account. A stale nonce is answered once more, with the next one (RFC 7616 3.3); without `stale=true` credentials',
    'that were refused are not sent again (RFC 3261 22.2). A rule of eviction is believed when up to ten rounds agree with it. A',
    'refusal that others get as well, and that passes for them, is that of a busy server.',
    "A 401 or 407 to the account's credentials for a fresh nonce ends the probe; once they were taken for one",
    'contact, it is a refusal of the next one like any other, and the profile keeps its code. Each finding has a confidence (`high`, `low`, `none`) and says what speaks against it. A question without',
    'an answer is an exit 3, and the modes are then tried with the least favourable answer: on every kind of server that fits what',
    'was seen.',
    '',
    'Some servers do what no profile has a word for. The finding says what they do, the profile has it as a comment with what is',
    'assumed in its place, and the exit is 3, since what the modes do there is not known:',
    '',
    '| seen | what it means |',
    '| --- | --- |',
    '| a call rings one of the contacts, not always the same; the newest only; or the one registered first, though it is refreshed (Kamailio with `append_branches` 0) | `fork: first` is assumed. A mode that has app and push server registered at a time may lose the call to the wrong one of them: rely on one with a single registration |',
    "| a call rings one contact after the other | the same; the call is not lost, if the caller waits until it is the right one's turn |",
    '| one binding too many evicts the newest of the others, or the one registered first, though it is refreshed | a mode has to hold on every kind of server with that limit |',
    '| a REGISTER with several Contacts is carried out in the order of the request | `severalContacts: sequential` is assumed. A swap needs the Contact that goes before the one that comes |',
    '| a binding is found by its Call-ID alone | `matchesBindingBy: callId` is assumed |',
    '| an INVITE with nobody registered is not answered, and the INVITE that the caller repeats over UDP reaches who has registered by then (Net::SIP) | 480 is assumed: over TCP, or after a 100, the call is lost |',
    '| a REGISTER that only asks removes every binding (Net::SIP) | the probe asks no more, and says that its first question may have removed somebody |',
    '',
    'While the probe runs, calls to the account ring nowhere. It sends nothing without `--i-own-this-account`, and nothing to any',
    'host but the one that is named. Passwords come from the environment or a file. The probe removes the bindings that it finds',
    'by name, also those that come meanwhile, and registers them again at the end, unless their owner has done so. It does so also',
    'after Ctrl-C, SIGTERM or a terminal that is closed (a second Ctrl-C leaves things as they are), after `--limit` seconds, or',
    'when the server stops answering. Then it asks and calls once more whether it is so: an un-REGISTER that is answered 200 may',
    'have done nothing. It says what it could not remove or restore, and what nobody can know: a server that does not list the',
    'bindings of others may have had some. Its own bindings expire within minutes.',
    '',
    '| option | meaning |',
    '| --- | --- |',
    '| `--caller NAME` | another account calls, with `--caller-password-env` or `--caller-password-file`. It is registered only if its calls reach nobody otherwise. By default the account calls itself, which some servers refuse or divert |',
    '| `--call-to NUMBER` | what is dialled to reach the account: a number, a name or a SIP URI |',
    '| `--ring-wait SECONDS` | how long a ring may take, and how long a call that does not ring everywhere rings on, should the server call one after the other |',
    '| `--timeout SECONDS` | how long to wait for the answer to a REGISTER |',
    '| `--hold SECONDS` | how long to wait whether a call with nobody registered is held |',
    '| `--answer` | one call is answered and ended at once: whether it connects, and what a phone is told that has lost it |',
    '| `--allow-remove-all` | `Contact: *` is tried too |',
    '| `--tls-ca FILE`, `--tls-certificate FILE`, `--tls-key FILE`, `--tls-server-name NAME`, `--insecure-tls` | as for [live](live.md), with `;transport=tls` or `wss` |',
    '',
    `Kamailio with one binding, on loopback: \`ringproof probe sip:127.0.0.1:5060 ${args.join(' ')}\``,
    '',
    '```text',
    printed,
    '```',
    '',
    'Under each answer is what was sent and what came back, as far as the line goes; `--format json` has all of it. `pbx.yaml`',
    'is now',
    '',
    '```yaml',
    profile,
    '```',
    '',
    '`ringproof check --profile pbx.yaml` decides every scenario on it. What could not be learnt is a comment there, with the value',
    'that is assumed. Replace the comment with what you know.',
    '',
    '## What it cannot learn',
    '',
    '- Whether bindings survive a restart, and how long a branch may be silent or ring.',
    '- Whether the push server may register from where it stands: the probe stands at one address.',
    '- Whether a phone is told that a call was answered elsewhere, unless `--answer` lets it answer one.',
    '- Whether callers must be registered, unless `--caller` names one: the account calls itself.',
    '- An SBC, beyond one that rewrites Contacts so that nobody can name the contact of another.',
    '- A limit of more than 21 bindings. What a swap does to a full account where it is never full.',
    '- Whom else a call reaches where an un-REGISTER removes everybody and the server does not list them.',
    '- How long a call is held beyond `--hold` seconds.',
    '',
    'A probe takes less than a minute on an ordinary server. A held call, a voice mailbox, a server that calls one contact only',
    'or one that refuses each REGISTER or call now and then makes it slower. Over TLS and WebSocket each contact is',
    'one connection, over which the server calls it.',
    '',
    'Exit codes: 0 every question is answered and the account is left as found; 2 the input is wrong, or the server does not take',
    'the account; 3 something is not known: a question without an answer, not probed to the end (nobody answers, time is up,',
    'stopped), somebody else registered meanwhile, not left as found or not certainly.',
  ].join('\n')}\n`;

withKamailio('docs/probe.md shows what the command prints (vitest -u writes it)', async () => {
  const kamailio = await Kamailio.start({ policy: 'reject', retryAfterSeconds: 30, password: 'right' });
  const [printed, profile] = await probed(kamailio.port);
  await expect(page(printed, profile)).toMatchFileSnapshot('../../docs/probe.md');
  kamailio.close();
});
