import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { captureOf } from '../support/captures.ts';
import { mainFile, ringproof } from '../support/commandLine.ts';
import { lostInGap, modeTraffic, Traffic } from '../support/traffic.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ringproof-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, content: Buffer | string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

const audit = (args: readonly string[]) => ringproof('audit', ...args);

const lost = written('lost.pcapng', captureOf(lostInGap().sorted));

test('exits with 1 for a loss, 0 for none, 3 where the capture does not tell', () => {
  expect(audit([lost])).toMatchObject({ status: 1, stdout: expect.stringMatching(/^1 of 2 calls was lost\./) });
  const fine = written('fine.pcapng', captureOf(modeTraffic.continuous().sorted));
  expect(audit([fine])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^None of 2 calls was lost\./) });
  const empty = written('empty.pcapng', captureOf([]));
  expect(audit([empty])).toMatchObject({ status: 3, stdout: expect.stringContaining('there is no SIP message in it') });
});

test('says at which byte a capture ends too early, and what it showed until then', () => {
  const bytes = captureOf(lostInGap().sorted);
  const { status, stdout } = audit([written('cut.pcapng', bytes.subarray(0, bytes.length - 100))]);
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /cannot tell: at byte \d+ there is the end of the file after \d+ bytes of a packet or\s+block/,
  );
});

test('reads standard input', () => {
  const { status } = spawnSync(process.execPath, [mainFile, 'audit', '-'], { input: captureOf(lostInGap().sorted) });
  expect(status).toBe(1);
});

test('refuses what is no capture, with one line', () => {
  const refused = (...args: string[]) => {
    const { status, stdout, stderr } = audit(args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    return stderr.trim();
  };
  expect(refused(join(folder, 'none.pcap'))).toMatch(
    /none\.pcap: found no such file or folder; expected a readable capture file/,
  );
  expect(refused(folder)).toMatch(/found a directory; expected a capture file/);
  expect(refused(written('void.pcap', ''))).toMatch(/found an empty file; expected a pcap or pcapng file/);
  const gzip = written('a.pcap.gz', Buffer.from('1f8b080000000000', 'hex'));
  expect(refused(gzip)).toMatch(/found broken gzip data \(.*\); expected a pcap or pcapng file/);
  expect(refused(lost, '--app', 'localhost')).toMatch(/expected an IP address/);
  expect(refused(lost, '--push-server', '10.0.0.1:70000')).toMatch(/expected an IP address/);
  expect(refused(lost, '--aor', 'sip:example.org')).toMatch(/expected an address of record/);
  expect(refused(lost, '--format', 'jsn')).toMatch(/did you mean json\?/);
});

test('addresses are taken with and without port, of both versions', () => {
  for (const given of ['203.0.113.9', '203.0.113.9:5060', '2001:DB8::7', '[2001:db8::7]', '[2001:db8::7]:5060']) {
    expect(audit([lost, '--push-server', given])).toMatchObject({ status: 1, stderr: '' });
  }
  expect(audit([lost, '--push-server', '203.0.113.9:5060']).stdout).toContain('named by --push-server');
  expect(audit([lost, '--push-server', '203.0.113.9:5061']).stdout).not.toContain('named by --push-server');
});

test('JSON is versioned and whole, Markdown has the ladder, both without credentials', () => {
  const traffic = lostInGap().register(
    30_000,
    { address: '203.0.113.5', port: 49_152 },
    {
      headers: ['Authorization: Digest username="alice", response="0123456789abcdef"'],
    },
  );
  const file = written('digest.pcapng', captureOf(traffic.sorted));
  const json = audit([file, '--format', 'json']).stdout;
  expect(JSON.parse(json)).toMatchObject({
    version: 1,
    verdict: 'lossesFound',
    capture: { damage: null, malformed: 0 },
    addresses: [{ aor: 'alice@example.org', calls: { made: 2, lost: 1 } }],
  });
  const markdown = audit([file, '--format', 'markdown']).stdout;
  expect(markdown).toMatch(/^# 1 of 2 calls was lost\.\n/);
  expect(markdown).toContain('```text');
  expect(`${json}${markdown}${audit([file, '--all']).stdout}`).not.toContain('0123456789abcdef');
});

test('what a capture says cannot steer the terminal', () => {
  const traffic = new Traffic().register(
    0,
    { address: '203.0.113.9', port: 5060 },
    { headers: [`User-Agent: push ${String.fromCharCode(27, 7)}[31m`] },
  );
  const { stdout } = audit([written('escape.pcapng', captureOf(traffic.sorted))]);
  expect(stdout).toContain('push');
  expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});

test('the example is small and readable without options', () => {
  expect(readFileSync(join(root, 'examples/captures/call-in-the-gap.pcapng')).length).toBeLessThan(20_000);
  expect(audit([join(root, 'examples/captures/call-in-the-gap.pcapng'), '--width', '64']).status).toBe(1);
});

test('a name that nothing in the capture has is an error, with the nearest one that is there', () => {
  const refused = (...args: string[]) => {
    const { status, stdout, stderr } = audit([lost, ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    return stderr.trim();
  };
  expect(refused('--aor', 'alise@example.org')).toMatch(
    /--aor: found alise@example\.org; .*did you mean alice@example\.org\?/,
  );
  expect(refused('--number', '+4930123456=alise')).toMatch(/--number: found alise; .*did you mean alice\?/);
  expect(refused('--number', 'info=alice')).toMatch(/expected a telephone number first/);
  expect(refused('--number', '+4930123456')).toMatch(/expected two names with = between them/);
  expect(refused('--alias', 'sbc.example.net=alice@example.org')).toMatch(/expected two addresses or two hosts/);
  expect(audit([lost, '--number', '+4930123456=alice', '--alias', '198.51.100.2=example.org']).status).toBe(1);
});

test('malformed messages are listed with frame and reason', () => {
  const traffic = modeTraffic.continuous();
  const packets = traffic.sorted.map((packet, index) => ({
    ...packet,
    payload:
      index === 2 ? Buffer.from(Buffer.from(packet.payload).toString().replaceAll('\r\n', '\n')) : packet.payload,
  }));
  const { status, stdout } = audit([written('lf.pcapng', captureOf(packets)), '--width', '140']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/1 of them malformed \(1 read all the same\)/);
  expect(stdout).toMatch(/\nmalformed: frame 3: line 1: found .*; read all the same\n/);
});
