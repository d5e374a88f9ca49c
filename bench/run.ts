import process from 'node:process';
import { serverProfiles } from '../src/profiles/servers.ts';
import { properties } from '../src/sim/properties/properties.ts';
import { Run } from '../src/sim/run/run.ts';
import { SeededSchedule } from '../src/sim/run/seededSchedule.ts';
import type { ScenarioDocument } from '../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../src/sim/sipWorld/definition.ts';
import { prepareActors } from '../test/support/actorOracle.ts';
import { exactTiming } from '../test/support/exactTiming.ts';
import { benchCertificates } from './certificates.ts';
import { benchClasses } from './classes.ts';
import { benchMillion } from './million.ts';
import { runWithSimulatedClock } from './simulatedClock.ts';
import { benchUntimed } from './untimed.ts';

/** One hand-over with one call in it, over links that lose 1 % of the datagrams. */
const document: ScenarioDocument = {
  name: 'bench',
  title: 'A call in a hand-over',
  timing: exactTiming,
  links: { appSip: { loss: 0.01 }, pushServerSip: { loss: 0.01 } },
  steps: [
    { at: '1s', do: 'open' },
    { at: '10s', do: 'home' },
    { at: ['10s', '12s'], do: 'dial', call: 1 },
  ],
};

const scenario = resolveScenario(document, serverProfiles, {
  mode: 'singleDeviceEmulation',
  server: serverProfiles.reject,
});
const definition = defineWorld(scenario);
const actors = prepareActors(scenario);

const throughWorld = (judged: typeof properties) => (seed: number) => {
  const run = new Run(definition, new SeededSchedule(definition, seed), { record: false, properties: judged });
  return run.finish();
};

/** Runs per second over about `forMs`, seeds counting up. */
function runsPerSecond(run: (seed: number) => unknown, forMs: number): number {
  const start = performance.now();
  let runs = 0;
  let elapsed = 0;
  for (; elapsed < forMs; elapsed = performance.now() - start) for (let more = 0; more < 10; more++) run(runs++);
  return (1000 * runs) / elapsed;
}

const median = (values: number[]): number => values.sort((one, other) => one - other)[values.length >> 1] ?? 0;

const bare = throughWorld([]);
const judged = throughWorld(properties);
let events = 0;
for (let seed = 0; seed < 1_000; seed++) events += bare(seed) / 1_000;

const rounds = [1, 2, 3, 4, 5].map(() => ({
  world: runsPerSecond(bare, 1_000),
  judged: runsPerSecond(judged, 1_000),
  actors: runsPerSecond((seed) => runWithSimulatedClock(actors, seed), 1_000),
}));
const row = (name: string, perSecond: number) =>
  `${name.padEnd(44)}${Math.round(perSecond).toLocaleString('en-US').padStart(10)} runs/s ${Math.round(
    perSecond * events,
  )
    .toLocaleString('en-US')
    .padStart(12)} events/s`;

process.stdout.write(
  `${[
    `One hand-over with a call, ${events.toFixed(1)} events a run; medians of 5 rounds of 1 s each.`,
    row('world', median(rounds.map(({ world }) => world))),
    row(`world, judging all ${properties.length} properties`, median(rounds.map(({ judged }) => judged))),
    row('createActor with SimulatedClock', median(rounds.map(({ actors }) => actors))),
    `world / createActor: ${Math.round(median(rounds.map(({ world, actors }) => world / actors)))} times`,
  ].join('\n')}\n`,
);
benchClasses();
process.stdout.write(`${benchCertificates()}\n`);
process.stdout.write(`${benchMillion()}\n`);
benchUntimed();
