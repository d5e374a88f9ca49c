import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { captureOf } from '../support/captures.ts';
import { ringproof } from '../support/programs/ringproof.ts';
import { lostInGap } from '../support/traffic.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ringproof-audit-programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const lost = join(folder, 'lost.pcapng');
writeFileSync(lost, captureOf(lostInGap().sorted));

/** A place in which these programs alone are installed, as shell scripts. */
function installed(name: string, scripts: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [program, script] of Object.entries(scripts)) {
    writeFileSync(join(path, program), `#!/bin/sh\n${script}\n`);
    chmodSync(join(path, program), 0o755);
  }
  return { NO_COLOR: '1', PATH: path };
}

const audit = (env: NodeJS.ProcessEnv, ...args: readonly string[]) => ringproof(['audit', ...args], { env });

describe('an interface', () => {
  /** Delivers a capture and then waits for Ctrl-C, as the real ones do. */
  const endless = `/bin/cat ${lost}; echo "$@" > ${folder}/given; exec /bin/sleep 60`;

  test.each(['dumpcap', 'tcpdump'])('is captured with %s, with its report on Ctrl-C', async (program) => {
    const env = installed(`has-${program}`, { [program]: endless });
    const child = spawn(process.execPath, [main, 'audit', '-i', 'lo', '--every', '1'], { env });
    let stdout = '';
    let isInterrupted = false;
    child.stdout.on('data', (data) => {
      stdout += data;
      // What came so far is judged; a second Ctrl-C would end the program at once.
      if (isInterrupted || !stdout.includes('SIP messages')) return;
      isInterrupted = true;
      child.kill('SIGINT');
    });
    const [status] = await once(child, 'exit');
    expect(status).toBe(1);
    expect(stdout).toMatch(/interface lo: \d+ packets/);
    expect(stdout.slice(stdout.lastIndexOf('interface lo:'))).toContain('Lost 1 of 1');
    expect(spawnSync('cat', [join(folder, 'given')], { encoding: 'utf8' }).stdout).toMatch(/-i lo -w -\n$/);
  });

  test('says what to install, and why it may not be captured', async () => {
    expect(await audit(installed('none', {}), '-i', 'lo')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /--interface lo: found neither dumpcap nor tcpdump; expected one of them: apt-get install wireshark-common, or tcpdump/,
      ),
    });
    const forbidden = 'echo "Capturing on eth0" >&2; echo "dumpcap: You don\'t have permission to capture" >&2; exit 2';
    expect(await audit(installed('forbidden', { dumpcap: forbidden }), '-i', 'eth0')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /found You don't have permission to capture; expected the right .* setcap cap_net_raw/,
      ),
    });
    const unknown = 'echo "tcpdump: eht0: No such device exists" >&2; exit 1';
    expect(await audit(installed('unknown', { tcpdump: unknown }), '-i', 'eht0')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/found eht0: No such device exists; expected an interface that tcpdump -D lists/),
    });
  });

  test('stands alone', async () => {
    const env = installed('alone', {});
    expect((await audit(env, '-i', 'lo', lost)).stderr).toMatch(/--interface lo: found capture files as well/);
    expect((await audit(env, '-i', 'lo', '--follow')).stderr).toMatch(/--follow: found an interface/);
    expect((await audit(env, '-i', 'lo', '--export-packets', join(folder, 'x'))).stderr).toMatch(
      /found an interface; expected/,
    );
    expect(await audit(env)).toMatchObject({ status: 2, stderr: expect.stringMatching(/found no capture/) });
  });
});

describe('a compressed file', () => {
  const packed = join(folder, 'lost.xz');
  writeFileSync(packed, Buffer.from('fd377a585a0000', 'hex'));

  test('is unpacked by the program of its format', async () => {
    const env = installed('has-xz', { xz: `/bin/cat > /dev/null; /bin/cat ${lost}` });
    expect(await audit(env, packed)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^1 of 2 calls was lost\./),
    });
  });

  test('says which program is missing', async () => {
    expect(await audit(installed('no-xz', {}), packed)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /found xz data, and no program xz to unpack it; expected .*apt-get install xz-utils/,
      ),
    });
  });

  test('that is broken is judged as far as it goes', async () => {
    const env = installed('broken-xz', {
      xz: `/bin/cat > /dev/null; /bin/cat ${lost}; echo "xz: corrupt" >&2; exit 1`,
    });
    expect(await audit(env, packed)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/cannot tell: at byte \d+ there is broken xz data \(xz: corrupt\)/),
    });
  });

  /** A frame of one raw block (RFC 8878 3.1.1), which every unpacker reads. */
  function zstdFrame(content: Buffer): Buffer {
    const head = Buffer.from('28b52ffda000000000000000', 'hex');
    head.writeUInt32LE(content.length, 5);
    head.writeUIntLE((content.length << 3) | 1, 9, 3);
    return Buffer.concat([head, content]);
  }

  test('in zstd is unpacked by Node, or by the program where Node cannot', async () => {
    const file = join(folder, 'lost.zst');
    writeFileSync(file, zstdFrame(readFileSync(lost)));
    const canNode = 'createZstdDecompress' in zlib;
    const env = installed('zstd', canNode ? {} : { zstd: `/bin/cat > /dev/null; /bin/cat ${lost}` });
    expect(await audit(env, file)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^1 of 2 calls was lost\./),
    });
    if (!canNode) return;
    expect(await audit(installed('no-zstd', {}), file)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/no program zstd to unpack it; expected .*apt-get install zstd\), or Node 22\.15/),
    });
  });
});
