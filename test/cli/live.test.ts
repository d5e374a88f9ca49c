import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replay } from '../../src/sim/run/replay.ts';
import { Kamailio, kamailio, withKamailio } from '../support/programs/kamailio.ts';
import { testWith } from '../support/programs/program.ts';
import { ringproofAlone, ringproof as run } from '../support/programs/ringproof.ts';
import { dissect, tshark } from '../support/programs/tshark.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-live-'));
const password = 'a secret of the tests';

const env = { SIP_SECRET: password };
const ringproof = (args: readonly string[]) => run(args, { env });

const server = ({ port }: Kamailio) => ['--server', `sip:127.0.0.1:${port}`, '--password-env', 'SIP_SECRET'];

describe.concurrent('live', () => {
  testWith(kamailio, tshark)(
    'prediction beside measurement; the trace replays, the capture dissects, no secret leaks',
    async () => {
      const real = await Kamailio.start({ password, policy: 'reject', withoutBinding: 480, retryAfterSeconds: 30 });
      const [trace, pcap] = [join(folder, 'run.json'), join(folder, 'run.pcapng')];
      const args = ['live', ...server(real), '--user', 'phone%d', '--runs', '4', '-m', '1', '-p', 'reject'];
      const { status, stdout, stderr } = await ringproof([...args, '-o', trace, '--pcap', pcap]);
      real.close();
      expect(stdout).toMatch(/call-in-the-gap, 1 Single Device Emulation, 4 runs against sip:127\.0\.0\.1:\d+/);
      expect(stdout).toMatch(/calls lost +\d of 4 .* +\d of 4/);
      expect([0, 1]).toContain(status);
      expect(stderr).toBe('');
      expect(replay(JSON.parse(readFileSync(trace, 'utf8')), trace).digest).toMatch(/^[0-9a-f]{64}$/);
      const capture = readFileSync(pcap);
      const rows = dissect(capture, ['sip.Method', 'udp.checksum.status'], {
        ports: [`udp.port==${real.port}`],
        filter: 'sip.Method == "REGISTER"',
      });
      // Per run: the app in and out, the push server in and, at the end, both out; every one challenged at most once.
      expect(rows.length).toBeGreaterThanOrEqual(4 * 5);
      expect(rows.every(([, checksum]) => checksum === '1')).toBe(true);
      for (const written of [capture.toString('latin1'), readFileSync(trace, 'utf8'), stdout]) {
        expect(written).not.toContain(password);
      }
    },
  );

  withKamailio('over a network that is real, its round trips are measured and stand in the prediction', async () => {
    const real = await Kamailio.start({ password, withoutBinding: 480 });
    const args = ['live', ...server(real), '--user', 'phone%d', '--runs', '2', '-m', '0', '--real-network'];
    const { status, stdout } = await ringproof(args);
    real.close();
    expect(stdout).toMatch(
      /a round trip to the server takes \d+\.\d to \d+\.\d ms \(10 OPTIONS\), and so in the prediction/,
    );
    expect(stdout).toMatch(/calls lost +0 of 2 .* 0 of 2 /);
    expect(status).toBe(0);
  });

  withKamailio('Ctrl-C: what was registered is removed, and the exit code says that it was not finished', async () => {
    const real = await Kamailio.start({ password });
    const args = ['live', ...server(real), '--user', 'phone%d', '--runs', '3', '-m', '0', '-p', 'multi'];
    let stop = () => {};
    const onStart = (interrupt: () => void) => {
      stop = interrupt;
    };
    const running = ringproofAlone(args, { env, onStart });
    while ((await real.bindings()).length < 3) await new Promise((resolve) => setImmediate(resolve));
    stop();
    const { status, stderr } = await running;
    expect(stderr).toContain('interrupted: only complete runs are counted');
    expect(status).toBe(3);
    expect(await real.bindings()).toEqual([]);
    real.close();
  });

  const existing = join(folder, 'existing.pcapng');
  writeFileSync(existing, 'mine');
  const tls = ['--server', 'sips:127.0.0.1:9', '--user', 'alice'];
  const here = ['--server', 'sip:127.0.0.1:9', '--user', 'alice'];
  const [outgoing, crashing] = ['calls/outgoing-call-at-once', join(folder, 'crashing.yaml')];
  const onlyApp = ['--only', 'app', '--control-port', '8099'];
  const steps = '[{ at: 1s, do: open }, { at: 5s, do: crashSipServer }, { at: 9s, do: call }]';
  const restarting = join(folder, 'restarting.yaml');
  writeFileSync(restarting, `name: restarting\ntitle: Restarts\nsteps: ${steps.replace(/, \{ at: 9s.*\}/, '')}\n`);
  writeFileSync(crashing, `name: crashing\ntitle: A server that forgets\nsteps: ${steps}\n`);
  test.each([
    [['live', '--user', 'alice'], /required option '--server <uri>'/],
    [['live', '--server', 'pbx', '--user', 'alice'], /expected a server such as sip:127\.0\.0\.1:5060/],
    [['live', '--server', 'sip:127.0.0.1;transport=tpc', '--user', 'alice'], /did you mean tcp\?/],
    [['live', '--server', 'sips:127.0.0.1;transport=tcp', '--user', 'alice'], /sips: with transport=tcp; expected tls/],
    [['live', '--server', 'ws://127.0.0.1/?a=b', '--user', 'alice'], /expected a WebSocket server such as ws:/],
    [['live', ...here, '--tls-ca', existing], /--tls-ca: found sip:127\.0\.0\.1:9; expected transport=tls/],
    [['live', ...tls, '--tls-ca', existing], /existing\.pcapng: found no certificate; expected PEM/],
    [['live', ...tls, '--tls-ca', 'nowhere.pem'], /nowhere\.pem: found no such file/],
    [['live', ...tls, '--tls-key', existing], /--tls-key: found no --tls-certificate with it; expected both/],
    [['live', ...tls, '--insecure-tls', '--tls-ca', existing], /--insecure-tls: found --tls-ca with it/],
    [['live', '--server', 'sip:192.0.2.1', '--user', 'alice'], /--i-own-this-account/],
    [['live', '--server', 'sip:127.0.0.1:0', '--user', 'alice'], /found port 0; expected a port from 1 to 65535/],
    [['live', ...here, '--domain', 'exa mple'], /--domain exa mple: found no host of a SIP URI/],
    [['live', ...here, '--password-env', 'NO_SUCH_VARIABLE'], /no such variable in the environment/],
    [['live', ...here, '--pcap', existing], /a file that already exists/],
    [['live', 'nonce-stale-in-hand-over', ...here], /`expireNonces`, a step of the SIP server; .*no client can make/],
    [['live', restarting, ...here], /`crashSipServer`, .*expected --restart-command/],
    [['live', ...here, '--restart-command', 'true'], /--restart-command: found no `crashSipServer` in the scenario/],
    [['live', outgoing, ...here], /`call`, a call that the user makes; expected --callee, a second test account/],
    [['live', ...here, '--callee', 'bob'], /--callee bob: found no `call` in the scenario/],
    [['live', outgoing, ...here, '--callee', 'alice'], /--callee alice: found the account that calls/],
    [['live', outgoing, ...here, '--callee', 'bob%d'], /%d in one of them; expected %d in both, or in neither/],
    [['live', outgoing, ...here, '--callee', 'bob@x'], /--callee bob@x: found an invalid user part/],
    [['live', outgoing, ...here, '--callee', 'bob', '--caller', 'external'], /`call`, .*, with --caller external/],
    [['live', outgoing, ...here, '--callee', 'bob', ...onlyApp], /`call`, .*, with --only app; expected all parties/],
    [['live', crashing, ...here, '--callee', 'bob', '--restart-command', 'true'], /`call`, .*, with `crashSipServer`/],
  ])('%j', async (args, message) => {
    const { status, stderr } = await ringproof(args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(2);
    expect(readFileSync(existing, 'utf8')).toBe('mine');
  });
});
