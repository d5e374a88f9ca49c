import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ringproof } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file with the hand-over in which mode 1 loses the call and mode 2 does not; the expectations stand from line 7 on. */
function fileExpecting(name: string, expectations: string): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    `name: ${name}
title: Call in the hand-over
steps:
  - { at: 1s, do: open }
  - { at: 10s, do: home }
  - { at: [10s, 10.6s], do: dial, call: 1 }
${expectations}`,
  );
  return file;
}

const right = `expect:
  reject:
    singleDeviceEmulation: [noInviteLost]
    continuous: holds
`;

test('nothing judged is never success, and a property that is not claimed is not passed over', () => {
  const file = join(folder, 'idle.yaml');
  writeFileSync(
    file,
    'name: idle\ntitle: Idle\nsteps:\n  - { at: 1s, do: open }\n  - { at: 20s, do: dial, call: 1 }\nexpect: { multi: { continuous: holds } }\n',
  );
  const one = ringproof('check', file, '--property', 'ringStops');
  expect(one.stdout).toContain('Nothing to judge: ringStops.');
  expect(one.status).toBe(3);
  const both = ringproof('check', file, '--property', 'ringStops,noInviteLost');
  expect(both.stdout).toContain('Nothing to judge: ringStops.');
  expect(both.status).toBe(3);
  expect(ringproof('check', file).status).toBe(0);
  const unclaimed = ringproof('check', file, '--property', 'outgoingAlerts,noInviteLost');
  expect(unclaimed.stderr).toMatch(/--property outgoingAlerts: found nothing that is claimed of continuous/);
  expect(unclaimed.status).toBe(2);
});

