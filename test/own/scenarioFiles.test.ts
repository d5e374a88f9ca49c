import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { scenarioFiles } from 'ringproof/vitest';
import { afterAll, describe, expect, test } from 'vitest';
import { gap } from './gap.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function folderWith(name: string, files: Readonly<Record<string, object | string>>): string {
  const made = join(folder, name);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(made, file, '..'), { recursive: true });
    writeFileSync(join(made, file), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return made;
}

describe('Scenario files as rows of tests', () => {
  test('are found in folders below too, one row for each place, and judged by what they expect', async () => {
    const expect_ = { reject: { singleDeviceEmulation: ['noInviteLost'], continuous: 'holds' } };
    const made = folderWith('kept', {
      'b.yaml': { ...gap, expect: expect_ },
      'deep/a.yml': { ...gap, name: 'other', expect: { multi: { standard: 'holds' } } },
      'README.md': 'no scenario',
    });
    const rows = scenarioFiles(made);
    expect(rows.map(([name]) => name)).toEqual([
      'b.yaml: 1 Single Device Emulation on reject',
      'b.yaml: 2 Continuous on reject',
      'deep/a.yml: 0 Standard on multi',
    ]);
    expect(scenarioFiles(pathToFileURL(made))).toEqual(rows);
    const [violated, holds] = rows.map(([, scenario]) => scenario);
    await expect(violated).toBeAsExpected();
    await expect(holds).toBeAsExpected();
  });

  test.each([
    [
      'a violation that is not expected',
      { reject: { singleDeviceEmulation: 'holds' } },
      /^noInviteLost is violated, and is expected to hold\nCall 1 was lost/,
    ],
    [
      'one that does not come',
      { multi: { continuous: ['noInviteLost'] } },
      /^noInviteLost holds, and is expected to be violated$/,
    ],
  ])('are red for %s', async (name, said, message) => {
    const [row] = scenarioFiles(folderWith(name, { 'a.yaml': { ...gap, expect: said } }));
    await expect(expect(row?.[1]).toBeAsExpected()).rejects.toThrow(message);
  });

  test('are red for what is not decided', async () => {
    const said = { multi: { continuous: 'holds' } };
    const [row] = scenarioFiles(folderWith('open', { 'a.yaml': { ...gap, expect: said } }));
    const settings = { losses: 3, maximumBytes: 1 };
    await expect(expect(row?.[1]).toBeAsExpected(settings)).rejects.toThrow(/^noInviteLost, .*: not decided$/);
  });

  test.each([
    [
      'a folder without scenarios',
      () => folderWith('empty', { 'README.md': 'nothing' }),
      /found no scenario files; expected at least one/,
    ],
    [
      'no folder',
      () => join(folder, 'misspelt'),
      /misspelt: found no such file or folder; expected a folder of scenario files/,
    ],
    ['a file', () => join(folderWith('file', { 'a.yaml': gap }), 'a.yaml'), /found a file where a folder should be/],
    [
      'a file that expects nothing',
      () => folderWith('silent', { 'a.yaml': gap }),
      /a.yaml: found nothing that is expected; expected `expect`/,
    ],
    [
      'a file that is wrong',
      () => folderWith('wrong', { 'a.yaml': 'name: x\ntitle: X\nsteps:\n  - { at: 1s, do: opne }\n' }),
      /a.yaml:4: found "opne"/,
    ],
  ])('are refused for %s', (_, made, message) => {
    expect(() => scenarioFiles(made())).toThrow(
      expect.objectContaining({ name: 'InputError', message: expect.stringMatching(message) }),
    );
  });

  test('a scenario that expects nothing there is refused', async () => {
    const [row] = scenarioFiles(folderWith('else', { 'a.yaml': { ...gap, expect: { multi: { standard: 'holds' } } } }));
    const elsewhere = { ...row?.[1], mode: 'continuous' };
    for (const what of [elsewhere, undefined, 'a.yaml'])
      await expect(expect(what).toBeAsExpected()).rejects.toThrow(
        /expects nothing there; expected a row of scenarioFiles/,
      );
  });
});
