import { describe, expect, test } from 'vitest';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { replay } from '../../src/sim/run/replay.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { designScenarios, effectOf, violatedIn } from '../support/fieldScenarios.ts';

const runs = 10;

describe.each(designScenarios.map((document) => [document.name, document] as const))('designs/%s', (_, document) => {
  const cells = Object.entries(document.expect ?? {}).flatMap(([server, byMode]) =>
    Object.entries(byMode).map(([mode, expected]) => [mode as ModeName, server, expected] as const),
  );

  test(`violates just what it says, for every order and delay, in ${cells.length} cells, and runs nothing else`, () => {
    expect(cells.length).toBeGreaterThan(0);
    for (const [mode, server, expected] of cells) {
      const violated = violatedIn(document, mode, server);
      expect(violated.length === 0 ? 'holds' : violated, `${mode} on ${server}`).toEqual(expected);
      const scenario = scenarioIn(document, mode, everyServerProfile[server as keyof typeof everyServerProfile]);
      for (let seed = 1; seed <= runs; seed++) {
        const trace = simulate(scenario, seed);
        for (const { property, verdict } of trace.verdicts) {
          if (verdict === 'violated') expect(violated, `${mode} on ${server}, seed ${seed}`).toContain(property);
        }
        if (seed === 1) expect(replay(trace, 'trace').digest).toBe(trace.digest);
      }
    }
  });

  if (document.mitigation !== undefined) {
    test('is cured by its mitigation of something', () => expect(effectOf(document).caught).not.toEqual([]));
  }
});
