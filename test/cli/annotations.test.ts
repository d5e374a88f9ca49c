import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ringproof, root } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'lost, 100%.yaml');
writeFileSync(
  file,
  `name: lost
title: Call in the hand-over
steps:
  - { at: 1s, do: open }
  - { at: 10s, do: home }
  - { at: [10s, 10.6s], do: dial, call: 1 }
expect:
  reject: { singleDeviceEmulation: holds, continuous: holds }
`,
);
const format = (name: string, ...args: string[]) => ringproof('check', file, ...args, '--format', name);

describe('annotations', () => {
  test('for GitHub stand at the expectation that is wrong, escaped as its parser wants it', () => {
    const { status, stdout } = format('github');
    const place = relative(root, folder);
    expect(stdout.split('\n')[0]).toMatch(
      `::error file=${place}/lost%2C 100%25.yaml,line=8,title=1 Single Device Emulation on reject%3A noInviteLost::lost, 1 Single Device Emulation on reject: noInviteLost is violated, and is expected to hold: Call 1 was lost`,
    );
    expect(stdout.match(/^::/gm)).toHaveLength(1);
    expect(status).toBe(1);
  });

  test('for GitLab are a code quality report whose fingerprints stay', () => {
    const { status, stdout } = format('gitlab');
    const [issue, ...others] = JSON.parse(stdout);
    expect(others).toEqual([]);
    expect(issue).toEqual({
      description: expect.stringContaining('noInviteLost is violated, and is expected to hold'),
      check_name: 'noInviteLost',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      severity: 'major',
      location: { path: relative(root, file), lines: { begin: 8 } },
    });
    expect(JSON.parse(format('gitlab').stdout)[0].fingerprint).toBe(issue.fingerprint);
    expect(status).toBe(1);
  });

  test('warn of what is undecided, and say nothing of what is as expected', () => {
    const short = ['check', 'home-open-home', '--mode', '1', '--profile', 'hold', '--memory', '1MB'];
    const { status, stdout } = ringproof(...short, '--format', 'github');
    expect(stdout).toMatch(
      /^::warning file=examples\/home-open-home\.yaml,line=\d+,title=1 Single.* is inconclusive: .*memory limit/,
    );
    expect(stdout).not.toContain('::error');
    expect(status).toBe(3);
    expect(JSON.parse(format('gitlab', '--mode', '2').stdout)).toEqual([]);
  });
});
