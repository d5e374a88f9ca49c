import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { outcomesOf } from '../../src/live/outcomes.ts';
import { replay } from '../../src/sim/run/replay.ts';
import type { Trace } from '../../src/sim/trace/trace.ts';
import { Kamailio, type KamailioPolicy, kamailio, withKamailio } from '../support/programs/kamailio.ts';
import { freePort } from '../support/programs/loopback.ts';
import { testWith } from '../support/programs/program.ts';
import { ringproof } from '../support/programs/ringproof.ts';
import { Sipp, sipp } from '../support/programs/sipp.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-one-side-'));
afterAll(() => rmSync(folder, { recursive: true }));
const password = 'a secret of the tests';

const scenario = (name: string, steps: string): string => {
  const file = join(folder, `${name}.yaml`);
  const timing = 'timing: { app: { coldStart: 200ms, userReaction: 300ms }, caller: { talk: 400ms } }';
  // Slow enough that it makes no difference which half began a little earlier.
  const links = 'links: { control: { latency: 300ms }, appSip: { latency: 50ms }, pushServerSip: { latency: 400ms } }';
  writeFileSync(file, `name: ${name}\ntitle: ${name}\nsteps:\n${steps}\n${timing}\n${links}\nuntil: 14s\n`);
  return file;
};

const open = '  - { at: 100ms, do: open }';
const home = '  - { at: 3s, do: home }';
const inForeground = scenario('in-foreground', `${open}\n  - { at: 3s, do: dial, call: 1 }`);
const asleep = scenario('asleep', `${open}\n${home}\n  - { at: 6s, do: dial, call: 1 }`);
const inTheGap = scenario('in-the-gap', `${open}\n${home}\n  - { at: 3700ms, do: dial, call: 1 }`);

const live = (real: Kamailio, user: string, ...args: readonly string[]) =>
  ringproof(
    ['live', ...args, '--server', `sip:127.0.0.1:${real.port}`, '--user', user, '--password-env', 'SIP_SECRET'],
    { env: { SIP_SECRET: password } },
  );

const traceIn = (file: string): Trace => {
  const trace = JSON.parse(readFileSync(file, 'utf8')) as Trace;
  // It replays to the same bytes, or this throws.
  expect(replay(trace, file).digest).toBe(trace.digest);
  return trace;
};

const endsIn = (file: string) => outcomesOf(traceIn(file)).map(({ call, end, code }) => ({ call, end, code }));

/** What becomes of the call with both sides in one process, and with each in one of its own. */
async function bothWays(file: string, mode: string, policy: KamailioPolicy) {
  const real = await Kamailio.start({ password, withoutBinding: 480, ...policy });
  const port = await freePort();
  const [together, pushServer, app] = ['together', 'push', 'app'].map((name) => `${file}.${mode}.${name}.json`);
  if (!together || !pushServer || !app) throw new Error('there is no name for a trace');
  const one = ['-m', mode, '-p', policy.policy === 'reject' ? 'reject' : 'multi', '--output'];
  const [, pushSide, appSide] = await Promise.all([
    live(real, 'alice', file, ...one, together),
    live(real, 'bob', file, ...one, pushServer, '--only', 'pushServer', '--control-port', String(port)),
    live(
      real,
      'bob',
      ...[file, ...one, app, '--only', 'app', '--caller', 'external'],
      ...['--control', `http://127.0.0.1:${port}`],
    ),
  ]);
  expect(await real.bindings()).toEqual([]);
  real.close();
  return { together: endsIn(together), pushServer: endsIn(pushServer), app: endsIn(app), pushSide, appSide };
}

