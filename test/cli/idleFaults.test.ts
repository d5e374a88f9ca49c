import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ringproof } from '../support/commandLine.ts';

/** A fault that happens in no run was meant for something else. */

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

const checked = (faults: string, ...args: string[]) => {
  const file = join(folder, 'mine.yaml');
  writeFileSync(
    file,
    `name: mine\ntitle: Mine\nsteps:\n  - { at: 1s, do: open }\n  - { at: 10s, do: home }\nfaults:\n${faults}`,
  );
  return ringproof('check', file, '-p', 'multi', ...args);
};
const first = '  - { do: lose, message: REGISTER, from: app }\n';
const ninth = '  - { do: lose, message: REGISTER, from: app, occurrence: 9 }\n';

test('it is named with its line, and what was not seen is not fine', () => {
  const { status, stdout, stderr } = checked(first + ninth, '-m', '0');
  expect(stderr).toMatch(/mine\.yaml:8: `lose` of REGISTER from app, number 9, happens in no run$/m);
  expect(stderr).not.toContain('the first');
  expect(stdout).not.toContain('violated');
  expect(status).toBe(3);
});

test('one that happens in some mode is meant for that one', () => {
  const ofPushServer = '  - { do: lose, message: REGISTER, from: pushServer }\n';
  expect(checked(ofPushServer, '--format', 'json')).toMatchObject({ stderr: '' });
});

test('nothing is said where runs are not explored to their ends, as all is settled before', () => {
  const { stderr } = checked(ninth, '-m', '0', '--property', 'noInviteLost');
  expect(stderr).not.toContain('happens in no run');
});

test('a bundled scenario is as it is meant, in a mode without that message as well', () => {
  const { status, stdout, stderr } = ringproof('check', 'unregister-lost', '-m', '2', '-p', 'multi');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('As expected in one cell');
});
