import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { captureOf, pcapOf, rawPackets } from '../support/captures.ts';
import { ringproof } from '../support/commandLine.ts';
import { app, lostInGap, Traffic } from '../support/traffic.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ringproof-audit-use-'));
afterAll(() => rmSync(folder, { recursive: true }));

const env = { ...process.env, NO_COLOR: '1' };

function written(name: string, content: Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const audit = (...args: readonly string[]) => ringproof('audit', ...args);

const packets = lostInGap().sorted;
const whole = captureOf(packets);
const lost = written('lost.pcapng', whole);

describe('several files', () => {
  const parts = [packets.slice(0, 3), packets.slice(3, 7), packets.slice(7)].map((some, index) =>
    written(`part${index}.pcapng`, captureOf(some)),
  );

  test('are one capture, in whatever order they are given', () => {
    const { status, stdout } = audit(...parts.toReversed());
    expect(status).toBe(1);
    expect(stdout).toMatch(/^1 of 2 calls was lost\./);
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toMatch(/nobody was registered: 203\.0\.113\.9:5060 had begun to un-REGISTER 0\.125 s before/);
    expect(text).toMatch(/\(2026-01-01T00:00:10\.125Z, frame 2 of \S+part1\.pcapng, Call-ID call-1\)/);
  });

  test('that overlap in time are merged', () => {
    const [even, odd] = [0, 1].map((rest) => pcapOf(rawPackets(packets.filter((_, index) => index % 2 === rest))));
    const both = [written('even.pcap', even ?? Buffer.alloc(0)), written('odd.pcap', odd ?? Buffer.alloc(0))];
    expect(audit(...both).stdout).toMatch(/^1 of 2 calls was lost\./);
  });

  test('are refused where one is given twice, or one is none', () => {
    expect(audit(lost, lost)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/found the same capture twice/),
    });
    const none = written('none.pcap', Buffer.from('no capture'));
    expect(audit(lost, none)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/none\.pcap: found a file that/),
    });
  });
});

describe('compressed files', () => {
  test('gzip is read', () => {
    const { status, stdout } = audit(written('lost.gz', zlib.gzipSync(whole)));
    expect(status).toBe(1);
    expect(stdout).toMatch(/^1 of 2 calls was lost\./);
  });

  test('one that is cut off is judged as far as it goes', () => {
    const bytes = zlib.gzipSync(whole);
    const { status, stdout } = audit(written('cut.gz', bytes.subarray(0, bytes.length >> 1)));
    expect(status).toBe(3);
    expect(stdout).toMatch(/cannot tell: at byte \d+ there is broken gzip data/);
  });

  test('a wrong check sum at the end is said, and everything before it is judged', () => {
    const bytes = zlib.gzipSync(whole);
    bytes.writeUInt32LE((bytes.readUInt32LE(bytes.length - 8) ^ 1) >>> 0, bytes.length - 8);
    const { status, stdout } = audit(written('sum.gz', bytes));
    expect(stdout).toMatch(/^1 of 2 calls was lost\./);
    expect(stdout).toContain(`cannot tell: at byte ${whole.length} there is broken gzip data`);
    expect(status).toBe(1);
  });
});

