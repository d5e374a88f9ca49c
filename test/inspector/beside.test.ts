import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignRuns } from '../../src/inspector/model/alignedRuns.ts';
import { experimentOf } from '../../src/inspector/model/experiment.ts';
import { predictionOf } from '../../src/inspector/model/prediction.ts';
import { ladderModel } from '../../src/sim/report/ladderModel.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { TraceBody } from '../../src/sim/trace/trace.ts';
import { runAgainst } from '../live/virtualRun.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { axeViolations, inBrowser, inspect, theLost } from './browser.ts';

const rowsOf = (mode: 'standard' | 'singleDeviceEmulation', seed: number) =>
  ladderModel(
    simulate(
      scenarioOf(
        {
          steps: [
            { at: '1s', do: 'open' },
            { at: '9s', do: 'home' },
          ],
        },
        mode,
      ),
      seed,
    ),
    {},
  ).rows.filter(({ kind }) => kind === 'message');

const labelOf = (row: { readonly kind: string }) => ('label' in row ? String(row.label) : '');

describe('two runs beside each other', () => {
  test('have every row of both, each in its order, and what is one line says the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), (one, other) => {
        const [first, second] = [rowsOf('standard', one), rowsOf('singleDeviceEmulation', other)];
        const aligned = alignRuns(first, second, labelOf);
        expect(aligned.flatMap(({ rows: [left] }) => left ?? [])).toEqual(first);
        expect(aligned.flatMap(({ rows: [, right] }) => right ?? [])).toEqual(second);
        for (const { change, rows } of aligned) {
          const [left, right] = rows;
          if (change === 'same') expect(left && labelOf(left)).toBe(right && labelOf(right));
          else expect(left === null || right === null).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('of one and the same run do not differ', () => {
    const rows = rowsOf('standard', 1);
    expect(alignRuns(rows, rows, labelOf).every(({ change }) => change === 'same')).toBe(true);
  });
});

inBrowser.each([
  ['light', 1440],
  ['dark', 320],
] as const)(
  'a run is read beside another mode, and beside what it was before a change, in %s, %d pixels wide',
  async (colorScheme, width) => {
    const visited = await inspect(theLost, { colorScheme, viewport: { width, height: 900 } });
    const { page } = visited;
    await page.waitForSelector('.choices button');
    await page.keyboard.press('s');
    await page.waitForSelector('.two-runs[aria-busy="false"] tbody tr');
    await page.waitForSelector('.two-runs th:has-text("Standard")');
    await page.waitForSelector('.two-runs .new:has-text("noInviteLost: call 1 was lost")');
    // The step that is looked at is in view, and stays so, below the heads of the columns.
    const isInView = () =>
      page.evaluate<boolean>(`(() => {
        const [top, row, bottom] = [
          document.querySelector('.two-runs thead').getBoundingClientRect().bottom,
          document.querySelector('.two-runs [aria-current="step"]').getBoundingClientRect(),
          Math.min(innerHeight, document.querySelector('.two-runs').getBoundingClientRect().bottom),
        ];
        return row.top >= top - 1 && row.bottom <= bottom + 1;
      })()`);
    for (const key of ['', 'End', 'k', 'k', 'Home', 'v']) {
      if (key !== '') await page.keyboard.press(key);
      await expect.poll(isInView).toBe(true);
    }
    expect(await axeViolations(visited)).toEqual([]);
    await page.click('.two-runs [aria-label="Select step 19"]');
    await page.waitForSelector('.two-runs [aria-current="step"]:has-text("INVITE call 1")');
    await page.click('.faults button:has-text("Drop")');
    await page.waitForSelector('main[aria-busy="false"] .changed:has-text("one change")');
    await page.selectOption('[aria-label="Beside this run"]', 'before');
    await page.waitForSelector('.two-runs[aria-busy="false"] th:has-text("before the last change")');
    expect(await page.locator('.two-runs [role=status]').textContent()).toMatch(
      /^\d+ of \d+ rows are of one run only$/,
    );
    expect(visited.faults).toEqual([]);
  },
);

describe('a live run in which something was unforeseen', async () => {
  const { trace, record } = await runAgainst(
    scenarioOf(
      {
        steps: [
          { at: '1s', do: 'open' },
          { at: '9s', do: 'home' },
        ],
      },
      'standard',
    ),
    ({ method }) => (method === 'REGISTER' ? 603 : null),
  );
  const predicted = predictionOf(experimentOf(trace));

  test('was predicted to go on as the model would have, with the delays that it had', () => {
    expect(record.unforeseen.length).toBeGreaterThan(0);
    const types = (of: TraceBody | null) => of?.records.map(({ event }) => event.type) ?? [];
    expect(types(trace)).toContain('REGISTER.refused');
    expect(types(predicted)).not.toContain('REGISTER.refused');
    expect(types(predicted)).toContain('REGISTER.200');
    const first = ({ records }: TraceBody) => records.find(({ event }) => event.type === 'REGISTER');
    expect(predicted && first(predicted)?.atMs).toBe(first(trace)?.atMs);
  });

  test('is its own prediction where all was foreseen, as is what no server took part in', () => {
    const seeded = simulate(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }, 'standard'), 3);
    expect(predictionOf(experimentOf(seeded))).toBeNull();
    expect(predictionOf(experimentOf({ ...seeded, seed: null }))).toBeNull();
  });

  inBrowser('is opened beside its prediction', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ringproof-live-'));
    const file = join(folder, 'live.json');
    writeFileSync(file, JSON.stringify(trace));
    const visited = await inspect([file]);
    const { page } = visited;
    await page.waitForSelector('.two-runs[aria-busy="false"] th:has-text("as predicted")');
    const side = (column: number) => page.locator(`.two-runs tbody tr.new td:nth-child(${column})`).allTextContents();
    expect((await side(2)).join()).toContain('603');
    expect((await page.locator('.two-runs tbody tr.gone td:first-child').allTextContents()).join()).toContain('200 OK');
    expect(await axeViolations(visited)).toEqual([]);
    await page.keyboard.press('s');
    expect(await page.locator('[aria-label="Beside this run"] option').allTextContents()).toContain(
      'beside: as predicted',
    );
    expect(visited.faults).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