describe('what a file expects', () => {
  test('is where it is checked, and everything as expected is green although calls are lost', () => {
    const { status, stdout } = ringproof('check', fileExpecting('right', right));
    expect(stdout).toMatch(/^1 Single Device Emulation +violated \*$/m);
    expect(stdout).toMatch(/^2 Continuous +holds$/m);
    expect(stdout).not.toMatch(/Standard|multi/);
    expect(stdout).toContain('\nAs expected in 2 cells.\n');
    expect(status).toBe(0);
  });

  test('is named with its line where it is wrong, whichever way', () => {
    const wrong = right.replace('holds', '[ringsOnce]').replace('[noInviteLost]', 'holds');
    const file = fileExpecting('wrong', wrong);
    const { status, stdout } = ringproof('check', file, '--property', 'noInviteLost,ringsOnce');
    expect(stdout).toContain('2 expectations are wrong:');
    expect(stdout).toMatch(
      /wrong\.yaml:9: 1 Single Device Emulation on reject: noInviteLost is violated, and is expected to hold\n +node dist\/cli\/main\.js check \S+wrong\.yaml --mode 1 --profile reject --property noInviteLost\n/,
    );
    expect(stdout).toMatch(
      /wrong\.yaml:10: 2 Continuous on reject: ringsOnce holds, and is expected to be violated\n +node dist\/cli\/main\.js check/,
    );
    expect(status).toBe(1);
  });

  test('beside another violation in the same cell is wrong as well', () => {
    const takeover = 'expect:\n  reject:\n    singleDeviceTakeover: [ringStops]\n';
    const { status, stdout } = ringproof('check', fileExpecting('another', takeover));
    expect(stdout).toMatch(/noBlackout +violated .*; expected to hold$/m);
    expect(stdout).toMatch(/ringStops +holds .*; expected to be violated$/m);
    expect(stdout).toContain('2 expectations are wrong:');
    expect(status).toBe(1);
  });

  test('leaves what is violated elsewhere a failure, where the user looks elsewhere', () => {
    const file = fileExpecting('elsewhere', right);
    const other = ringproof('check', file, '--mode', '1', '--profile', 'multi');
    expect(other.stdout).toContain('Violated where nothing is expected: 1 of 14 verdicts.');
    expect(other.status).toBe(1);
    const everywhere = ringproof('check', file, '--everywhere', '--property', 'noInviteLost', '--format', 'json');
    const { cells } = JSON.parse(everywhere.stdout) as { cells: { expected: string | null; outcome: string }[] };
    const count = (expected: string | null, outcome: string) =>
      cells.filter((cell) => cell.expected === expected && cell.outcome === outcome).length;
    expect([count('violated', 'asExpected'), count('holds', 'asExpected'), count(null, 'unexpected')]).toEqual([
      1, 1, 3,
    ]);
    expect(cells).toHaveLength(20);
    expect(everywhere.status).toBe(1);
  });

  test('narrows to the places that the user names', () => {
    const { status, stdout } = ringproof('check', fileExpecting('narrow', right), '--profile', 'reject', '--mode', '2');
    expect(stdout).toContain('As expected in one cell; 1 of 2 cells with an expectation were not run.');
    expect(status).toBe(0);
  });

  test('is not judged of other runs than those it speaks of', () => {
    const { status, stdout } = ringproof('check', fileExpecting('other', right), '--faults', '1');
    expect(stdout).toContain('What is expected is said of a file as it is, and so not judged here.');
    expect(status).toBe(1);
  });

  test('is undecided, and never green, where a verdict is', () => {
    const short = ['check', 'home-open-home', '--mode', '1', '--profile', 'hold', '--memory', '1MB'];
    const { status, stdout } = ringproof(...short);
    expect(stdout).toMatch(/^Undecided: \d+ of 14 verdicts; 19 of 20 cells with an expectation were not run\.$/m);
    expect(stdout).not.toContain('As expected');
    expect(status).toBe(3);
    expect(ringproof(...short, '--format', 'junit').stdout).toMatch(/<error message="inconclusive">/);
  });

  test('in JUnit: an expected violation is skipped as an expected failure, a wrong expectation fails', () => {
    const wrong = right.replace('holds', '[ringsOnce]');
    const { stdout } = ringproof('check', fileExpecting('junit', wrong), '--format', 'junit');
    expect(stdout).toMatch(/tests="27" failures="1" errors="0" skipped="1">/);
    expect(stdout).toMatch(
      /name="noInviteLost"><skipped type="expected-failure" message="violated, as expected: Call 1/,
    );
    expect(stdout).toContain('<failure message="ringsOnce holds, and is expected to be violated">');
  });
});

describe('a kept regression', () => {
  const gap = ['check', 'call-while-going-to-background', '--mode', '1'];

  test('is green, and expects what check finds in it', () => {
    const file = join(folder, 'regression.yaml');
    ringproof(...gap, '--profile', 'reject', '--property', 'noInviteLost', '--save', file);
    expect(parse(readFileSync(file, 'utf8')).expect).toEqual({ reject: { singleDeviceEmulation: ['noInviteLost'] } });
    expect(ringproof('check', file)).toMatchObject({ status: 0 });
  });

  test('of a fuzzed scenario is green as well', () => {
    const file = join(folder, 'fuzzed.yaml');
    ringproof('fuzz', '--mode', '1', '--runs', '2000', '--output', file);
    expect(ringproof('check', file)).toMatchObject({ status: 0 });
  });

  test('on a server of the user’s own is read beside that server', () => {
    const server = join(folder, 'server.yaml');
    writeFileSync(server, 'name: our-own\nextends: reject\n');
    const file = join(folder, 'own.yaml');
    ringproof(...gap, '--profile', server, '--property', 'noInviteLost', '--save', file);
    const without = ringproof('check', file);
    expect(without.stderr).toMatch(/unknown server our-own; expected .*your own file which --profile names/);
    expect(without.status).toBe(2);
    const beside = ringproof('check', file, '--profile', server);
    expect(beside.stdout).toContain('As expected in one cell.');
    expect(beside.status).toBe(0);
  });
});
