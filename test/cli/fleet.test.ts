import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ringproof } from '../support/commandLine.ts';

const fleet = (...args: string[]) => ringproof('fleet', '--users', '1000', '--mode', '1', ...args);

test('a fleet is the same on one worker and on two', () => {
  const args = ['--workload', 'home', '--sample', '300', '--format', 'json'];
  const [one, two] = [fleet(...args, '--jobs', '1'), fleet(...args, '--jobs', '2')];
  expect(one.status).toBe(0);
  expect(two.stdout).toBe(one.stdout);
  const { users, cells } = JSON.parse(one.stdout);
  expect([users, cells.length, cells[0].simulated]).toEqual([1_000, 1, 300]);
  expect(cells[0].byMinute.registerPerSecond.length).toBe(1_440);
});

test('a server that never catches up is undecided, and said to be so', () => {
  const { stdout, stderr, status } = fleet('--workload', 'home', '--sample', '200', '--server-rate', '100');
  expect([status, stderr]).toEqual([0, '']);
  // Charts are for terminals.
  expect(stdout).not.toContain('┤');
  expect(stdout).toContain('1,000 users, a day of home: 200 phones simulated, each for 5 users');
  const slow = ringproof(
    'fleet',
    '--users',
    '400',
    '--mode',
    '0',
    '--workload',
    'home',
    '--server-rate',
    '1',
    '--sample',
    '400',
  );
  expect(slow.status).toBe(3);
  expect(slow.stderr).toContain('it does not recover');
});

test('of two nodes of the push server the one that is restarted is followed by the other', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'ringproof-nodes-')), 'nodes.yaml');
  const text = 'name: nodes\ntitle: Two nodes\nworkload: home\nsteps: []\n';
  const lastedOf = (more: string): number => {
    writeFileSync(file, `${text}${more}`);
    const asked = ['--users', '20', '--mode', '2', '--profile', 'kamailio', '--restart', 'push-server@10:00'];
    const { status, stdout } = ringproof('fleet', file, ...asked, '--format', 'json');
    expect(status).toBe(0);
    return JSON.parse(stdout).cells[0].days[0].aftermath.reachableAfterMs;
  };
  expect(lastedOf('topology: { nodes: {} }\n')).toBeLessThan(5_000);
  expect(lastedOf('')).toBeGreaterThan(15_000);
});

test.each([
  ['no users', ['--users', '0'], /expected a whole number from 1/],
  ['no workload', [], /found no workload; expected --workload with one of office, home/],
  ['an unknown workload', ['--workload', 'ofice'], /did you mean office\?/],
  ['a scenario without one', ['push-lost'], /found a scenario without a workload/],
  [
    'a call beside a workload that is named',
    ['push-lost', '--workload', 'home'],
    /^examples\/push-lost\.yaml:\d+: found dial beside a workload; expected no such step/,
  ],
  ['a rate of nothing', ['--workload', 'home', '--server-rate', '0'], /expected a whole number from 1/],
  ['a quota of nothing', ['--workload', 'home', '--push-quota', '0'], /expected a whole number from 1/],
  [
    'room at no server',
    ['--workload', 'home', '--server-room', '9'],
    /found no rate of the server; expected --server-rate/,
  ],
  ['charts in numbers', ['--workload', 'home', '--charts', '--format', 'csv'], /--charts: found --format csv with it/],
  [
    'a back-off from nobody',
    ['--workload', 'home', '--retry', 'backsOff'],
    /--retry: found no server that answers with Retry-After; expected --server-rate with it/,
  ],
  [
    'a quota that has no room for what one phone stands for',
    ['--workload', 'home', '--users', '5000', '--sample', '100', '--push-quota', '20'],
    /^--sample: found room for 20 requests to push, of which each of 100 simulated phones stands for 50; expected 2500 or more/,
  ],
  [
    'a quota of which no sample is fine enough',
    ['--workload', 'home', '--users', '1000000000', '--push-quota', '900'],
    /^--push-quota: found room for 900 requests to push, .* expected fewer users, or one with room for 200000/,
  ],
  ['jitter of nobody', ['--workload', 'home', '--jitter', '1s'], /found no restart of the push server/],
  ['a restart at no time', ['--workload', 'home', '--restart', 'push-server@25:00'], /expected push-server@HH:MM/],
  [
    'the restart of a push server that is not there',
    ['--workload', 'home', '--mode', 'sipServerPushes', '--profile', 'flexisip', '--restart', 'push-server@10:00'],
    /found push-server in mode sipServerPushes, which has none/,
  ],
  [
    'a server for which the sample is too coarse',
    ['--workload', 'home', '--users', '1000000', '--sample', '100', '--server-rate', '1000'],
    /found room for 1000 requests, of which each of 100 simulated phones stands for 10000; expected 10000 or more/,
  ],
])('%s is refused in one line', (_, args, message) => {
  const { stdout, stderr, status } = fleet(...args);
  expect([stdout, status]).toEqual(['', 2]);
  expect(stderr).toMatch(message);
});

test('what was refused before a restart is said of each day, in the report too', () => {
  const report = join(mkdtempSync(join(tmpdir(), 'ringproof-fleet-')), 'report.html');
  const slow = ['--users', '60', '--workload', 'office', '--server-rate', '1', '--server-room', '2', '--days', '2'];
  const restart = ['--restart', 'push-server@12:00', '--report', report];
  const { stdout } = ringproof('fleet', '--mode', '0', ...slow, ...restart);
  const said = /0 Standard on multi: [\d,]+ to [\d,]+ requests on each day were refused before the restart/;
  expect(stdout).toMatch(said);
  expect(stdout).not.toMatch(/not that day that day|after not/);
  expect(readFileSync(report, 'utf8')).toMatch(said);
  const idle = ringproof('fleet', '--mode', '0', '--users', '20', '--workload', 'home', '--push-quota', '1000');
  expect(idle.stdout).toContain('the push service refuses nothing\n');
  expect(idle.stdout).not.toContain('before the restart');
});
