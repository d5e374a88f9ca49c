import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { selfSigned } from '../sip/transports/certificates.ts';
import { Kamailio, withPushingKamailio } from '../support/programs/kamailio.ts';
import { freePort, loopback } from '../support/programs/loopback.ts';
import { ringproof } from '../support/programs/ringproof.ts';

const password = 'a secret of the tests';
const folder = mkdtempSync(join(tmpdir(), 'ringproof-push-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs in mode sipServerPushes, with what else is said. */
const live = (port: number, scenario: string, ...more: readonly string[]) =>
  ringproof(
    [
      ...['live', scenario, '--server', `sip:${loopback}:${port}`, '--user', 'test%d', '--password-env', 'SECRET'],
      ...['-m', 'sipServerPushes', '-p', 'kamailio-tsilo', ...more],
    ],
    { env: { SECRET: password } },
  );

describe.concurrent('live, where the SIP server pushes', () => {
  withPushingKamailio('prediction beside measurement, over HTTP/2', async () => {
    const { certificate, key } = selfSigned();
    const [certificateFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
    writeFileSync(certificateFile, certificate);
    writeFileSync(keyFile, key);
    const pushPort = await freePort();
    const real = await Kamailio.start({
      password,
      pushes: { url: `https://${loopback}:${pushPort}`, authority: certificate },
    });
    const { status, stdout, stderr } = await live(
      real.port,
      'live/call-while-asleep',
      ...['--runs', '3', '--push-service', 'apns', '--push-listen', String(pushPort)],
      ...['--push-certificate', certificateFile, '--push-key', keyFile],
    );
    real.close();
    expect(stderr).toBe('');
    expect(stdout).toMatch(/calls lost +0 of 3 .* 0 of 3 /);
    expect(stdout).toContain('the same properties violated as predicted in 3 of 3 runs');
    expect(stdout).toContain('the server did what its profile says, message by message');
    expect(status).toBe(0);
  });

  withPushingKamailio('a call that waits still when the run is over is neither lost nor fine', async () => {
    const file = join(folder, 'lost-push.yaml');
    writeFileSync(
      file,
      [
        'name: lost-push',
        'title: The push is lost',
        'about: The call waits longer than the run takes.',
        'steps: [{ at: 100ms, do: open }, { at: 1500ms, do: home }, { at: 2500ms, do: dial, call: 1 }]',
        'faults: [{ do: lose, message: notification }]',
        'until: 6s',
      ].join('\n'),
    );
    const pushPort = await freePort();
    const real = await Kamailio.start({ password, pushes: { url: `http://${loopback}:${pushPort}` } });
    const { status, stdout } = await live(
      real.port,
      file,
      ...['--push-service', 'fcm', '--push-listen', String(pushPort)],
    );
    real.close();
    expect(stdout).toMatch(/not known: 1 of 1 calls had no final answer/);
    expect(status).toBe(3);
  });

  withPushingKamailio('requests that a push service does not take are named', async () => {
    const pushPort = await freePort();
    const real = await Kamailio.start({ password, pushes: { url: `http://${loopback}:${pushPort}/v0` } });
    const { stderr, stdout } = await live(
      real.port,
      'live/call-while-asleep',
      ...['--push-service', 'apns', '--push-listen', String(pushPort)],
    );
    real.close();
    expect(stderr).toMatch(/^POST \/v0\/3\/device\/\w+ was answered 404 \{"reason":"BadPath"\}\n/);
    expect(stdout).toMatch(/push .* to notificationService never came/);
  });
});

const here = ['live', '--server', 'sip:127.0.0.1:9', '--user', 'alice'];
const service = ['--push-service', 'apns', '--push-listen', '8090'];
test.each([
  [['-m', 'sipServerPushes'], /in which the SIP server pushes: found no push service; expected --push-service/],
  [['-m', 'sipServerPushes', '--push-service', 'apns'], /--push-listen PORT/],
  [['-m', 'sipServerPushes', '--push-service', 'apn', '--push-listen', '8090'], /did you mean apns\?/],
  [['-m', '1', ...service], /--push-service: found mode singleDeviceEmulation/],
  [['-m', '1', '--push-key', 'x'], /--push-key: found mode singleDeviceEmulation/],
  [['-m', 'sipServerPushes', ...service, '--caller', 'external'], /found --caller external/],
  [['-m', 'sipServerPushes', ...service, '--only', 'app', '--control-port', '8081'], /found --only app/],
  [['-m', 'sipServerPushes', ...service, '--push-key', 'x'], /--push-key: found no --push-certificate with it/],
])('%j', async (args, message) => {
  const { status, stderr } = await ringproof([...here, ...args]);
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});
