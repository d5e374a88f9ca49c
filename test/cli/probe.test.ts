import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket as TcpSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { contactPrefix } from '../../src/probe/userAgent.ts';
import { parseServerProfile } from '../../src/profiles/ownServer.ts';
import { headerValue } from '../../src/sip/message/headers.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { responseTo } from '../../src/sip/message/response.ts';
import { serialise } from '../../src/sip/message/serialise.ts';
import { onOneCore } from '../support/commandLine.ts';
import { Kamailio, withKamailio } from '../support/programs/kamailio.ts';
import { freePort, loopback, udpSocket } from '../support/programs/loopback.ts';
import { register } from '../support/programs/registerText.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'ringproof-probe-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sockets: Socket[] = [];
afterAll(() => {
  for (const socket of sockets) socket.close();
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A probe that has been started, in this environment. */
function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child: ChildProcess = spawn(process.execPath, [...onOneCore, main, 'probe', ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', ...environment },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text) => {
    stdout += text;
  });
  child.stderr?.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
  return { child, ended };
}

const target = (port: number) => `sip:${loopback}:${port}`;
const probe = (port: number, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) =>
  start([target(port), '--user', 'alice', '--i-own-this-account', ...args], environment).ended;

const secret = 'a-secret-that-nobody-prints';
const withSecret = ['--password-env', 'PROBE_PASSWORD'] as const;
const environment = { PROBE_PASSWORD: secret };

/** A server on UDP that answers every datagram with what the function makes of it. */
async function answering(answer: (bytes: Buffer) => Uint8Array): Promise<number> {
  const socket = await udpSocket();
  sockets.push(socket);
  socket.on('message', (bytes, { port, address }) => socket.send(answer(bytes), port, address));
  return socket.address().port;
}

/** One clear message: where, and what. */
function expectOneMessage({ stderr }: Ended, port: number, what: RegExp): void {
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(what);
  expect(stderr).toContain(target(port));
}

// Most of the time goes by in waiting for answers that do not come.
describe.concurrent('probe on the command line', () => {
  withKamailio(
    'a registrar that refuses the second, with digest: what was configured is learnt, and check takes it',
    async () => {
      const kamailio = await Kamailio.start({ policy: 'reject', retryAfterSeconds: 30, password: secret });
      const file = join(folder, 'reject.yaml');
      const { status, stdout, stderr } = await probe(kamailio.port, [...withSecret, '--output', file], environment);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(await kamailio.bindings()).toEqual([]);
      expect(parseServerProfile(readFileSync(file, 'utf8'), file)).toMatchObject({
        name: 'probed-127-0-0-1',
        capacity: 1,
        whenFull: { do: 'refuse', code: 503, retryAfter: true },
        digest: true,
        checksSequence: true,
        matchesBindingBy: 'instance',
        removalScope: 'ownContact',
        maximumExpiresMs: 3_600_000,
        withoutBinding: { do: 'reject', code: 404 },
      });
      expect(stdout).toMatch(/^bindings at most +1$/m);
      expect(stdout).toMatch(
        /^one binding too many +is refused with 503 and Retry-After: 30\n.*B: REGISTER for 120 s → 503 Service Unavailable/m,
      );
      expect(stdout).toMatch(/^who may register +unknown: not probed$/m);
      // Standard has nowhere to put the second binding: the trials say so of the profile that was learnt.
      expect(stdout).toContain('Recommended: RegistrationMode 2 Continuous');
      expect(stdout).toContain(`main.js check call-while-suspended --mode 0 --profile ${file} --property noInviteLost`);
      expect(stdout).not.toContain(secret);
      const check = spawnSync(process.execPath, [
        ...onOneCore,
        main,
        'check',
        'call-in-foreground',
        '--mode',
        '2',
        '--profile',
        file,
      ]);
      expect(check.stderr.toString()).toBe('');
      expect(check.status).toBe(0);
      kamailio.close();
    },
  );

  withKamailio('one that takes several, over TCP: as JSON, and a file that exists stays', async () => {
    const kamailio = await Kamailio.start({ password: secret, withoutBinding: 480 });
    const file = join(folder, 'multi.yaml');
    const args = [`${target(kamailio.port)};transport=tcp`, '--user', 'alice', '--i-own-this-account', ...withSecret];
    const { status, stdout, stderr } = await start([...args, '--format', 'json', '-o', file], environment).ended;
    expect(status).toBe(0);
    // The plan is for the reader: it does not get into the JSON.
    expect(stderr).toContain('requests at most');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      version: 1,
      ended: 'complete',
      leftBehind: [],
      axes: { capacity: null, fork: 'all', digest: true, withoutBinding: { do: 'reject', code: 480 } },
    });
    expect(stdout).not.toContain(secret);
    expect(await kamailio.bindings()).toEqual([]);
    const before = readFileSync(file, 'utf8');
    expect(parseServerProfile(before, file)).toMatchObject({ capacity: null, fork: 'all', digest: true });
    const again = await start([...args, '-o', file], environment).ended;
    expect(again.status).toBe(2);
    expect(again.stderr).toContain('a file that already exists');
    expect(readFileSync(file, 'utf8')).toBe(before);
    kamailio.close();
  });

  withKamailio('Ctrl-C: nothing of its own stays, what it had removed is back', async () => {
    const kamailio = await Kamailio.start();
    await register(kamailio.port, { contacts: ['<sip:alice@127.0.0.1:6001>'] });
    const { child, ended } = start([
      target(kamailio.port),
      '--user',
      'alice',
      '--i-own-this-account',
      '-o',
      'never.yaml',
    ]);
    while (!(await kamailio.bindings()).some(({ contact }) => contact.includes(contactPrefix))) await Promise.resolve();
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(3);
    expect(stderr).toContain('you have stopped the probe');
    expect(stderr).toContain('sip:alice@127.0.0.1:6001 was registered before: restored for');
    expect(stderr).toContain('never.yaml was not written');
    expect(await kamailio.bindings()).toMatchObject([{ contact: 'sip:alice@127.0.0.1:6001' }]);
    kamailio.close();
  });

  withKamailio(
    'a terminal that is closed (SIGHUP, more than once): the same, though nobody reads what it says',
    async () => {
      const kamailio = await Kamailio.start();
      await register(kamailio.port, { contacts: ['<sip:alice@127.0.0.1:6001>'] });
      const { child, ended } = start([target(kamailio.port), '--user', 'alice', '--i-own-this-account']);
      while (!(await kamailio.bindings()).some(({ contact }) => contact.includes(contactPrefix)))
        await Promise.resolve();
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.kill('SIGHUP');
      child.kill('SIGHUP');
      setTimeout(() => child.kill('SIGHUP'), 100);
      expect((await ended).status).toBe(3);
      expect(await kamailio.bindings()).toMatchObject([{ contact: 'sip:alice@127.0.0.1:6001' }]);
      kamailio.close();
    },
  );

  withKamailio('its time is up: the same', async () => {
    const kamailio = await Kamailio.start();
    const { status, stderr } = await probe(kamailio.port, ['--limit', '1']);
    expect(status).toBe(3);
    expect(stderr).toContain('the time for the probe is up');
    expect(await kamailio.bindings()).toEqual([]);
    kamailio.close();
  });

  withKamailio('a server that dies meanwhile', async () => {
    const kamailio = await Kamailio.start();
    await register(kamailio.port, { contacts: ['<sip:alice@127.0.0.1:6001>'] });
    const { ended } = start([target(kamailio.port), '--user', 'alice', '--i-own-this-account', '--limit', '300']);
    while (!(await kamailio.bindings()).some(({ contact }) => contact.includes(contactPrefix))) await Promise.resolve();
    kamailio.close();
    const { status, stderr } = await ended;
    expect(status).toBe(3);
    expect(stderr).toContain('the server has stopped answering');
    expect(stderr).toMatch(/sip:ringproof-a-\w+@127\.0\.0\.1:\d+ may still be registered/);
    expect(stderr).toContain('sip:alice@127.0.0.1:6001 was registered before: not restored');
  });

  withKamailio('a wrong password', async () => {
    const kamailio = await Kamailio.start({ password: secret });
    const file = join(folder, 'password');
    writeFileSync(file, 'wrong\n');
    const ended = await probe(kamailio.port, ['--password-file', file]);
    expect(ended.status).toBe(2);
    expectOneMessage(ended, kamailio.port, /the server does not take the password of alice/);
    const none = await probe(kamailio.port);
    expect(none.status).toBe(2);
    expectOneMessage(none, kamailio.port, /asks for the password of alice .* --password-env or --password-file/);
    kamailio.close();
  });

  test('without --i-own-this-account the plan is shown, and nothing is sent', async () => {
    const socket = await udpSocket();
    sockets.push(socket);
    let received = 0;
    socket.on('message', () => received++);
    const { port } = socket.address();
    const { status, stdout, stderr } = await start([target(port), '--user', 'alice']).ended;
    expect(status).toBe(2);
    expect(stderr).toMatch(/found no --i-own-this-account; expected it/);
    expect(stdout).toContain(`Probing ${target(port)} with the account sip:alice@${loopback}`);
    expect(stdout).toContain('registers up to 22 contacts');
    expect(stdout).toMatch(/\d+ requests at most.*5min at most/);
    expect(stdout).not.toContain('Contact: *');
    const allowed = await start([target(port), '--user', 'alice', '--allow-remove-all']).ended;
    expect(allowed.stdout).toContain('sends Contact: *');
    expect(received).toBe(0);
  });

  test('nobody there, over UDP and TCP', async () => {
    const port = await freePort();
    const udp = await probe(port);
    expect(udp.status).toBe(3);
    expectOneMessage(udp, port, /the server did not answer a REGISTER within 5 s/);
    const tcp = await start([`${target(port)};transport=tcp`, '--user', 'alice', '--i-own-this-account']).ended;
    expect(tcp.status).toBe(3);
    expectOneMessage(tcp, port, /nothing can be sent to the server over TCP: .*(refused|ECONNREFUSED)/);
  });

  test('a server that answers what is not SIP', async () => {
    const port = await answering(() => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const ended = await probe(port);
    expect(ended.status).toBe(3);
    expectOneMessage(ended, port, /did not answer a REGISTER within 5 s; what came back is not SIP \(.+\)/);
  });

  /** What becomes of a probe of a TCP server that does this with each connection. */
  async function overTcp(onConnection: (socket: TcpSocket) => void) {
    const server = createServer((socket) => onConnection(socket.on('error', () => {})));
    server.listen(0, loopback);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const ended = await start([`${target(port)};transport=tcp`, '--user', 'alice', '--i-own-this-account']).ended;
    server.close();
    return { ended, port };
  }

  test('a server that closes every connection', async () => {
    const { ended, port } = await overTcp((socket) => socket.once('data', () => socket.end()));
    expect(ended.status).toBe(3);
    expectOneMessage(ended, port, /the server closed the connection, without an answer to a REGISTER/);
  });

  test('a server that answers over TCP what is not SIP', async () => {
    const { ended, port } = await overTcp((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    expect(ended.status).toBe(3);
    expectOneMessage(ended, port, /the server closed the connection/);
  });

  test('a server that says 401 to everything, or what nobody can answer', async () => {
    const refusing = (challenge: string) =>
      answering((bytes) => {
        const request = parseMessage(bytes);
        if (request.kind !== 'request') throw new Error('a probe sends requests');
        const header = { name: 'WWW-Authenticate', value: challenge };
        expect(headerValue(request, 'Authorization') ?? '').not.toContain(secret);
        return serialise(responseTo(request, 401, { toTag: 'tag', headers: [header] }));
      });
    const always = await refusing('Digest realm="nowhere", nonce="1", qop="auth"');
    const ended = await probe(always, withSecret, environment);
    expect(ended.status).toBe(2);
    expectOneMessage(ended, always, /does not take the password of alice: 401 again/);
    const bearer = await refusing('Bearer authz_server="https://example.org"');
    const strange = await probe(bearer, withSecret, environment);
    expect(strange.status).toBe(2);
    expectOneMessage(strange, bearer, /asks for credentials in a way that cannot be answered: Bearer/);
  });

  test('what cannot be sent is refused before anything is', async () => {
    const wrong = (...args: string[]) => start([...args, '--i-own-this-account']).ended;
    expect((await wrong('sip:127.0.0.1', '--user', 'alice', '--tls-ca', 'ca.pem')).stderr).toContain(
      'expected transport=tls or transport=wss with it',
    );
    expect((await wrong('sip:127.0.0.1', '--user', 'alice', '--call-to', 'a b')).stderr).toContain(
      'found nothing that can be dialled',
    );
    expect((await wrong('sip:127.0.0.1', '--user', 'alice', '--caller-password-env', 'X')).stderr).toContain(
      'found no --caller',
    );
    expect((await wrong('sip:127.0.0.1', '--user', 'a b')).stderr).toContain('found an invalid user part of a SIP URI');
    expect((await wrong('sip:127.0.0.1', '--user', 'alice', '--domain', 'a b')).stderr).toContain('found no host');
    expect((await wrong('sip:127.0.0.1', '--user', 'alice', '--password-env', 'NO_SUCH')).status).toBe(2);
  });
});
