import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { mainFile, ringproof, root } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Says when Ctrl-C would be heard, and has the jobs of a check never come to an end. */
const hook = join(folder, 'hook.mjs');
writeFileSync(
  hook,
  `import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) {
  process.on('newListener', (event) => event === 'SIGINT' && process.stderr.write('listening\\n'));
  const { Piscina } = createRequire('${mainFile}')('piscina');
  if (process.env.ON_TERMINAL) process.stderr.isTTY = true;
  if (process.argv.includes('check')) Piscina.prototype.run = () => new Promise(() => {});
}
`,
);

/** Runs the command line and sends Ctrl-C as soon as it is heard. */
const interrupted = (...args: string[]) => interruptedAt(/listening/, {}, ...args);

/** The same as soon as it has said something on standard error. */
function interruptedAt(
  said: RegExp,
  environment: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const env = { ...process.env, ...environment, NO_COLOR: '1', NODE_OPTIONS: `--import ${pathToFileURL(hook).href}` };
  const child = spawn(process.execPath, [mainFile, ...args], { cwd: root, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text: Buffer) => {
    // A second one would end it at once.
    if (said.test(String(text)) && !said.test(stderr)) child.kill('SIGINT');
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
}

describe('the first Ctrl-C ends with what is known', () => {
  test('a check of which no job comes to an end', async () => {
    const { status, stdout, stderr } = await interrupted('check', 'call-in-foreground', '--mode', '2', '--jobs', '1');
    expect(stderr).toContain('interrupted: what is inconclusive was not explored to the end');
    expect(stderr).not.toContain('fault of Ringproof');
    expect(stdout).toContain('Undecided: 65 of 65 verdicts');
    expect(status).toBe(3);
  });

  test('one cell, and a question', async () => {
    const cell = ['call-in-foreground', '--mode', '2', '--profile', 'multi'];
    const one = await interrupted('check', ...cell, '--property', 'ringsOnce');
    expect(one.stdout).toMatch(/^ {2}ringsOnce +inconclusive/);
    expect(one.status).toBe(3);
    const question = await interrupted('check', ...cell, '--property', 'ringsOnce', '--envelope', 'push.latency');
    expect(question.stdout).toContain('inconclusive: interrupted');
    expect(question.stderr).toContain('interrupted: what is inconclusive was not answered');
    expect(question.status).toBe(3);
  });

  test('a baseline is not written then', async () => {
    const file = join(folder, 'kept.json');
    const cell = ['check', 'call-in-foreground', '--mode', '2', '--property', 'ringsOnce', '--profile', 'multi'];
    ringproof(...cell, '--baseline', file, '--update');
    const { status, stdout, stderr } = await interrupted(...cell, '--baseline', file, '--update');
    expect(stderr).toContain(`interrupted, so ${file} was left as it is`);
    expect(stdout).toContain('Nothing has changed since');
    expect(status).toBe(3);
    expect(ringproof(...cell, '--baseline', file)).toMatchObject({ status: 0 });
  });

  test('runs of a module', async () => {
    const long = ['--runs', '1000000', '--format', 'json', '--jobs', '1'];
    const swept = await interrupted('sweep', 'examples/own/lock.ts', ...long);
    expect(swept.stderr).toMatch(/interrupted after [\d,]+ runs/);
    expect(swept.status).toBe(3);
    const fuzzed = await interrupted('fuzz', 'examples/own/payment.ts', '--property', 'endsInTime', ...long);
    expect(fuzzed.stderr).toMatch(/interrupted after \d+ of 1000000 drawn runs: no violation of endsInTime so far/);
    expect(JSON.parse(fuzzed.stdout)).toMatchObject({ isInterrupted: true, found: null });
    expect(fuzzed.status).toBe(3);
  });

  test('an export, which leaves no file', async () => {
    const file = join(folder, 'model.pml');
    const { status, stderr } = await interrupted(
      'export',
      'promela',
      'call-in-foreground',
      '--states',
      '1000000000',
      '--output',
      file,
    );
    expect(stderr).toMatch(/interrupted before all states were found, after [\d,]+ states?: no model was written/);
    expect(status).toBe(3);
    expect(existsSync(file)).toBe(false);
  });

  test('the check of an account that nobody answers for', async () => {
    const startedMs = Date.now();
    const { status, stderr } = await interrupted('live', '--server', 'sip:127.0.0.1:9', '--user', 'bob');
    expect(stderr).toContain('interrupted: only complete runs are counted');
    expect(stderr).not.toContain('no answer to REGISTER');
    expect(status).toBe(3);
    // Unheard, it would wait for the answer for 10 s.
    expect(Date.now() - startedMs).toBeLessThan(9_000);
  });

  test('the coverage of the machines', async () => {
    const { status, stdout, stderr } = await interrupted('check', '--coverage', '--faults', '2');
    expect(stderr).toMatch(/interrupted in \d+ of \d+: what was never reached may yet be/);
    expect(stdout).toMatch(/^states: \d+ of \d+ reached$/m);
    expect(status).toBe(3);
  });

  test('a sweep', async () => {
    const args = ['sweep', '--runs', '1000000', '--format', 'json'];
    // Before there are runs, there is nothing to tell on a busy machine.
    const { status, stdout, stderr } = await interruptedAt(/[1-9][\d,]* runs/, { ON_TERMINAL: '1' }, ...args);
    expect(stderr).toMatch(/interrupted: these are \d+ of 320 cells/);
    const [cell] = JSON.parse(stdout).cells;
    expect(cell.runs).toBeLessThan(1_000_000);
    expect(cell.calls.made).toBe(cell.runs);
    expect(status).toBe(3);
  });

  test('advice, which recommends nothing then', async () => {
    const file = 'examples/provisioning/hosted.ini';
    const { status, stdout, stderr } = await interrupted(
      'advise',
      '--provisioning',
      file,
      '--profile',
      'multi',
      '-j',
      '1',
    );
    expect(stderr).toContain('interrupted: nothing is recommended');
    expect(stdout).toBe('');
    expect(status).toBe(3);
  });

  test('fuzzing', async () => {
    const { status, stdout, stderr } = await interrupted(
      'fuzz',
      '--mode',
      '2',
      '--runs',
      '10000000',
      '--format',
      'json',
    );
    expect(stderr).toMatch(
      /interrupted after \d+ of 10000000 drawn scenarios: no violation of noInviteLost, \w+ so far/,
    );
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, mode: 'continuous', isInterrupted: true, found: null });
    expect(status).toBe(3);
  });
});

