import { test } from 'vitest';
import { check } from '../src/sim/check/check.ts';
import { registrationModeNames } from '../src/machines/registrationModes.ts';
import { serverProfiles } from '../src/profiles/servers.ts';
import { resolveScenario } from '../src/sim/scenario/resolve.ts';
import { defineWorld } from '../src/sim/world/definition.ts';
import { example, exampleNames } from './support/scenarios.ts';
test('m', () => {
  const env = process.env as Record<string, string>;
  const names = env.EX ? env.EX.split(',') : exampleNames;
  let total = 0;
  for (const name of names) for (const mode of (env.RMODE ? [env.RMODE] : registrationModeNames)) for (const server of Object.values(serverProfiles)) {
    if (env.SERVER && env.SERVER !== server.name) continue;
    const definition = defineWorld(resolveScenario(example(name), serverProfiles, { mode: mode as never, server }));
    const t = performance.now();
    let label = `${name.padEnd(34)} ${mode.padEnd(22)} ${server.name}`;
    try {
      const r = check(definition, { budget: { losses: Number(env.LOSS ?? 0), duplicates: 0 }, onProgress: () => performance.now() - t < 20_000 });
      const ms = performance.now() - t; total += ms;
      const bad = r.decisions.filter(d => d.verdict !== 'holds').map(d => d.property + (d.verdict === 'inconclusive' ? '?' : `:${d.counterexample?.events}/${d.counterexample?.slackMs}`));
      const expected = example(name).expect?.[server.name]?.[mode as never] as never;
      const mine = r.decisions.filter(d => d.verdict === 'violated').map(d => d.property).join() || 'holds';
      console.log(label, r.extent.ending, 'cls', r.extent.classes, 'sit', r.extent.situations, `${ms.toFixed(0)}ms`, bad.join(' '), mine === String(expected) ? '' : `EXPECTED ${expected}`);
    } catch (e) { console.log(label, 'ERROR', (e as Error).message); }
  }
  console.log('cls total', total);
}, 1e9);
