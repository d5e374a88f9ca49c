import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ringproof } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
const file = join(folder, 'proofs.jsonl');
const cell = ['call-while-suspended', '--mode', '2', '--profile', 'multi'];

const written = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeAll(() => {
  const { status, stderr } = ringproof('check', ...cell, '--certificate', file);
  expect(stderr).toBe(
    `3 of 13 verdicts have no certificate: only what holds, and has something to judge, has one\n1 certificates in ${file}\n`,
  );
  expect(status).toBe(0);
});

describe('ringproof verify', () => {
  test('accepts what check wrote, and says what it proves', () => {
    const { status, stdout } = ringproof('verify', file);
    expect(stdout).toMatch(
      /^accepted {2}call-while-suspended, continuous on multi: noInviteLost, .* \(\d+ classes\)$/m,
    );
    expect(stdout).toContain('1 of 1 certificates accepted.');
    expect(status).toBe(0);
  });

  test('holds it to what the user names', () => {
    const named = ['--scenario', ...cell, '--property', 'noInviteLost,settles'];
    expect(ringproof('verify', file, ...named).status).toBe(0);
    const reasonWith = (...options: string[]) => {
      const { status, stdout } = ringproof('verify', file, ...options);
      expect(status).toBe(1);
      return /^refused .*: (.*)$/m.exec(stdout)?.[1];
    };
    const other = 'it is of another scenario, mode or server than those that were named';
    expect(reasonWith('--scenario', 'push-lost')).toBe(other);
    expect(reasonWith('--mode', '0')).toBe(other);
    expect(reasonWith('--profile', 'reject')).toBe(other);
    expect(reasonWith('--property', 'ringStops')).toBe('it says nothing of ringStops');
    expect(reasonWith('--faults', '1')).toBe('it allows only 0 lost and 0 doubled messages');
  });

  test('refuses what is no proof with the class that fails, after what is one', () => {
    const good = readFileSync(file, 'utf8');
    const certificate = JSON.parse(good);
    certificate.classes.splice(5, 1);
    const both = written('both.jsonl', `${good}${JSON.stringify(certificate)}\n`);
    const { status, stdout } = ringproof('verify', both, '--format', 'json');
    const { certificates } = JSON.parse(stdout);
    expect(certificates.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['accepted', 'refused']);
    expect(certificates[1].reason).toMatch(/^class \d+, then .*: leads to a situation of which there is no class$/);
    expect(status).toBe(1);
  });

  test.each([
    [
      'a line that was cut off',
      () => written('cut.jsonl', readFileSync(file, 'utf8').slice(0, 5_000)),
      /cut.jsonl:1: found no JSON/,
    ],
    ['an empty file', () => written('empty.jsonl', '\n'), /found no certificate/],
    ['a folder', () => folder, /found a directory/],
    ['no file', () => join(folder, 'none.jsonl'), /found no such file/],
    [
      'a scenario without a server',
      () => written('odd.jsonl', JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), scenario: {} })),
      /a broken certificate \(scenario.name: found nothing; expected a text\)/,
    ],
    [
      'a server that does nothing',
      () => {
        const certificate = JSON.parse(readFileSync(file, 'utf8'));
        certificate.scenario.server = { name: 'multi', title: 'None' };
        return written('server.jsonl', JSON.stringify(certificate));
      },
      /found a scenario that cannot be run/,
    ],
  ])('%s is bad input, said in a line', (_, given, said) => {
    const { status, stdout, stderr } = ringproof('verify', given());
    expect(stderr).toMatch(said);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).not.toContain('accepted');
    expect(status).toBe(2);
  });
});

describe('ringproof check --certificate', () => {
  test('what is violated has none, and no file is written', () => {
    const none = join(folder, 'violated.jsonl');
    const gap = ['call-while-going-to-background', '-m', '1', '-p', 'reject', '--property', 'noInviteLost'];
    const { stderr } = ringproof('check', ...gap, '--certificate', none);
    expect(stderr).toBe(
      `1 of 1 verdicts have no certificate: only what holds, and has something to judge, has one\nnothing to certify, so ${none} was not written\n`,
    );
    expect(existsSync(none)).toBe(false);
  });

  test('nothing is written over, and questions have no certificate', () => {
    expect(ringproof('check', ...cell, '--certificate', file).status).toBe(2);
    expect(ringproof('check', ...cell, '--untimed', '--certificate', join(folder, 'new.jsonl')).status).toBe(2);
  });
});
