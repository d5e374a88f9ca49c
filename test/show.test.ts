import { test } from 'vitest';
import { check } from '../src/sim/check/check.ts';
import { serverProfiles } from '../src/profiles/servers.ts';
import { resolveScenario } from '../src/sim/scenario/resolve.ts';
import { raceWindowLines } from '../src/sim/report/raceWindow.ts';
import { verdictSentences } from '../src/sim/report/sentence.ts';
import { example } from './support/scenarios.ts';
test('m', () => {
  const env = process.env as Record<string, string>;
  const r = check(resolveScenario(example(env.EX!), serverProfiles, { mode: env.RMODE as never, server: serverProfiles[env.SERVER as never] }));
  for (const d of r.decisions) if (d.counterexample) {
    console.log(d.property, d.counterexample.events, 'slack', d.counterexample.slackMs, '\n', verdictSentences(d.counterexample.trace)[0], '\n  ', raceWindowLines(d.counterexample.window, d.counterexample.trace).join('\n   '));
  }
});
