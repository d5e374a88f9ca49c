import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ringproof, root } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [lock, payment, handOver] = ['lock', 'payment', 'eager-push-server'].map((name) => `examples/own/${name}.ts`);

test('a system is checked for every order whatever the delays, but for what bounds time', () => {
  const { status, stdout } = ringproof('check', `${payment}`, '--untimed');
  expect(stdout).toMatch(/^ {2}chargedOnce +violated +shortest counterexample: \d+ events/);
  expect(stdout).toMatch(/every order of events whatever the delays, no faults but the scenario's, \d+ states/);
  expect(stdout).toContain('Not judged without dates: endsInTime (`withinMs`).');
  expect(status).toBe(1);
  const named = ringproof('check', `${payment}`, '--untimed', '--property', 'endsInTime');
  expect(named.stderr).toMatch(
    /found a bound in time; expected a property without `withinMs`: --untimed knows no dates/,
  );
  expect(named.status).toBe(2);
});

test('a hand-over with a machine of one’s own too', () => {
  const asked = ['--untimed', '--profile', 'multi', '--property', 'singleRegistration', '--memory', '300MB'];
  const { status, stdout, stderr } = ringproof('check', `${handOver}`, ...asked);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^ {2}singleRegistration +violated/);
  expect(status).toBe(1);
});

test('the envelope of a delay of a system is told for each property, in the same bytes for one worker and two', () => {
  const asked = (jobs: string) => ringproof('check', `${payment}`, '--envelope', 'step.1', '--jobs', jobs);
  const { status, stdout } = asked('1');
  expect(stdout).toMatch(/^ {2}endsInTime by step\.1 +holds up to 5s$/m);
  expect(status).toBe(0);
  expect(asked('2').stdout).toBe(stdout);
});

test('and of a machine in the place of ours', () => {
  const asked = ['--property', 'singleRegistration', '--envelope', 'pushServerSip.latency', '--profile', 'multi'];
  const { status, stdout } = ringproof('check', `${handOver}`, ...asked, '--format', 'json');
  const within = (latest: number) => {
    const file = join(folder, `within-${latest}.ts`);
    const text = readFileSync(join(root, `${handOver}`), 'utf8');
    writeFileSync(file, text.replace("['5ms', '400ms']", `['5ms', '${latest}ms']`));
    return ringproof('check', file, '--property', 'singleRegistration', '--profile', 'multi').status;
  };
  const [{ envelope }] = JSON.parse(stdout).answers as [{ envelope: { isDecided: boolean; safeUpToMs: number } }];
  expect(envelope.isDecided).toBe(true);
  expect([within(envelope.safeUpToMs), within(envelope.safeUpToMs + 1)]).toEqual([0, 1]);
  expect(status).toBe(0);
});

test('a model for SPIN asserts the properties of a system', () => {
  const { status, stdout } = ringproof('export', 'promela', `${payment}`);
  expect(stdout).toMatch(/^\/\* A payment, .*states of chargedOnce, endsAgree \*\/\n/);
  expect(stdout).toContain('active proctype world()');
  expect(status).toBe(0);
});

test.each([
  [['check', `${lock}`, '--envelope', 'ann.leese'], /did you mean ann\.lease\?/],
  [['check', `${lock}`, '--envelope', 'step.9'], /found step\.9 for --envelope; expected one of .*step\.3/],
  [['check', `${handOver}`, '--envelope', 'step.9'], /found step\.9 for --envelope/],
  [['check', `${lock}`, '--longest', 'blackout'], /--longest: found an option for scenario files/],
  [['export', 'promela', `${payment}`, '--property', 'endsInTime'], /--property: found endsInTime/],
  [['export', 'promela', `${lock}`, '--mode', '1'], /--mode: found an option for scenarios/],
])('%j is refused', (args, message) => {
  const { status, stderr } = ringproof(...args);
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});
