import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mainFile, ringproof, root } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

const kept = join(folder, 'kept.json');
const gap = ['check', 'call-while-going-to-background', '--profile', 'reject', '--property', 'noInviteLost,noBlackout'];
const against = (file: string, ...args: string[]) => ringproof(...gap, '--baseline', file, ...args);

/** A copy of the kept verdicts with one thing changed. */
function changed(name: string, from: string | RegExp, to: string): string {
  const text = readFileSync(kept, 'utf8');
  expect(text).toMatch(from);
  const file = join(folder, name);
  writeFileSync(file, text.replace(from, to));
  return file;
}

beforeAll(() => {
  expect(against(kept, '--update')).toMatchObject({
    status: 0,
    stdout: '',
    stderr: `8 verdicts are kept in ${kept}\n`,
  });
});

test('what held because it was judged is not what has nothing to judge', () => {
  const scenario = (steps: string) => `name: kept\ntitle: Kept\nsteps:\n  - { at: 1s, do: open }\n${steps}`;
  const file = join(folder, 'kept.yaml');
  const verdicts = join(folder, 'kept-verdicts.json');
  const cell = ['check', file, '-m', '2', '-p', 'multi', '--property', 'ringStops', '--baseline', verdicts];
  writeFileSync(
    file,
    scenario('  - { at: 20s, do: dial, call: 1 }\n  - { at: 21s, do: hangUp, call: 1 }\nuser: ignores\n'),
  );
  expect(ringproof(...cell, '--update').status).toBe(0);
  writeFileSync(file, scenario(''));
  const { status, stdout } = ringproof(...cell);
  expect(stdout).toContain('ringStops held, and has nothing to judge');
  expect(status).toBe(1);
});

describe('verdicts that are kept', () => {
  test('are a line for each mode on each server, in the order of their names, without traces', () => {
    expect(readFileSync(kept, 'utf8')).toBe(`{
 "ringproofVerdicts": 1,
 "options": "",
 "verdicts": {
  "call-while-going-to-background": {
   "reject": {
    "continuous": {"holds":["noBlackout","noInviteLost"]},
    "singleDeviceEmulation": {"violated":["noInviteLost"],"holds":["noBlackout"]},
    "singleDeviceTakeover": {"violated":["noBlackout"],"holds":["noInviteLost"]},
    "standard": {"violated":["noBlackout"],"holds":["noInviteLost"]}
   }
  }
 }
}
`);
  });

  test('end with 0 as long as nothing changes, whatever is violated', () => {
    const { status, stdout } = against(kept);
    expect(stdout).toBe(`Nothing has changed since ${kept}: 8 verdicts.\n`);
    expect(status).toBe(0);
  });

  test('that are others now are told with sentence and command, and nothing else is', () => {
    const file = changed(
      'other.json',
      '{"violated":["noInviteLost"],"holds":["noBlackout"]}',
      '{"holds":["noBlackout","noInviteLost"]}',
    );
    const { status, stdout } = against(file);
    expect(stdout.split('\n')).toEqual([
      `1 verdict has changed since ${file}:`,
      '  call-while-going-to-background, 1 Single Device Emulation on reject: noInviteLost held, and is violated now',
      expect.stringMatching(/^ {4}Call 1 was lost: nobody was registered for/),
      expect.stringMatching(/^ {4}\S.* --mode 1 --profile reject --property noInviteLost$/),
      '',
    ]);
    expect(status).toBe(1);
  });

  test('of new and vanished cells are named as such', () => {
    const file = changed('renamed.json', '"standard"', '"swap"');
    const { status, stdout } = against(file);
    expect(stdout).toContain(
      'new: call-while-going-to-background, 0 Standard on reject: 2 verdicts, noBlackout violated\n',
    );
    expect(stdout).toContain(
      'vanished: call-while-going-to-background, + Swap in one REGISTER on reject: 2 verdicts, noBlackout violated\n',
    );
    expect(status).toBe(1);
  });

  test('of a mode that there is no longer have vanished', () => {
    const { status, stdout } = against(changed('gone.json', '"standard"', '"former"'));
    expect(stdout).toContain('vanished: call-while-going-to-background, former on reject: 2 verdicts');
    expect(status).toBe(1);
  });

  test('are compared in small JSON, and in annotations', () => {
    const file = changed('format.json', '"holds":["noBlackout"]', '"inconclusive":["noBlackout"]');
    const json = against(file, '--format', 'json');
    expect(JSON.parse(json.stdout)).toEqual({
      version: 1,
      baseline: file,
      changes: [
        {
          scenario: 'call-while-going-to-background',
          profile: 'reject',
          mode: 'singleDeviceEmulation',
          property: 'noBlackout',
          before: 'inconclusive',
          after: 'holds',
        },
      ],
    });
    expect(json.status).toBe(1);
    expect(against(file, '--format', 'github').stdout).toMatch(
      /^::error file=examples\/call-while-going-to-background\.yaml,line=21,title=noBlackout was inconclusive%2C and holds now::call/,
    );
  });

  test('are kept anew with --update, and read from standard input', () => {
    const file = changed('stale.json', '"standard"', '"swap"');
    const updated = against(file, '--update');
    expect(updated.stdout).toContain('4 verdicts have changed since');
    expect(updated.status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(readFileSync(kept, 'utf8'));
    const { status } = spawnSync(process.execPath, [mainFile, ...gap, '--baseline', '-'], {
      cwd: root,
      input: readFileSync(file),
    });
    expect(status).toBe(0);
  });

  test('that are inconclusive are never green, though nothing changes', () => {
    const file = join(folder, 'open.json');
    const short = [
      'check',
      'home-open-home',
      '--mode',
      '1',
      '--profile',
      'hold',
      '--memory',
      '1MB',
      '--baseline',
      file,
    ];
    expect(ringproof(...short, '--update').status).toBe(3);
    const { status, stdout } = ringproof(...short);
    expect(stdout).toContain('Nothing has changed');
    expect(status).toBe(3);
  });
});

describe('a file that cannot be compared with is refused before anything is explored', () => {
  const scenario = join(root, 'examples/home-open-home.yaml');
  const written = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  test.each<[string, () => string[], RegExp]>([
    ['none', () => [join(folder, 'none.json')], /no such file; expected kept verdicts; --update writes them/],
    ['an empty one', () => [written('empty.json', '')], /found an empty file; expected the verdicts that/],
    ['no JSON', () => [scenario], /found invalid JSON/],
    ['another kind', () => [written('trace.json', '{"version":1}'), '--update'], /found another kind of file/],
    ['another version', () => [changed('v9.json', 'Verdicts": 1', 'Verdicts": 9')], /found verdicts of version 9/],
    ['a broken one', () => [changed('broken.json', '"holds"', '"hold"')], /found broken verdicts \(at verdicts\.call/],
    [
      'one merged badly',
      () => [changed('twice.json', '"noBlackout","noInviteLost"', '"noBlackout","noBlackout"')],
      /noBlackout twice\)/,
    ],
    [
      'other runs',
      () => [kept, '--faults', '1'],
      /found verdicts with no option .*; expected verdicts with --faults 1/,
    ],
    ['a format for verdicts', () => [kept, '--format', 'junit'], /found --baseline with it; expected text, json/],
  ])('%s', (_, args, message) => {
    const { status, stdout, stderr } = against(...(args() as [string, ...string[]]));
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  test('a foreign file is not written over', () => {
    const file = written('foreign.json', '{"mine":true}');
    against(file, '--update');
    expect(readFileSync(file, 'utf8')).toBe('{"mine":true}');
  });
});
