import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { headerValue } from '../../src/sip/message/headers.ts';
import type { SipRequest } from '../../src/sip/message/message.ts';
import { Ejabberd, withEjabberd } from '../support/programs/ejabberd.ts';
import { Kamailio, type KamailioPolicy, withKamailio } from '../support/programs/kamailio.ts';
import { freePort } from '../support/programs/loopback.ts';
import { ringproof } from '../support/programs/ringproof.ts';
import { stubAddress, stubServer } from '../support/programs/stubServer.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-unseen-'));
afterAll(() => rmSync(folder, { recursive: true }));
const password = 'a secret of the tests';
const live = (...args: readonly string[]) => ringproof(['live', ...args], { env: { SIP_SECRET: password } });

/** The app is registered long before the call, so that something can happen to the server in between. */
const restarts = join(folder, 'restarts.yaml');
writeFileSync(
  restarts,
  `name: restarts
title: A server that is not itself when the call comes
steps:
  - { at: 100ms, do: open }
  - { at: 3s, do: dial, call: 1 }
timing:
  app: { userReaction: 500ms }
  caller: { talk: 500ms }
until: 10s
`,
);

const calling = join(folder, 'calling.yaml');
writeFileSync(
  calling,
  `name: calling
title: The user calls
steps:
  - { at: 100ms, do: open }
  - { at: 2s, do: call }
timing:
  app: { coldStart: 200ms, talk: 500ms }
  caller: { calleeReaction: 500ms }
until: 6s
`,
);

/** Runs against a server that answers so. */
async function against(statusOf: (request: SipRequest) => number | null, ...args: readonly string[]) {
  const server = await stubServer(statusOf);
  const result = await live('--server', stubAddress(server), '--user', 'u%d', ...args);
  server.close();
  return result;
}

const takesRegisters = ({ method }: SipRequest) => (method === 'REGISTER' ? 200 : null);