// In real time, in three processes: where this machine is too busy for one of them, that says nothing of the others.
describe.concurrent('each side in a process of its own comes to the same as both in one', { retry: 2 }, () => {
  withKamailio('the phone is in the foreground', async () => {
    const { together, pushServer, app, pushSide, appSide } = await bothWays(inForeground, '0', {});
    expect(together).toEqual([{ call: 1, end: 'connected', code: null }]);
    expect(pushServer).toEqual(together);
    expect(app).toEqual(together);
    expect(pushSide.status).toBe(0);
    expect(pushSide.stdout).toMatch(/alerted +1 +not seen\n/);
    expect(pushSide.stdout).toContain('the same outcomes as predicted in 1 of 1 runs');
    expect(pushSide.stderr).toContain('waiting for the app at http://127.0.0.1:');
    expect(appSide.status).toBe(0);
    expect(appSide.stdout).toMatch(/alerted +1\n/);
  });

  withKamailio('a push wakes the phone, and the push server hands it the call', async () => {
    const { together, pushServer, app } = await bothWays(asleep, '0', {});
    expect(together).toEqual([{ call: 1, end: 'connected', code: null }]);
    expect(pushServer).toEqual(together);
    expect(app).toEqual(together);
  });

  withKamailio('the call that comes while nobody is registered is lost, and the app hears nothing of it', async () => {
    const { together, pushServer, app, pushSide, appSide } = await bothWays(inTheGap, '1', { policy: 'reject' });
    expect(together).toEqual([{ call: 1, end: 'failed', code: 480 }]);
    expect(pushServer).toEqual(together);
    expect(app).toEqual([]);
    expect(pushSide.stdout).toContain('not known: 1 of 1 calls were refused or given up');
    expect(pushSide.status).toBe(3);
    expect(appSide.stdout).toContain('not known: no call came, so none was judged');
    expect(appSide.status).toBe(3);
  });
});

describe.concurrent('callers of somebody else', () => {
  testWith(kamailio, sipp)('SIPp calls, and the phone of the run rings', async () => {
    const real = await Kamailio.start({ password });
    const running = live(real, 'alice', inForeground, '-m', '0', '--caller', 'external');
    while ((await real.bindings()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    const caller = await Sipp.calling(real.port, 'alice');
    expect(await caller.counters()).toMatchObject({ successful: 1, failed: 0 });
    const { status, stdout, stderr } = await running;
    real.close();
    expect(stdout).toContain('somebody else is the caller');
    expect(stdout).toMatch(/calls connected +1 of 1\n/);
    expect(stdout).toMatch(/alerted +1\n/);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  testWith(kamailio, sipp)('who calls an account of a run without being asked is refused, and mentioned', async () => {
    const real = await Kamailio.start({ password });
    const running = live(real, 'alice', inForeground, '-m', '0');
    while ((await real.bindings()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    const caller = await Sipp.calling(real.port, 'alice');
    expect((await caller.counters()).successful).toBe(0);
    const { stdout, stderr } = await running;
    real.close();
    expect(stdout).toMatch(/calls lost .* 0 of 1 /);
    expect(stderr).toMatch(
      /^alice: 1 calls of somebody else came meanwhile \(sip:caller@127\.0\.0\.1:\d+\) and were answered 486\n/,
    );
  });
});

const here = ['live', '--server', 'sip:127.0.0.1:9', '--user', 'alice'];
test.each([
  [['--only', 'pushserver'], /did you mean pushServer\?/],
  [['--only', 'app'], /--only app: found no --control-port/],
  [['--control-port', '8080'], /--control-port: found no --only with it/],
  [
    ['--only', 'app', '--control-port', '8080', '--control', 'http://127.0.0.1:1'],
    /--control: found --control-port with it/,
  ],
  [['--only', 'app', '--control', 'http://192.0.2.1:8080'], /expected an address on this machine/],
  [['--only', 'app', '--control-port', '8080', '--runs', '2'], /a run for each account/],
  [['--only', 'app', '--control-port', '8080', '-m', 'sharedInstance'], /both sides register one instance-id/],
])('%j', async (args, message) => {
  const { status, stderr } = await ringproof([...here, ...args]);
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});
