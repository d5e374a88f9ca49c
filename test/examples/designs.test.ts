import { describe, expect, test } from 'vitest';
import { designScenarios, effectOf } from '../support/fieldScenarios.ts';
import { cellsOf, expectDecided, expectRuns } from './cells.ts';

describe.each(designScenarios.map((document) => [document.name, document] as const))('designs/%s', (_, document) => {
  const cells = cellsOf(document);

  test(`violates just what it says, for every order and delay, in ${cells.length} cells, and runs nothing else`, () => {
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells) expectRuns(document, cell, expectDecided(document, cell), 10);
  });

  if (document.mitigation !== undefined) {
    test('is cured by its mitigation of something', () => expect(effectOf(document).caught).not.toEqual([]));
  }
});