describe.concurrent('what was not seen is not fine', () => {
  test('a call that the server never answers is undecided: neither lost nor fine', async () => {
    const { status, stdout } = await against(takesRegisters, '--runs', '3');
    expect(stdout).toMatch(/calls lost +0 of 3 \(95 %.*\) +none decided\n/);
    expect(stdout).toMatch(/calls undecided +0 of 3 +3 of 3\n/);
    expect(stdout).toContain('not known: 3 of 3 calls had no final answer');
    expect(status).toBe(3);
  });

  test('a server that says 100 and then nothing has not answered', async () => {
    const trying = (request: SipRequest) => (request.method === 'INVITE' ? 100 : takesRegisters(request));
    const { status, stdout } = await against(trying, '--format', 'json');
    expect(JSON.parse(stdout).comparison.measured).toMatchObject({ calls: 1, undecided: 1, lost: 0 });
    expect(JSON.parse(stdout).unknown).toHaveLength(1);
    expect(status).toBe(3);
  });

  test('one call lost and others undecided: the loss is what counts', async () => {
    const lostForOne = (request: SipRequest) =>
      request.method === 'INVITE' && request.uri.startsWith('sip:u1@') ? 480 : takesRegisters(request);
    const { status, stdout } = await against(lostForOne, '--runs', '2');
    expect(stdout).toMatch(/calls lost .* +1 of 1 \(95 %.*\)\n/);
    expect(stdout).toMatch(/calls undecided +0 of 2 +1 of 2\n/);
    expect(status).toBe(1);
  });

  test('a call by the user that nobody answers is undecided; one that is refused is lost', async () => {
    const silent = await against(takesRegisters, calling, '--callee', 'bob%d', '-m', '0');
    expect(silent.stdout).toMatch(/calls by the user undecided +0 of 1 +1 of 1\n/);
    expect(silent.stdout).toContain('not known: 1 of 1 calls by the user had no final answer when their run was over');
    expect(silent.stdout).not.toContain('no call was made');
    expect(silent.status).toBe(3);
    const busy = (request: SipRequest) => (request.method === 'INVITE' ? 486 : takesRegisters(request));
    const { status, stdout } = await against(busy, calling, '--callee', 'bob%d', '-m', '0');
    expect(stdout).toMatch(/calls by the user lost +0 of 1 .* +1 of 1 /);
    expect(stdout).toContain('486 Busy (outgoing) to app, which the profile does not explain (in 1 of 1 runs)');
    expect(status).toBe(1);
  });

  withKamailio('a call by the user that a real server carries', async () => {
    const real = await Kamailio.start({ password, challengesCalls: true, withoutBinding: 480 });
    const there = ['--server', `sip:127.0.0.1:${real.port}`, '--password-env', 'SIP_SECRET', '--user', 'u%d'];
    const { status, stdout, stderr } = await live(calling, ...there, '--callee', 'bob%d', '--runs', '2', '-m', '2');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/calls by the user lost +0 of 2 .* +0 of 2 /);
    expect(stdout).toContain('the server did what its profile says, message by message');
    expect(status).toBe(0);
    expect(await real.bindings()).toEqual([]);
    real.close();
  });

  test('a counterexample whose call never rang is neither reproduced nor refuted', async () => {
    const trace = join(folder, 'lost.json');
    const check = ['check', 'live/call-in-the-gap', '-m', '1', '-p', 'reject', '--property', 'noInviteLost'];
    expect((await ringproof([...check, '--output', trace])).status).toBe(1);
    const { status, stdout } = await against(takesRegisters, '--from', trace);
    expect(stdout).toContain('reproduced in 0 of 1 runs');
    expect(stdout).toContain('run 1: a call had no final answer when the run was over');
    expect(status).toBe(3);
  });

  test('an un-REGISTER that is answered 200 and does nothing has removed nothing', async () => {
    const server = await stubServer(takesRegisters, false);
    const { status, stdout, stderr } = await live('--server', stubAddress(server), '--user', 'alice', '-m', '0');
    server.close();
    expect(stdout).toContain(
      'not known: whether alice is left as it was found: the server confirmed no un-REGISTER of app@wifi, pushServer',
    );
    expect(status).toBe(3);
    expect(stderr).toBe('alice: the server did not confirm that app@wifi, pushServer is unregistered\n');
    expect((await against(takesRegisters, '-m', '0')).stderr).toBe('');
  });

  withKamailio('a server that is killed in the midst of the runs', async () => {
    const real = await Kamailio.start();
    const running = live('--server', `sip:127.0.0.1:${real.port}`, '--user', 'u%d', '--runs', '2', '-m', '0');
    while ((await real.bindings()).length < 2) await new Promise((resolve) => setImmediate(resolve));
    real.close();
    const { status, stdout, stderr } = await running;
    expect(stdout).toMatch(/calls undecided +0 of 2 +2 of 2\n/);
    expect(stderr).toContain('u1: the server did not confirm that app@wifi');
    expect(status).toBe(3);
  });

  withKamailio('a server that is restarted in the midst of the runs has forgotten who is registered', async () => {
    const policy: KamailioPolicy = { password, withoutBinding: 480 };
    const real = await Kamailio.start(policy);
    const there = ['--server', `sip:127.0.0.1:${real.port}`, '--password-env', 'SIP_SECRET'];
    const running = live(restarts, ...there, '--user', 'u%d', '--runs', '2', '-m', '0');
    while ((await real.bindings()).length < 2) await new Promise((resolve) => setImmediate(resolve));
    real.close();
    const again = await Kamailio.start(policy, real.port);
    const { status, stdout } = await running;
    again.close();
    expect(stdout).toMatch(/calls lost +0 of 2 .* +2 of 2 /);
    expect(stdout).toContain('480 Unavailable to caller, which the profile does not explain (in 2 of 2 runs)');
    expect(status).toBe(1);
  });

  withKamailio('a step of the scenario restarts the server, by a command of the user', async () => {
    const policy: KamailioPolicy = { password, withoutBinding: 480 };
    const real = await Kamailio.start(policy);
    const [asked, scenario, profile] = ['asked', 'restart.yaml', 'forgets.yaml'].map((name) => join(folder, name));
    if (!asked || !scenario || !profile) throw new Error('there is no name for a file');
    const restart = '  - { at: 3s, do: crashSipServer }\n  - { at: 8s, do: dial, call: 1 }\n';
    const timing = 'timing: { sipServer: { restart: 2s } }\n';
    const steps = `steps:\n  - { at: 100ms, do: open }\n${restart}`;
    writeFileSync(scenario, `name: restart\ntitle: A restart\n${steps}${timing}until: 12s\n`);
    writeFileSync(profile, 'name: forgets\nextends: multi\nkeepsBindingsOnRestart: false\n');
    const there = ['--server', `sip:127.0.0.1:${real.port}`, '--password-env', 'SIP_SECRET', '--user', 'alice'];
    const running = live(scenario, ...there, '-m', '0', '-p', profile, '--restart-command', `touch '${asked}'`);
    while (!existsSync(asked)) await new Promise((resolve) => setTimeout(resolve, 20));
    real.close();
    const again = await Kamailio.start(policy, real.port);
    const { status, stdout, stderr } = await running;
    again.close();
    expect(stderr).toBe('');
    expect(stdout).toMatch(/calls lost +1 of 1 .* +1 of 1 /);
    expect(stdout).toContain('the server did what its profile says, message by message');
    expect(status).toBe(1);
  });

  test('a server that falls silent in the midst of the runs', async () => {
    let registers = 0;
    const dies = ({ method }: SipRequest) => (method === 'REGISTER' && ++registers <= 4 ? 200 : null);
    const { status, stdout } = await against(dies, restarts, '--runs', '2', '-m', '0');
    expect(stdout).toMatch(/calls undecided +0 of 2 +2 of 2\n/);
    expect(stdout).toContain('480 Unavailable to caller never came (in 2 of 2 runs)');
    expect(status).toBe(3);
  });
});