describe('on a terminal it is said how far it is, and nowhere else', () => {
  test.each([
    [
      'an export',
      /\d+ of 1 done, [\d,]+ classes/,
      ['export', 'promela', 'call-in-foreground', '--states', '1000000000'],
    ],
    ['live runs', /no run has begun yet, \d+ s/, ['live', '--server', 'sip:127.0.0.1:9', '--user', 'bob']],
  ] as const)('%s', async (_, progress, args) => {
    const told = await interruptedAt(/\r/, { ON_TERMINAL: '1' }, ...args);
    expect(told.stderr).toMatch(progress);
    expect(told.status).toBe(3);
    const untold = await interrupted(...args);
    expect(untold.stderr).not.toMatch(progress);
  });
});

describe('JSON', () => {
  test('of fuzz has what was found with its scenario and its run', () => {
    const { status, stdout } = ringproof('fuzz', '--mode', '1', '--runs', '2000', '--format', 'json');
    const { found, ...tried } = JSON.parse(stdout);
    expect(tried).toEqual({
      version: 1,
      mode: 'singleDeviceEmulation',
      profile: 'reject',
      properties: ['noInviteLost', 'singleRegistration'],
      seed: 1,
      runs: found.runs,
      isInterrupted: false,
    });
    expect(found.document.expect).toEqual({ reject: { singleDeviceEmulation: ['noInviteLost'] } });
    expect(found.trace.format).toBe('ringproof-trace');
    expect(status).toBe(1);
  });

  test('of profiles has every value of one or of all', () => {
    const all = JSON.parse(ringproof('profiles', '--format', 'json').stdout).profiles;
    expect(all.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['multi', 'kamailio']));
    const one = JSON.parse(ringproof('profiles', 'kamailio', '--format', 'json').stdout).profiles;
    expect(one).toEqual(all.filter(({ name }: { name: string }) => name === 'kamailio'));
    expect(one[0]).toHaveProperty('minimumExpires');
  });
});
