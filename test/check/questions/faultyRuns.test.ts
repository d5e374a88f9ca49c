import fc from 'fast-check';
import { expect, test } from 'vitest';
import { registrationModeNames } from '../../../src/machines/registrationModes.ts';
import { serverProfiles } from '../../../src/profiles/servers.ts';
import { check } from '../../../src/sim/check/questions/check.ts';
import { simulate } from '../../../src/sim/run/simulate.ts';
import { faultyScenario, impossibleIn } from '../../support/faultyRuns.ts';
import { scenarioOf } from '../../support/scenarios.ts';

const servers = Object.keys(serverProfiles) as (keyof typeof serverProfiles)[];

test('with any faults, what one run violates does not hold, and every counterexample is a possible run', () => {
  const counts = { violatedRuns: 0, counterexamples: 0, decided: 0, open: 0 };
  const drawn = fc.record({
    document: faultyScenario,
    mode: fc.constantFrom(...registrationModeNames),
    server: fc.constantFrom(...servers),
  });
  fc.assert(
    fc.property(drawn, ({ document, mode, server }) => {
      const scenario = scenarioOf(document, mode, server);
      const { decisions } = check(scenario);
      const verdicts = new Map(decisions.map(({ property, verdict }) => [property, verdict]));
      for (let seed = 1; seed <= 5; seed++) {
        const trace = simulate(scenario, seed);
        expect(impossibleIn(trace, scenario), `seed ${seed}`).toBeNull();
        for (const { property, verdict } of trace.verdicts) {
          if (verdict !== 'violated') continue;
          counts.violatedRuns++;
          expect(verdicts.get(property), `${property} with seed ${seed}`).not.toBe('holds');
        }
      }
      for (const { property, verdict, counterexample } of decisions) {
        counts[verdict === 'inconclusive' ? 'open' : 'decided']++;
        if (counterexample === null) continue;
        counts.counterexamples++;
        expect(impossibleIn(counterexample.trace, scenario), property).toBeNull();
        const own = counterexample.trace.verdicts.find((one) => one.property === property);
        expect(own?.verdict, property).toBe('violated');
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 150) },
  );
  if (process.env.RUNS) console.log(counts);
  expect(counts.violatedRuns).toBeGreaterThan(100);
  expect(counts.counterexamples).toBeGreaterThan(100);
  expect(counts.open).toBeLessThan(counts.decided / 10);
});
