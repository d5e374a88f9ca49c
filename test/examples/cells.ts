import { expect } from 'vitest';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { replay } from '../../src/sim/run/replay.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { violatedIn } from '../support/fieldScenarios.ts';

/** A mode on a server, and what a scenario expects there. */
export type Cell = readonly [mode: ModeName, server: string, expected: unknown];

/** The cells of which a scenario says what it violates there. */
export const cellsOf = ({ expect: expected = {} }: ScenarioDocument): Cell[] =>
  Object.entries(expected).flatMap(([server, byMode]) =>
    Object.entries(byMode).map(([mode, violated]) => [mode as ModeName, server, violated] as const),
  );

/** The scenario violates there what it says, and nothing else. Returns what that is. */
export function expectDecided(document: ScenarioDocument, [mode, server, expected]: Cell): string[] {
  const violated = violatedIn(document, mode, server);
  expect(violated.length === 0 ? 'holds' : violated, `${mode} on ${server}`).toEqual(expected);
  return violated;
}

/** That many runs violate nothing besides, and the first is replayed to the same digest. */
export function expectRuns(document: ScenarioDocument, [mode, server]: Cell, violated: string[], runs: number): void {
  const scenario = scenarioIn(document, mode, everyServerProfile[server as keyof typeof everyServerProfile]);
  for (let seed = 1; seed <= runs; seed++) {
    const trace = simulate(scenario, seed);
    for (const { property, verdict } of trace.verdicts) {
      if (verdict === 'violated') expect(violated, `${mode} on ${server}, seed ${seed}`).toContain(property);
    }
    if (seed === 1) expect(replay(trace, 'trace').digest).toBe(trace.digest);
  }
}
