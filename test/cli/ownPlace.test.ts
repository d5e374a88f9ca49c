import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CheckedCell } from '../../src/sim/jobs/cell.ts';
import { ringproof } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A phone that goes home and is called a while later. */
function fileOf(name: string, keys: string): string {
  const file = join(folder, `${name}.yaml`);
  const steps =
    'steps:\n  - { at: 1s, do: open }\n  - { at: 5s, do: home }\n  - { at: 30s, do: dial, call: 1 }\nuntil: 60s\n';
  writeFileSync(file, `name: ${name}\ntitle: At rest\n${keys}\n${steps}`);
  return file;
}

describe('a file that names its mode and its server, where the user names none', () => {
  // The provider refuses the token: without a push the call does not come through, in this mode alone.
  const file = fileOf('refused', 'mode: sipServerPushes\nserver: kamailio-tsilo\npushProvider: unsupported');
  const places = ['kamailio-tsilo', 'opensips-push'];

  test('is checked there, and where that mode is meant to be; what does not fit is said to be left out', () => {
    const { status, stdout, stderr } = ringproof('check', file, '--property', 'noInviteLost', '--format', 'json');
    const { cells } = JSON.parse(stdout) as { cells: CheckedCell[] };
    expect(cells.filter(({ verdict }) => verdict === 'violated').map(({ profile }) => profile)).toEqual(
      expect.arrayContaining(places),
    );
    expect([...new Set(cells.map(({ mode }) => mode))]).toEqual(['sipServerPushes']);
    expect(stderr).toBe(
      'left out: pushProvider in mode standard, and in singleDeviceEmulation, continuous, singleDeviceTakeover; expected mode sipServerPushes: in others the SIP server is told no push token\n',
    );
    expect(status).toBe(1);
  });

  test('is swept there', () => {
    const { status, stdout } = ringproof('sweep', file, '--format', 'json', '--precision', '20%');
    const { cells } = JSON.parse(stdout) as { cells: { readonly profile: string }[] };
    for (const place of places) {
      const cell = cells.find(({ profile }) => profile === place);
      expect(cell, place).toMatchObject({ mode: 'sipServerPushes', loss: { share: 1 } });
    }
    expect(status).toBe(1);
  });

  test('whose mode is one variant among others is checked in it beside the usual ones', () => {
    const { stdout } = ringproof(
      'check',
      fileOf('swapped', 'mode: swap'),
      '--property',
      'noInviteLost',
      '--format',
      'json',
    );
    const { cells } = JSON.parse(stdout) as { cells: CheckedCell[] };
    expect([...new Set(cells.map(({ mode }) => mode))]).toEqual([
      ...['standard', 'singleDeviceEmulation', 'continuous', 'singleDeviceTakeover', 'swap'],
    ]);
  });
});