describe('a capture that has no end', () => {
  test('on standard input gives its report on Ctrl-C', async () => {
    const child = spawn(process.execPath, [main, 'audit', '-', '--every', '1'], { env });
    const reports: string[] = [];
    child.stdout.on('data', (data) => reports.push(String(data)));
    child.stdin.write(whole.subarray(0, whole.length - 1));
    // Whoever has reported once hears Ctrl-C.
    await once(child.stdout, 'data');
    const before = reports.length;
    child.kill('SIGINT');
    const [status] = await once(child, 'close');
    expect(status).toBe(1);
    expect(reports.slice(before).join('')).toMatch(/1 of 2 calls was lost\./);
  });

  test('is followed as it grows, with a report every second', async () => {
    const growing = written('growing.pcapng', whole.subarray(0, 1_000));
    const child = spawn(process.execPath, [main, 'audit', growing, '--follow', '--every', '1'], { env });
    let stdout = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    const until = async (text: RegExp) => {
      for (let waited = 0; !text.test(stdout) && waited < 100; waited++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(stdout).toMatch(text);
    };
    await until(/^Nothing was seen to be lost/);
    appendFileSync(growing, whole.subarray(1_000));
    await until(new RegExp(`${packets.length} SIP messages`));
    child.kill('SIGINT');
    const [status] = await once(child, 'exit');
    expect(status).toBe(1);
    expect(stdout.trimEnd()).toMatch(/1 of 2 calls was lost\.(?![\s\S]*Nothing was seen)/);
  });
});

describe('what the user asks for', () => {
  test('one call', () => {
    expect(audit(lost, '--call-id', 'call-2')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^None of 1 call/),
    });
    expect(audit(lost, '--call-id', 'call-1')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^1 of 1 call/),
    });
    expect(audit(lost, '--call-id', 'call-7')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/--call-id: found call-7; expected .* did you mean call-\d\?/),
    });
  });

  test('a time, in seconds of the report or as a date', () => {
    expect(audit(lost, '--from', '15')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^None of 1 call/) });
    expect(audit(lost, '--from', '2026-01-01T00:00:15Z').status).toBe(0);
    expect(audit(lost, '--until', '15', '--from', '10').status).toBe(1);
    expect(audit(lost, '--until', '5')).toMatchObject({
      status: 3,
      stdout: expect.stringContaining('no call was judged'),
    });
    expect(audit(lost, '--from', '77').stderr).toMatch(
      /--from: found 2026-01-01T00:01:17\.000Z; expected a time from .* \(0 to /,
    );
    expect(audit(lost, '--from', '15', '--until', '12').stderr).toMatch(/which is after --until/);
    expect(audit(lost, '--from', 'noon').stderr).toMatch(/expected seconds from the first SIP message/);
  });

  test('problems only, which come first in any case', () => {
    const traffic = lostInGap();
    const fine = new Traffic().register(0, app, { listed: [app] }).call(5_000, { to: [app] });
    const carols = fine.packets.map(({ payload, ...packet }) => ({
      ...packet,
      payload: Buffer.from(
        Buffer.from(payload).toString().replaceAll('alice@', 'abby@').replaceAll('call-1', 'abby-1'),
      ),
    }));
    const file = written('two.pcapng', captureOf([...carols, ...traffic.packets].sort((a, b) => a.atMs - b.atMs)));
    const addresses = (...args: string[]) => audit(file, ...args).stdout.match(/^\w+@example\.org$/gm);
    expect(addresses()).toEqual(['alice@example.org', 'abby@example.org']);
    expect(addresses('--problems-only')).toEqual(['alice@example.org']);
    expect(audit(file, '--problems-only').stdout).toContain('1 address without problems left out');
    const json = JSON.parse(audit(file, '--problems-only', '--format', 'json').stdout);
    expect(json.addresses.map(({ aor }: { aor: string }) => aor)).toEqual(['alice@example.org']);
  });
});

describe('one loss for somebody else', () => {
  const exported = join(folder, 'loss.pcapng');

  test('its packets are a capture of their own, with the same loss', () => {
    const { status, stderr } = audit(lost, '--export-packets', exported);
    expect(status).toBe(1);
    expect(stderr).toMatch(/8 messages of the call with Call-ID call-1 are in .*loss\.pcapng/);
    expect(audit(exported)).toMatchObject({ status: 1, stdout: expect.stringMatching(/^1 of 1 call was lost\./) });
    expect(audit(lost, '--export-packets', exported)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/found a file that already exists/),
    });
    expect(audit(lost, '--call-id', 'call-2', '--export-packets', join(folder, 'none.pcapng')).stderr).toMatch(
      /^no call was lost: .* is not written/,
    );
    expect(audit('-', '--export-packets', join(folder, 'x.pcapng')).stderr).toMatch(
      /found standard input; expected capture/,
    );
  });

  test('without names and addresses, and with the same verdict', () => {
    const known = ['--push-server', '203.0.113.9', '--aor', 'alice@example.org'];
    const plain = JSON.parse(audit(lost, ...known, '--format', 'json').stdout);
    const { stdout } = audit(
      lost,
      ...known,
      '--anonymise',
      '--format',
      'json',
      '--export-packets',
      exported,
      '--force',
    );
    const { addresses } = JSON.parse(stdout);
    expect(addresses[0]).toMatchObject({
      calls: plain.addresses[0].calls,
      mode: plain.addresses[0].mode,
      sides: [{ role: 'pushServer' }, { role: 'app' }],
    });
    const identifying = /alice|bob|example\.(?:org|net)|203\.0\.113|192\.0\.2|198\.51\.100|call-\d|register-/;
    expect(JSON.stringify(addresses)).not.toMatch(identifying);
    expect(readFileSync(exported, 'latin1')).not.toMatch(identifying);
    expect(audit(exported)).toMatchObject({ status: 1, stdout: expect.stringMatching(/^1 of 1 call was lost\./) });
  });
});
