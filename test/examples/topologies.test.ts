import { expect, test } from 'vitest';
import { topologyScenarios } from '../support/fieldScenarios.ts';
import { cellsOf, expectDecided, expectRuns } from './cells.ts';

test.each(topologyScenarios.map((document) => [document.name, document] as const))(
  'topologies/%s violates just what it says, for every order and delay, and runs nothing else',
  (_, document) => {
    const cells = cellsOf(document);
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells) expectRuns(document, cell, expectDecided(document, cell), 2);
  },
);
