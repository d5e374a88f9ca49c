import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { afterAll, describe, expect, test } from 'vitest';
import { ringproof } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sweep = (...args: string[]) =>
  ringproof('sweep', 'call-while-going-to-background', '--profile', 'reject', '--runs', '60', ...args);

const pageIn = (file: string) => parseHTML(readFileSync(file, 'utf8')).document;

describe('the report of a sweep', () => {
  const file = join(folder, 'sweep.html');

  test('has the figures of the terminal, with its pictures, and is the same each time', () => {
    const { stdout, stderr } = sweep('--report', file);
    expect(stderr).toBe('');
    const [, lost] = /^1 Single Device Emulation +(\S+ ±\S+)/m.exec(stdout) ?? [];
    const page = pageIn(file);
    expect(page.querySelector('.lead')?.textContent).toContain(`1 Single Device Emulation loses ${lost} %`);
    expect(page.querySelectorAll('svg[aria-label="Calls lost"] circle')).toHaveLength(4);
    const said = [...page.querySelectorAll('h3')].map(({ textContent }) => textContent);
    expect(said).toEqual(expect.arrayContaining(['Time to alert', 'Gaps', 'Load of one user and day']));
    expect(page.querySelector('section:last-of-type')?.textContent).toContain('drawn evenly from their windows');
    const before = readFileSync(file, 'utf8');
    sweep('--report', file, '--force');
    expect(readFileSync(file, 'utf8').replace(' --force', '')).toBe(before);
  });

  test('overwrites nothing, and goes to a file', () => {
    const before = readFileSync(file, 'utf8');
    const { status, stderr } = sweep('--report', file);
    expect(status).toBe(2);
    expect(stderr).toMatch(/a file that already exists; expected a new name, or --force/);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(sweep('--report', '-')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/the name of a new file/),
    });
  });

  test('is none of a module', () => {
    const { status, stderr } = ringproof('sweep', 'examples/own/lock.ts', '--report', join(folder, 'module.html'));
    expect(status).toBe(2);
    expect(stderr).toMatch(/--report: found an option for scenario files/);
  });
});

test('the report of a fleet has losses, waits and the load of each server over its day', () => {
  const file = join(folder, 'fleet.html');
  const fleet = ['fleet', '--users', '20', '--workload', 'office', '--mode', '0,1', '--profile', 'kamailio'];
  const { stdout, stderr } = ringproof(...fleet, '--restart', 'push-server@09:30', '--report', file, '--charts');
  expect(stderr).toBe('');
  expect(stdout).toMatch(
    /\nREGISTERs after the restart of the push-server: .* at 09:30\n\n {2}0 Standard\n *[\d.]+\/s┤/,
  );
  const page = pageIn(file);
  expect([...page.querySelectorAll('svg')].map((one) => one.getAttribute('aria-label'))).toEqual([
    'Calls lost a day',
    'Wait of the caller',
    'REGISTER',
    'INVITE',
    'Pushes',
    'REGISTERs after the restart of the push-server',
  ]);
  expect(page.querySelector('svg[aria-label="REGISTER"]')?.textContent).toContain('restart of the push-server');
  const heads = [...page.querySelectorAll('th')].map((one) => one.textContent);
  expect(heads).toEqual(expect.arrayContaining(['calls lost a day', 'wait p50, p95', 'calls lost until then']));
  expect(page.body.textContent).toMatch(/Of \d+ calls a day [\w ]+ on kamailio loses \d+ calls \[/);
});
