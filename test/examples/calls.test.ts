import { describe, expect, test } from 'vitest';
import { mitigated } from '../../src/sim/scenarioFile/mitigated.ts';
import { callScenarios, violatedIn } from '../support/fieldScenarios.ts';
import { cellsOf, expectDecided, expectRuns } from './cells.ts';

describe.each(callScenarios.map((document) => [document.name, document] as const))('calls/%s', (_, document) => {
  const cells = cellsOf(document);

  test(`violates just what it says, for every order and delay, in ${cells.length} cells, and runs nothing else`, () => {
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells) expectRuns(document, cell, expectDecided(document, cell), 20);
  });

  if (document.mitigation !== undefined) {
    test('loses no call with its mitigation', () => {
      for (const [mode, server, expected] of cells) {
        expect(expected).toContain('noInviteLost');
        expect(violatedIn(mitigated(document), mode, server)).not.toContain('noInviteLost');
      }
    });
  }
});