describe.concurrent('an account that is refused, or a server that is not there: exit 2, and nothing is counted', () => {
  const refused = async (running: ReturnType<typeof live>, message: RegExp) => {
    const { status, stdout, stderr } = await running;
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain(password);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  };

  test('nobody listens there', async () => {
    const port = await freePort();
    const here = ['--server', `sip:127.0.0.1:${port}`, '--user', 'alice'];
    await refused(live(...here), /found no answer to REGISTER within 10 s; expected a SIP server that answers/);
    const tcp = ['--server', `sip:127.0.0.1:${port};transport=tcp`, '--user', 'alice'];
    await refused(live(...tcp), /found connect ECONNREFUSED .*; expected a SIP server that answers/);
  });

  test('403 to every REGISTER, and to the first one that has a Contact', async () => {
    await refused(
      against(() => 403),
      /u1 on sip:.* found REGISTER is answered 403 Forbidden; expected an account/,
    );
    const hasContact = (request: SipRequest) => headerValue(request, 'Contact') !== undefined;
    await refused(
      against((request) => (hasContact(request) ? 403 : 200)),
      /every REGISTER of a run is answered 403 Forbidden/,
    );
  });

  withKamailio('a wrong password, and none', async () => {
    const real = await Kamailio.start({ password: 'another one' });
    const here = ['--server', `sip:127.0.0.1:${real.port}`, '--user', 'alice'];
    await refused(live(...here, '--password-env', 'SIP_SECRET'), /found 401 Unauthorized, also with the password;/);
    await refused(live(...here), /found 401 Unauthorized: the server asks for a password;/);
    real.close();
  });

  withEjabberd('a user and a domain that the server does not know', async () => {
    const real = await Ejabberd.start(password, 'alice');
    const here = ['--server', `sip:127.0.0.1:${real.port}`, '--password-env', 'SIP_SECRET'];
    await refused(live(...here, '--user', 'nobody'), /nobody on sip:.* expected an account that the server takes/);
    await refused(live(...here, '--user', 'alice', '--domain', 'example.org'), /expected an account|that answers/);
    real.close();
  });
});

test('whom the user calls is an account too', async () => {
  const notBob = (request: SipRequest) => (/<sip:bob@/.test(headerValue(request, 'To') ?? '') ? 403 : 200);
  const { status, stderr } = await against(notBob, calling, '--user', 'u', '--callee', 'bob');
  expect(stderr).toMatch(/^bob on sip:.* found REGISTER is answered 403 Forbidden/);
  expect(status).toBe(2);
  const full = ({ method, headers }: SipRequest) =>
    method === 'REGISTER' && headers.some(({ name, value }) => name === 'Contact' && value.includes('sip:bob@'))
      ? 503
      : 200;
  const later = await against(full, calling, '--user', 'u', '--callee', 'bob');
  expect(later.stderr).toMatch(/^bob on sip:.* found every REGISTER of a run is answered 503 /);
  expect(later.status).toBe(2);
});

test('one refused account among several is named', async () => {
  const onlySecond = (request: SipRequest) => (/<sip:u2@/.test(headerValue(request, 'To') ?? '') ? 403 : 200);
  const { status, stderr } = await against(onlySecond, '--runs', '3');
  expect(stderr).toMatch(/^u2 on sip:/);
  expect(status).toBe(2);
});
