import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { Endpoint } from '../../src/capture/endpoint.ts';
import { openssl, selfSigned } from '../sip/transports/certificates.ts';
import { captureOf, pcapOf, rawPackets } from '../support/captures.ts';
import { testWith } from '../support/programs/program.ts';
import { ringproof } from '../support/programs/ringproof.ts';
import { tshark } from '../support/programs/tshark.ts';
import { siteBoot } from '../support/siteBoot.ts';
import { recordTls } from '../support/tlsRecording.ts';
import { app, pushServer, server, Traffic } from '../support/traffic.ts';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ringproof-key-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

const audit = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  ringproof(['audit', '--push-server', pushServer.address, ...args], { env });

const tlsServer: Endpoint = { ...server, port: 5_061 };

/** A call in the gap: what app and push server say is in a connection of TLS each, the call in plain TCP. */
async function recorded() {
  const traffic = new Traffic()
    .register(0, pushServer)
    .register(5_000, pushServer)
    .unregister(10_000, pushServer)
    .call(10_125, { finalMs: 20, final: '480 Temporarily Unavailable' })
    .register(10_200, app);
  const all = traffic.sorted;
  const identity = selfSigned();
  const of = ({ address }: Endpoint) =>
    all.filter(({ source, destination }) => [source.address, destination.address].includes(address));
  const [ofApp, ofPush] = [of(app), of(pushServer)];
  const others = all.filter((packet) => ![...ofApp, ...ofPush].includes(packet));
  const plain = others.map((packet) => ({ ...packet, transport: 'tcp' as const }));
  const first = await recordTls(identity, ofPush, pushServer, tlsServer);
  const second = await recordTls(identity, ofApp, app, tlsServer);
  const packets = [...plain, ...first.packets, ...second.packets].toSorted((one, other) => one.atMs - other.atMs);
  const file = join(folder, 'tls.pcapng');
  writeFileSync(file, captureOf(packets));
  const log = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return {
    file,
    identity,
    packets,
    both: log('both.txt', first.keyLog + second.keyLog),
    one: log('one.txt', first.keyLog),
  };
}

const withTls = testWith(tshark, openssl);

withTls('with a key log TLS is read; without one, or with some keys only, its share stays unreadable', async () => {
  const { file, both, one } = await recorded();
  const read = await audit([file, '--key-log', both]);
  expect(read).toMatchObject({ status: 1, stderr: '' });
  expect(read.stdout).toMatch(/^1 of 1 call was lost\./);
  expect(read.stdout).toMatch(/the push server had\s+begun to un-REGISTER 0\.125 s before/);
  expect(read.stdout).not.toContain('cannot tell: part of the traffic');
  // The messages of a decrypted connection have the frames of the capture, and plain ones are there once.
  expect(read.stdout).toMatch(/tls\.pcapng: \d+ packets, 10 SIP messages/);
  expect(read.stdout).toMatch(/calls +1: 1 lost/);

  const hidden = await audit([file]);
  expect(hidden.status).toBe(3);
  expect(hidden.stdout).toMatch(/part of the traffic cannot be read: TLS, \d+ packets \(\d+ % of all bytes\)/);
  const partly = await audit([file, '--key-log', one]);
  expect(partly.stdout).toMatch(/part of the traffic cannot be read: TLS, .* first between .*203\.0\.113\.5:49152/);
  const share = (text: string) => Number(/TLS, (\d+) packets/.exec(text)?.[1]);
  expect(share(partly.stdout)).toBeLessThan(share(hidden.stdout));

  const exported = join(folder, 'loss.pcapng');
  const withExport = await audit([file, '--key-log', both, '--export-packets', exported]);
  expect(withExport.stderr).toMatch(/^[5-8] messages of the call/);

  const site = join(folder, 'site');
  const args = [main, 'inspect', file, '--key-log', both, '--push-server', pushServer.address, '--output', site];
  expect(spawnSync(process.execPath, args, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  const shown = siteBoot(site).capture;
  expect(shown?.headline).toBe('1 of 1 call was lost.');
  // A message that was decrypted has its text.
  const texts = shown?.calls.flatMap(({ messages }) => messages.map(({ text }) => text)) ?? [];
  expect(texts).toContainEqual(expect.stringMatching(/^REGISTER sip:example\.org SIP\/2\.0\n/));
});

withTls('what is not decrypted of a decrypted connection is not passed over', async () => {
  const { identity, packets, both } = await recorded();
  const missing = packets.findIndex(({ atMs, source }) => atMs > (packets[0]?.atMs ?? 0) && source.port === 5_060);
  const raw = rawPackets(packets);
  // In front of the packets of each connection stand three of its handshake.
  const gap = raw.filter((_, index) => index !== missing + 3);
  const lossy = join(folder, 'lossy.pcap');
  writeFileSync(lossy, pcapOf(gap));
  expect((await audit([lossy, '--key-log', both])).stdout).toMatch(
    /cannot tell: 1 TCP stream of which bytes are missing/,
  );

  const later = new Traffic().register(20_000, pushServer).sorted;
  const again = await recordTls(identity, later, pushServer, tlsServer);
  const reused = join(folder, 'reused.pcapng');
  writeFileSync(reused, captureOf([...packets, ...again.packets]));
  expect((await audit([reused, '--key-log', both])).stdout).toMatch(
    /part of the traffic cannot be read: TLS, .* first between .*203\.0\.113\.9:5060/,
  );
});

test('--key-log says what is missing, and takes files only', async () => {
  const [capture, keys, none] = ['plain.pcapng', 'keys.txt', 'bin'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(capture, captureOf(new Traffic().register(0, pushServer).sorted));
  writeFileSync(keys, '');
  mkdirSync(none);
  expect(await audit([capture, '--key-log', keys], { PATH: none })).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(
      /--key-log: found no program tshark to decrypt with; expected .*apt-get install tshark/,
    ),
  });
  expect(await audit([capture, '--key-log', join(folder, 'nowhere')])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/nowhere: found no such file.*; expected a readable key log/),
  });
  expect((await audit(['-', '--key-log', keys])).stderr).toMatch(
    /--key-log: found standard input; expected a complete file/,
  );
  expect((await audit([capture, '--follow', '--key-log', keys])).stderr).toMatch(/--key-log: found --follow; expected/);
  expect(await audit(['-i', 'lo', '--key-log', keys])).toMatchObject({
    status: 2,
    stderr:
      '--key-log: found an interface; expected a complete file, as tshark reads it too: tcpdump -w FILE, then audit FILE\n',
  });
});
