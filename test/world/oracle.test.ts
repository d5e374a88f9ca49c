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
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../../src/sim/world/definition.ts';
import { prepareActors, runWithActors } from '../support/actorOracle.ts';
import { exactTiming } from '../support/exactTiming.ts';
import { callScenarios } from '../support/fieldScenarios.ts';
import { example } from '../support/scenarios.ts';

function runWithWorld(scenario: Scenario, seed: number): Record<PartyName, string> {
  const definition = defineWorld(scenario);
  const run = new Run(definition, new SeededSchedule(definition, seed), { record: false });
  run.finish();
  return Object.fromEntries(
    partyNames.map((name, party) => {
      const snapshot = definition.parties[party]?.snapshotOf(run.world.locals[party] ?? -1);
      return [name, canonical({ value: snapshot?.value, context: snapshot?.context })];
    }),
  ) as Record<PartyName, string>;
}

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
    for (let seed = 0; seed < 60; seed++) {
      const mode = registrationModeNames[seed % 4] ?? 'standard';
      const server = Object.values(serverProfiles)[seed % 5];
      const document = { ...example(name), timing: exactTiming };
      const scenario = resolveScenario(document, serverProfiles, { mode, ...(server && { server }) });
      expect(runWithWorld(scenario, seed), `seed ${seed}, ${mode}`).toEqual(
        runWithActors(prepareActors(scenario), seed).states,
      );
    }
  });

  test.each(callScenarios.map((document) => [document.name, document] as const))('calls/%s', (_, document) => {
    for (let seed = 0; seed < 20; seed++) {
      const mode = registrationModeNames[seed % 4] ?? 'standard';
      const server = Object.values(serverProfiles)[seed % 5];
      const { push: _push, ...rest } = document;
      const scenario = resolveScenario({ ...rest, timing: exactTiming }, serverProfiles, {
        mode,
        ...(server && { server }),
      });
      expect(runWithWorld(scenario, seed), `seed ${seed}, ${mode}`).toEqual(
        runWithActors(prepareActors(scenario), seed).states,
      );
    }
  });

  test.each(Object.keys(modeVariants) as ModeName[])('also in the variant %s', (mode) => {
    const server = everyServerProfile[intendedServer[mode]];
    for (const name of ['home-open-home', 'network-change', 'app-killed-in-hand-over']) {
      const scenario = resolveScenario({ ...example(name), timing: exactTiming }, everyServerProfile, { mode, server });
      for (let seed = 0; seed < 15; seed++) {
        expect(runWithWorld(scenario, seed), `${name}, seed ${seed}`).toEqual(
          runWithActors(prepareActors(scenario), seed).states,
        );
      }
    }
  });
});
