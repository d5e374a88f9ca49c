import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Compared } from '../../src/sim/jobs/compared.ts';
import { renderComparison } from '../../src/sim/summary/comparison.ts';
import { ringproof } from '../support/commandLine.ts';

/** Designs beside each other: what is proved of each on a server, and what it costs. */

const asked = ['call-while-going-to-background', '--runs', '2'];

test('mode 1 loses a call on an ordinary server, where a server that pushes loses none', () => {
  const { status, stdout } = ringproof('compare', ...asked, '-d', '1,sipServerPushes', '--profile', 'opensips-push');
  expect(stdout).toMatch(/^1 Single Device Emulation +in 1 of 1 +\S+ +never /m);
  expect(stdout).toMatch(/^\+ The SIP server pushes \(RFC 8599\) +none +none +\d+ms /m);
  expect(stdout).not.toContain('is assumed');
  expect(status).toBe(0);
});

test('the JSON is the same whatever the number of workers', () => {
  const json = (jobs: string) =>
    ringproof('compare', ...asked, '-d', '2,0', '-p', 'kamailio', '--format', 'json', '--jobs', jobs).stdout;
  expect(json('2')).toBe(json('1'));
  const { cells } = JSON.parse(json('2'));
  expect(cells).toHaveLength(2);
  expect(cells[1]).toMatchObject({ scenario: 'call-while-going-to-background', mode: 'standard', profile: 'kamailio' });
});

test('what is wrong is said before anything is explored', () => {
  expect(ringproof('compare', 'call-while-suspendet')).toMatchObject({ status: 2 });
  expect(ringproof('compare', '--runs', '0')).toMatchObject({ status: 2 });
});

test('--designs names the designs, each once, and a word that is none is refused with the nearest one', () => {
  const { stdout } = ringproof('compare', ...asked, '-p', 'overwrite', '--designs', '3,sessionTalkMultiple,3');
  expect(stdout.match(/^[0-9+] /gm)).toEqual(['3 ', '+ ']);
  expect(stdout).toMatch(/^\+ SessionTalk Multiple Registrations +in 1 of 1 /m);
  const wrong = ringproof('compare', '--designs', 'sessionTalkSingel');
  expect(wrong).toMatchObject({ status: 2, stdout: '' });
  expect(wrong.stderr).toContain('did you mean sessionTalkSingle?');
  expect(ringproof('compare', '--designs', 'sipis', '--variants')).toMatchObject({ status: 2, stdout: '' });
});

test('what is undecided is no success', () => {
  const open: Compared = {
    ...({ scenario: 'one', mode: 'standard', profile: 'multi', verdict: 'inconclusive' } as const),
    ...{ hasCall: true, longestGapMs: null, worstAlertMs: null, registers: 1, pushes: 0 },
  };
  const palette = { good: (text: string) => `good ${text}`, bad: (text: string) => `bad ${text}`, dim: String };
  const text = renderComparison(
    [open, { ...open, scenario: 'two', verdict: 'holds', longestGapMs: 0, worstAlertMs: 5 }],
    {
      ...{ palette, serverTitles: {}, assumesPushes: [] },
    },
  );
  expect(text).not.toContain('is assumed');
  const assumed = renderComparison([open], { palette, serverTitles: {}, assumesPushes: ['multi'] });
  expect(assumed).toContain('that it pushes, and how, is assumed');
  expect(text).toMatch(/^bad 0 Standard +undecided +undecided +undecided +1\.0 +0\.0$/m);
});

test('where nobody calls no call is lost, and none is saved', () => {
  const nobody: Compared = {
    ...({ scenario: 'quiet', mode: 'standard', profile: 'multi', verdict: 'holds', hasCall: false } as const),
    ...{ longestGapMs: 0, worstAlertMs: 0, registers: 1, pushes: 0 },
  };
  const palette = { good: (text: string) => `good ${text}`, bad: (text: string) => `bad ${text}`, dim: String };
  const shown = (...cells: Compared[]) =>
    renderComparison(cells, { palette, serverTitles: {}, assumesPushes: [] }).split('\n')[2];
  expect(shown(nobody)).toMatch(/^0 Standard +no call +none +no call +1\.0 +0\.0$/);
  const called: Compared = { ...nobody, scenario: 'called', hasCall: true, verdict: 'violated', worstAlertMs: null };
  expect(shown(nobody, called)).toMatch(/^bad 0 Standard +in 1 of 1 +none +never /);
});

test('a design without a push server is left out where that has two nodes, and refused where it is named', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'ringproof-')), 'two.yaml');
  writeFileSync(
    file,
    'name: two\ntitle: Two\nuntil: 1s\ntopology: { nodes: {} }\nsteps:\n  - { at: 50ms, do: open }\n  - { at: 60ms, do: upgradePushServer }\n',
  );
  const { status, stdout, stderr } = ringproof('compare', file, '-p', 'overwrite', '--runs', '1', '--jobs', '1');
  expect(stdout.match(/^[0-9+] /gm)).toEqual(['0 ', '1 ', '2 ', '3 ']);
  expect(stdout).not.toContain('is assumed');
  expect(stderr).toBe(
    'left out: mode sipServerPushes with `topology.nodes`; expected another mode: a SIP server that pushes has no push server with nodes\n',
  );
  expect(status).toBe(0);
  expect(ringproof('compare', file, '-d', 'sipServerPushes').stderr).toContain(
    'two.yaml:4: found mode sipServerPushes',
  );
  rmSync(dirname(file), { recursive: true });
});

test('whether there is a call is said of each scenario', () => {
  const { stdout } = ringproof(
    'compare',
    'log-out-racing-a-refresh',
    ...asked,
    '-d',
    '2',
    '-p',
    'multi',
    '--format',
    'json',
  );
  const { cells } = JSON.parse(stdout);
  const hasCall = (name: string) => cells.find(({ scenario }: Compared) => scenario === name)?.hasCall;
  expect([hasCall('log-out-racing-a-refresh'), hasCall('call-while-going-to-background')]).toEqual([false, true]);
});
