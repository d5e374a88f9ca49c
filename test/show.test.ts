import fc from 'fast-check';
import { test } from 'vitest';
import { check } from '../src/sim/check/check.ts';
import { coverageOf, missing } from '../src/sim/check/coverage.ts';
import { propertyNamed } from '../src/sim/properties/properties.ts';
import { judge } from '../src/sim/simulate.ts';
import { defineWorld } from '../src/sim/world/definition.ts';
import { anyScenario } from './support/drawnWorlds.ts';
import { racyWorlds } from './support/racyWorlds.ts';
test('m', () => {
  const t0 = performance.now();
  const defs = fc.sample(anyScenario, { numRuns: Number(process.env.N ?? 3000), seed: 1 }).map((s) => defineWorld(s));
  for (const d of defs) judge(d, 1, { properties: [] });
  const t = performance.now();
  console.log('runs', t - t0);
  for (const s of racyWorlds) { const d = defineWorld(s); defs.push(d); const a = performance.now(); const r = check(d, { properties: [propertyNamed('settles')], onProgress: () => performance.now() - a < 5000 }); console.log(r.extent.ending, r.extent.situations, performance.now() - a); }
  const t1 = performance.now();
  const c = coverageOf(defs);
  console.log('ms', performance.now() - t1);
  for (const k of ['states', 'transitions', 'guards'] as const) console.log(k, c[k].reached.size, c[k].all.size, '\n' + missing(c[k]).join('\n'));
}, 1e9);
