import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The command line, in a process (and in workers) whose property `ringsOnce` has been broken before it starts. */
function brokenBy(defect: string, ...args: string[]) {
  const hook = join(folder, 'hook.mjs');
  const calls = pathToFileURL(join(root, 'dist/sim/properties/calls.js')).href;
  writeFileSync(
    hook,
    `import { isMainThread } from 'node:worker_threads';\nimport { ringsOnce } from '${calls}';\n${defect}\n`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 27,
    env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: `--import ${pathToFileURL(hook).href}` },
  });
  return { status, stdout, stderr };
}

const throwing = "ringsOnce.next = () => { throw new Error('a broken rule'); };";
const throwingWhenItRings =
  "const right = ringsOnce.next; ringsOnce.next = (state, sighting, settings) => { if (sighting.type === 'ringing.started') throw new Error('a broken rule'); return right(state, sighting, settings); };";
/** Of a worker that runs out of memory no more is heard than that it has ended. */
const dying =
  "const right = ringsOnce.next; ringsOnce.next = (state, sighting, settings) => !isMainThread && sighting.type === 'ringing.started' ? process.exit(9) : right(state, sighting, settings);";

const cells = (stdout: string): Record<string, string> =>
  Object.fromEntries(
    JSON.parse(stdout).cells.map(({ scenario, property, verdict }: Record<string, string>) => [
      `${scenario} ${property}`,
      verdict,
    ]),
  );

describe('an internal error', () => {
  const onOne = ['--mode', '0', '--profile', 'multi'];

  test('of one property leaves its cells inconclusive, spares all others, and ends with 4', () => {
    const matrix = ['check', 'call-in-foreground', 'call-while-suspended', ...onOne, '--format', 'json'];
    const { status, stdout } = brokenBy(throwing, ...matrix);
    const verdicts = Object.entries(cells(stdout));
    expect(verdicts.length).toBeGreaterThan(20);
    for (const [cell, verdict] of verdicts)
      expect([cell, verdict]).toEqual([cell, cell.endsWith('ringsOnce') ? 'inconclusive' : 'holds']);
    expect(status).toBe(4);
  });

  test('says once how to report it, with stack, command and version', () => {
    const { status, stdout, stderr } = brokenBy(throwing, 'check', 'call-in-foreground', ...onOne);
    expect(stdout).toMatch(/ringsOnce +inconclusive +internal error: a broken rule/);
    expect(stderr.match(/Error: a broken rule/g)).toHaveLength(1);
    expect(stderr).toMatch(/at ringsOnce\.next/);
    expect(stderr).toContain('This is a fault of Ringproof, not of your input. Please report it');
    expect(stderr).toContain(`node dist/cli/main.js check call-in-foreground ${onOne.join(' ')}`);
    expect(stderr).toContain('`ringproof --version`');
    expect(status).toBe(4);
  });

  test('counts for more than a violation, and for less than wrong input', () => {
    const both = ['noInviteLost', 'ringsOnce'].join(',');
    const args = ['call-while-going-to-background', '--mode', '1', '--profile', 'reject', '--property', both];
    const { status, stdout } = brokenBy(throwingWhenItRings, 'check', ...args);
    expect(stdout).toMatch(/noInviteLost +violated/);
    expect(stdout).toMatch(/ringsOnce +inconclusive/);
    expect(status).toBe(4);
    expect(brokenBy(throwing, 'check', ...args, '--faults', 'many').status).toBe(2);
  });

  test('that ends a worker leaves the cells of its job inconclusive, and the other jobs go on', () => {
    const { status, stdout, stderr } = brokenBy(
      dying,
      'check',
      'log-out-racing-a-refresh',
      'call-in-foreground',
      ...onOne,
      '--format',
      'json',
    );
    const verdicts = Object.entries(cells(stdout));
    const of = (scenario: string) =>
      verdicts.filter(([cell]) => cell.startsWith(scenario)).map(([, verdict]) => verdict);
    expect(new Set(of('call-in-foreground'))).toEqual(new Set(['inconclusive']));
    expect(new Set(of('log-out-racing-a-refresh'))).toEqual(new Set(['holds']));
    expect(stderr).toContain('worker exited with code: 9');
    expect(status).toBe(4);
  });

  test.each([
    [['check', 'call-in-foreground', ...onOne, '--untimed'], 'internal error: a broken rule'],
    [['check', 'call-in-foreground', ...onOne, '--longest', 'blackout'], 'inconclusive: internal error: a broken rule'],
    [['simulate', 'call-in-foreground'], ''],
  ])('ends %j with 4 as well', (args, said) => {
    const { status, stdout, stderr } = brokenBy(throwing, ...args);
    expect(stdout).toContain(said);
    expect(stderr).toContain('Please report it');
    expect(status).toBe(4);
  });
});
