import { describe, expect, test } from 'vitest';
import { type PartyName, partyNames } from '../../src/machines/messages.ts';
import { type ModeName, modeVariants } from '../../src/machines/modeVariants.ts';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { intendedServer } from '../../src/profiles/intended.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { canonical } from '../../src/sim/data/canonical.ts';
import { Run } from '../../src/sim/run/run.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { type ActorWorld, prepareActors, runWithActors } from '../support/actorOracle.ts';
import { exactTiming } from '../support/exactTiming.ts';
import { callScenarios } from '../support/fieldScenarios.ts';
import { example } from '../support/scenarios.ts';

function runWithWorld({ definition }: ActorWorld, seed: number): Record<PartyName, string> {
  const run = new Run(definition, new SeededSchedule(definition, seed), { record: false });
  run.finish();
  return Object.fromEntries(
    partyNames.map((name, party) => {
      const snapshot = definition.parties[party]?.snapshotOf(run.world.locals[party] ?? -1);
      return [name, canonical({ value: snapshot?.value, context: snapshot?.context })];
    }),
  ) as Record<PartyName, string>;
}

function expectTheSame(scenario: Scenario, seeds: readonly number[]): void {
  const actors = prepareActors(scenario);
  for (const seed of seeds) {
    expect(runWithWorld(actors, seed), `${scenario.name}, seed ${seed}`).toEqual(runWithActors(actors, seed).states);
  }
}

/** Every pair of a mode and a common server, each with the seeds below a number that fall to it. */
const pairs = (below: number) =>
  registrationModeNames.flatMap((mode, m) =>
    Object.values(serverProfiles).map((server, s) => ({
      mode,
      server,
      seeds: upTo(below).filter((seed) => seed % 4 === m && seed % 5 === s),
    })),
  );

const upTo = (below: number) => Array.from({ length: below }, (_, seed) => seed);

/** Everything that the world does beyond the machines: chained steps, losses, order, retransmission, restarts. */
const compared = [
  'call-while-suspended',
  'call-while-going-to-background',
  'second-call-while-waking',
  'unregister-lost',
  'home-open-home',
  'push-server-restarts',
  'network-change',
  'log-out-racing-a-refresh',
] as const;

describe("the world agrees with XState's own runtime", () => {
  test.each(compared)('%s: end states are equal on 60 seeds', (name) => {
    const document = { ...example(name), timing: exactTiming };
    for (const { mode, server, seeds } of pairs(60)) {
      expectTheSame(resolveScenario(document, serverProfiles, { mode, server }), seeds);
    }
  });

  test.each(callScenarios.map((document) => [document.name, document] as const))('calls/%s', (_, document) => {
    const { push: _push, ...rest } = document;
    for (const { mode, server, seeds } of pairs(20)) {
      expectTheSame(resolveScenario({ ...rest, timing: exactTiming }, serverProfiles, { mode, server }), seeds);
    }
  });

  test('where connections die unnoticed and are kept alive', () => {
    const over = { transport: 'tcp' } as const;
    const document: ScenarioDocument = {
      name: 'unnoticed',
      title: 'Connections that die unnoticed',
      links: { appSip: over, pushServerSip: over, callerSip: over },
      keepAlive: { app: true, pushServer: true },
      noticesNetwork: false,
      timing: exactTiming,
      steps: [
        { at: '1s', do: 'open' },
        { at: ['20s', '150s'], do: 'changeNetwork' },
        { after: ['1s', '100s'], do: 'changeNetwork' },
        { after: ['1s', '100s'], do: 'home' },
        { after: ['1s', '60s'], do: 'changeNetwork' },
        { after: '1s', do: 'dial', call: 1 },
      ],
    };
    for (const { mode, server, seeds } of pairs(60))
      expectTheSame(resolveScenario(document, serverProfiles, { mode, server }), seeds);
  });

  test.each(Object.keys(modeVariants) as ModeName[])('also in the variant %s', (mode) => {
    const server = everyServerProfile[intendedServer[mode]];
    for (const name of ['home-open-home', 'network-change', 'app-killed-in-hand-over']) {
      const document = { ...example(name), timing: exactTiming };
      expectTheSame(resolveScenario(document, everyServerProfile, { mode, server }), upTo(15));
    }
  });
});
