import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { mainFile, ringproof, root } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

const lines = [
  'steps:',
  '  - { at: 1s, do: open }',
  '  - { at: 10s, do: home }',
  '  - { at: 10.1s, do: dial, call: 1 }',
];

function fileWith(name: string, ...more: readonly string[]): string {
  const file = join(folder, `${name}.yaml`);
  const title = more.some((line) => line.startsWith('title')) ? [] : ['title: A call'];
  writeFileSync(file, [`name: ${name}`, ...title, ...more, ...lines].join('\n'));
  return file;
}

describe('the matrix of verdicts', () => {
  test('names the limits of the file itself, and of several files those of each', () => {
    const strict = fileWith('strict', 'limits: { blackout: 2s }');
    const usual = fileWith('usual');
    const options = ['--profile', 'reject', '--property', 'noBlackout'];
    expect(ringproof('check', strict, ...options).stdout).toMatch(/^noBlackout: .* for longer than 2 s at a stretch$/m);
    expect(ringproof('check', strict, usual, ...options).stdout).toMatch(
      /^noBlackout: .* for longer than 2 s at a stretch; in usual: .* for longer than 5 s at a stretch$/m,
    );
  });

  test('says of what was run what is violated in all of it, and of each property where and how to see it', () => {
    const { stdout } = ringproof('check', 'push-lost', 'home-open-home', '--mode', '1', '--profile', 'reject');
    expect(stdout).toContain('violated in every cell that was run: push-lost, home-open-home\n');
    expect(stdout).not.toContain('on every server');
    const told = stdout.slice(stdout.indexOf('\nnoInviteLost:\n'));
    expect(told).toMatch(
      /^\nnoInviteLost:\n1 Single Device Emulation on reject: Call 1 was lost.*\n {2}\S.*--property noInviteLost\n/,
    );
  });

  test('counts cells of scenarios that were not run everywhere by how many were', () => {
    const partly = fileWith('partly', 'expect:', '  reject: { continuous: holds }');
    const { stdout } = ringproof('check', partly, 'home-open-home', '--property', 'noInviteLost');
    expect(stdout).toMatch(/^0 Standard .*\n1 Single .*\n2 Continuous +2 +1 of 1 \* +1 of 1 +1 of 1 +1 of 1$/m);
  });
});

test('one cell has one list of verdicts', () => {
  const { stdout } = ringproof('check', 'home-open-home', '--mode', '1', '--profile', 'reject');
  expect(stdout.match(/^ {2}ringsOnce /gm)).toHaveLength(1);
});

test('a scenario in JSON runs in every command', () => {
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify({ ...parse(readFileSync(fileWith('in-json'), 'utf8')), name: 'in-json' }));
  const one = ['--mode', '2', '--profile', 'multi'];
  expect(ringproof('simulate', file, ...one).stdout).toContain('A call: Continuous on multi');
  expect(ringproof('check', file, ...one).status).toBe(0);
  expect(ringproof('sweep', file, ...one, '--runs', '2').status).toBe(0);
});

describe('standard output', () => {
  const gap = ['call-while-going-to-background', '--mode', '1', '--profile', 'reject'];

  test('as a file is all that is written there', () => {
    const trace = JSON.parse(ringproof('simulate', ...gap, '--output', '-').stdout);
    expect(trace.format).toBe('ringproof-trace');
    expect(JSON.parse(ringproof('check', ...gap, '-o', '-').stdout).format).toBe('ringproof-trace');
    expect(parse(ringproof('check', ...gap, '--save', '-').stdout).name).toBe(
      'regression-call-while-going-to-background',
    );
    expect(parse(ringproof('fuzz', '--mode', '1', '--runs', '2000', '-o', '-').stdout).mode).toBe(
      'singleDeviceEmulation',
    );
    expect(ringproof('export', 'json-schema', '-o', '-').stdout).toBe(ringproof('export', 'json-schema').stdout);
    expect(existsSync(join(root, '-'))).toBe(false);
  });

  test('and files on a full disk end with one line', () => {
    const script = '"$0" "$@" > /dev/full';
    const full = spawnSync('bash', ['-c', script, process.execPath, mainFile, 'profiles'], { encoding: 'utf8' });
    expect(full.stderr).toBe(
      'standard output: found no space left on the disk; expected a place that can be written\n',
    );
    expect(full.status).toBe(2);
    const { status, stderr } = ringproof('simulate', ...gap, '--output', '/dev/full', '--force');
    expect(stderr).toBe('/dev/full: found no space left on the disk; expected a writable place (/dev)\n');
    expect(status).toBe(2);
  });
});

test('control characters of a title are shown, not obeyed', () => {
  const file = fileWith('escape', 'title: "Red \\e[31m bell \\a and \\x9b2J"');
  const { stdout } = ringproof('simulate', file);
  expect(stdout).toContain('Red \\u001b[31m bell \\u0007 and \\u009b2J: ');
  const titles = [...stdout].filter((character) => character < ' ' && character !== '\n');
  expect(titles).toEqual([]);
});

test.each([
  ['limits: { registers: 0 }', /found 0 for limits\.registers; expected a number of at least 1$/],
  ['links: { appSip: { loss: 3 } }', /found 3 for links\.appSip\.loss; expected a number of at most 1$/],
  ['limits: { registers: 1.5 }', /found 1\.5 for limits\.registers; expected a whole number$/],
  ['title: ""', /found "" for title; expected some text$/],
  ['report: { threads: [], says: x }', /found \[\] for report\.threads; expected at least one entry$/],
  ['report: { threads: [here], says: x }', /found "here" for report\.threads\[1\]; expected a URL$/],
])('%s is refused in words of our own', (line, message) => {
  const { status, stderr } = ringproof('check', fileWith('wrong', line));
  expect(stderr.trim()).toMatch(message);
  expect(status).toBe(2);
});

test('an unknown delay lists those of its party, or all that there are', () => {
  const { stderr } = ringproof('check', '--envelope', 'app.coldStrat');
  expect(stderr).toMatch(
    /expected one of app\.T1, .*app\.coldStart, .*or step\.N for the date of a step; did you mean app\.coldStart\?/,
  );
  expect(stderr).not.toContain('pushServer.');
  expect(ringproof('check', '--envelope', 'fone.latency').stderr).toMatch(/one of push\.latency, .*app\.coldStart/);
});
