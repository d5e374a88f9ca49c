import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { Kamailio, withKamailio } from '../support/programs/kamailio.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ringproof-probe-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

const args = ['--i-own-this-account', '--user', 'test1', '--password-env', 'SIP_PASSWORD', '--output', 'pbx.yaml'];

/** What a probe prints, and the file that it writes. */
async function probed(port: number): Promise<readonly [printed: string, profile: string]> {
  const child = spawn(process.execPath, [main, 'probe', `sip:127.0.0.1:${port}`, ...args], {
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
  const asUsual = (text: string) => text.replaceAll(`127.0.0.1:${port}`, '127.0.0.1:5060').trimEnd();
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
    'While the probe runs, calls to the account ring nowhere. It sends nothing without `--i-own-this-account`, and nothing to any',
    'host but the one that is named. The password comes from the environment or a file. The probe removes the bindings that it finds',
    'by name, and registers them again at the end. It does so also after Ctrl-C (a second one leaves things as they are), after',
    '`--limit` seconds, or when the server stops answering. It says what it could not remove or restore. Its own bindings expire',
    'within minutes.',
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
    '- Whether a phone is told that a call was answered elsewhere: the probe answers no call.',
    '- Whether callers must be registered: it calls with the account itself.',
    '- An SBC, beyond one that rewrites Contacts so that nobody can name the contact of another.',
    '- A limit of more than five bindings. How a full account is filled again by a swap where it is never full.',
    '- How long a call is held beyond `--hold` seconds.',
    '',
    'A held call or a voice mailbox makes it slower. TLS is not spoken.',
    '',
    'Exit codes: 0 probed and left as found; 2 the input is wrong, or the server does not take the account; 3 not probed to the end',
    '(nobody answers, time is up, stopped), or not left as found.',
  ].join('\n')}\n`;

withKamailio('docs/probe.md shows what the command prints (vitest -u writes it)', async () => {
  const kamailio = await Kamailio.start({ policy: 'reject', retryAfterSeconds: 30, password: 'right' });
  const [printed, profile] = await probed(kamailio.port);
  await expect(page(printed, profile)).toMatchFileSnapshot('../../docs/probe.md');
  kamailio.close();
});
