import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registrationModeNames } from '../../../src/machines/registrationModes.ts';
import { serverProfiles } from '../../../src/profiles/servers.ts';
import { Situations } from '../../../src/sim/check/engine/situations.ts';
import { type Firing, StateClasses } from '../../../src/sim/check/engine/stateClasses.ts';
import type { TimedSystem } from '../../../src/sim/check/engine/timedSystem.ts';
import { datesOf, inOrder, roomiestDates, type Timeline, timelineOf } from '../../../src/sim/check/engine/timeline.ts';
import { concretePlanOf } from '../../../src/sim/check/explain/concretePlan.ts';
import { timelineThrough } from '../../../src/sim/check/explain/violation.ts';
import { InertMessages } from '../../../src/sim/check/system/inertMessages.ts';
import { WorldSystem } from '../../../src/sim/check/system/worldSystem.ts';
import { properties } from '../../../src/sim/properties/properties.ts';
import { PlannedSchedule } from '../../../src/sim/run/plannedSchedule.ts';
import { Run } from '../../../src/sim/run/run.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import { followed } from '../../support/classWalk.ts';
import { alternatingBit, ifip83, levelCrossing } from '../../support/petriNet.ts';
import { example, scenarioOf } from '../../support/scenarios.ts';

/** The classes of a system, as far as that many of them, and a path to the one that a number picks. */
function drawnPath(system: TimedSystem, pick: number, most = 120) {
  const classes = new StateClasses(new Situations(system), {
    abstraction: 'equality',
    order: pick % 2 === 0 ? 'depthFirst' : 'breadthFirst',
    visit: (_, stateClass) => stateClass > most,
  });
  classes.explore();
  return { situations: classes.situations, path: classes.pathTo(pick % classes.count) };
}

function timeline(system: TimedSystem, situations: Situations, path: readonly Firing[]): Timeline {
  const start = situations.moveAt(situations.start());
  const types = [start, ...path.map(({ move }) => move)].map(({ target }) => [...situations.of(target).pending]);
  return timelineOf(system, start.origins, types, path);
}

/** Steps through dates as a clock would, knowing nothing of classes: each event within its window, none overdue. */
function acceptedByAClock(system: TimedSystem, path: readonly Firing[], dates: readonly number[]): boolean {
  let pending = system.start.pending.map(({ type }) => ({ type, sinceMs: 0 }));
  let situation = { words: system.start.words, pending: pending.map(({ type }) => type) };
  return path.every(({ position, move }, index) => {
    const nowMs = dates[index + 1] as number;
    const isDue = ({ type, sinceMs }: { type: number; sinceMs: number }) => nowMs <= sinceMs + system.windowOf(type)[1];
    const fired = pending[position];
    if (fired === undefined || nowMs < (dates[index] as number)) return false;
    const isInTime = nowMs >= fired.sinceMs + system.windowOf(fired.type)[0] && pending.every(isDue);
    const outcome = system.fire(situation, position).find(({ choice }) => choice === move.choice);
    if (!isInTime || outcome === undefined) return false;
    const sorted = [...outcome.pending].sort((one, other) => system.groupOf(one.type) - system.groupOf(other.type));
    pending = sorted.map(({ type, origin }) => ({
      type,
      sinceMs: origin < 0 ? nowMs : (pending[origin]?.sinceMs ?? -1),
    }));
    situation = { words: outcome.words, pending: sorted.map(({ type }) => type) };
    return true;
  });
}

describe('every path of classes has dates, in whole milliseconds, that a clock accepts', () => {
  test.each([
    ['level crossing, one train', levelCrossing(1)],
    ['level crossing, two trains', levelCrossing(2)],
    ['level crossing, three trains', levelCrossing(3)],
    ['alternating bit protocol', alternatingBit()],
    ['IFIP 1983', ifip83()],
  ])('%s', (_, system) => {
    fc.assert(
      fc.property(fc.nat(100_000), (pick) => {
        const { situations, path } = drawnPath(system, pick);
        const line = timeline(system, situations, path);
        const earliest = datesOf(line, inOrder)?.earliest();
        const roomiest = roomiestDates(line, inOrder)?.dates;
        for (const dates of [earliest, roomiest]) {
          expect(dates?.every(Number.isInteger)).toBe(true);
          expect(acceptedByAClock(system, path, dates ?? [])).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});

const world = fc.record({
  name: fc.constantFrom(
    'call-while-going-to-background',
    'home-open-home',
    'second-call-while-waking',
    'network-change',
  ),
  mode: fc.constantFrom(...registrationModeNames),
  server: fc.constantFrom(...(Object.keys(serverProfiles) as (keyof typeof serverProfiles)[])),
  losses: fc.nat(1),
  pick: fc.nat(100_000),
});

test('every path through the world of a scenario is a run of the simulator that ends in the same states', () => {
  fc.assert(
    fc.property(world, fc.boolean(), fc.nat(1), ({ name, mode, server, losses, pick }, keepsInert, duplicates) => {
      const definition = defineWorld(scenarioOf(example(name), mode, server));
      const system = new WorldSystem(definition, properties, { losses, duplicates });
      if (!keepsInert) system.reduction = new InertMessages(system);
      const { situations, path } = drawnPath(system, pick, 400);
      const line = timelineThrough(system, situations, path);
      const dates = datesOf(line, inOrder)?.earliest();
      expect(dates).toBeDefined();
      const { plan } = concretePlanOf(system, line, dates ?? []);
      const run = new Run(definition, new PlannedSchedule(plan), { record: false });
      run.finish();
      const last = path.at(-1)?.move.target ?? situations.moveAt(situations.start()).target;
      const isEnded = situations.sizeOf(last) === 0;
      const locals = situations.of(last).words.slice(0, definition.parties.length);
      if (!isEnded) expect(run.world.locals).toEqual(locals);
    }),
    { numRuns: 80 },
  );
});

test('every run of the simulator is a path of classes', () => {
  fc.assert(
    fc.property(world, fc.nat(1_000), ({ name, mode, server }, seed) => {
      const definition = defineWorld(scenarioOf(example(name), mode, server));
      expect(followed(definition, seed)).toBeNull();
    }),
    { numRuns: 60 },
  );
});
