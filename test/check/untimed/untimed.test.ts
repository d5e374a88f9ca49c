import { describe, expect, test } from 'vitest';
import { serverProfiles } from '../../../src/profiles/servers.ts';
import { exploreUntimed, tablesFor } from '../../../src/sim/check/untimed/explore.ts';
import { checkUntimedCell } from '../../../src/sim/jobs/untimedCell.ts';
import { noInviteLost } from '../../../src/sim/properties/calls.ts';
import type { ScenarioDocument } from '../../../src/sim/scenarioFile/document.ts';
import type { PropertyTable } from '../../../src/sim/system/property.ts';
import type { WorldDefinition } from '../../../src/sim/world/definition.ts';
import { World } from '../../../src/sim/world/world.ts';
import { exploreNaively } from '../engine/naiveExplorer.ts';
import { type UntimedWorld, untimedWorlds, worldOfTwoCalls } from './untimedWorlds.ts';

const [first] = untimedWorlds;
if (first === undefined) throw new Error('there is no world to explore');

const found = new Map<WorldDefinition, ReturnType<typeof exploreNaively>>();

/** What the naive search finds; it takes long, and is asked twice. */
function naively(definition: WorldDefinition, losses: number) {
  const known = found.get(definition) ?? exploreNaively(definition, tablesFor(definition), losses);
  found.set(definition, known);
  return known;
}

const explored = new Map<string, ReturnType<typeof exploreUntimed>>();

/** The whole exploration, which is asked three times. */
function whole({ name, definition, losses }: UntimedWorld, rehearsal: number) {
  const key = `${name} ${rehearsal}`;
  const known = explored.get(key) ?? exploreUntimed(definition, { losses, rehearsal });
  explored.set(key, known);
  return known;
}

/** Of the largest world only SPIN counts the states: the naive search would take longer than all others together. */
const smallWorlds = untimedWorlds.filter(({ name }) => name !== 'the network changes');

describe('the untimed exploration', () => {
  /** Few enough for every world to be searched in all ways, and more than any of them has. */
  describe.each([20, 1_000_000])('with a rehearsal of %i states', (rehearsal) => {
    test.each(smallWorlds)('$name: finds what a naive search through World finds', (one) => {
      const { definition, losses } = one;
      const { states, transitions, complete, verdicts } = whole(one, rehearsal);
      const violated = Object.fromEntries(
        verdicts.flatMap(({ property, verdict, path }) => (verdict === 'violated' ? [[property, path?.length]] : [])),
      );
      expect({ states, transitions, violated }).toEqual(naively(definition, losses));
      expect(complete).toBe(true);
      expect(verdicts.every(({ verdict }) => verdict !== 'inconclusive')).toBe(true);
    });

    test.each(untimedWorlds)('$name: every path replays in World up to its violation', (one) => {
      const { definition } = one;
      const { scenario } = definition;
      for (const { property, path } of whole(one, rehearsal).verdicts) {
        if (path === null) continue;
        const table = tablesFor(definition).find((one) => one.property.name === property) as PropertyTable;
        const { world, started } = World.start(definition);
        const fired = [...started, ...path.map(({ position, fate }) => world.fire(position, fate))];
        const sightings = fired.flatMap(({ reaction }) => reaction?.sightings ?? []);
        const state = sightings.reduce((at, sighting) => table.next(at, sighting), table.initial);
        expect(table.unfinished(state), `${property} in ${scenario.mode.title}`).not.toBeNull();
      }
    });
  });

  test('finds a shortest way: dial, and the caller gives up before the INVITE arrives', () => {
    const lost = exploreUntimed(first.definition).verdicts.find(({ property }) => property === noInviteLost.name);
    expect(lost).toMatchObject({ verdict: 'violated', violation: { what: 'call 1 was lost' } });
    expect(lost?.path).toHaveLength(2);
  });

  test('is inconclusive where memory ends, and says how far it got', () => {
    for (const one of smallWorlds) {
      const { definition, losses } = one;
      const complete = whole(one, 1_000_000);
      const part = exploreUntimed(definition, { losses, memoryBytes: complete.bytes / 2 });
      expect(part.complete).toBe(false);
      expect(part.states).toBeLessThanOrEqual(complete.states);
      for (const { property, verdict } of part.verdicts) {
        const full = complete.verdicts.find((one) => one.property === property);
        expect(verdict).toBe(verdict === 'violated' ? full?.verdict : 'inconclusive');
      }
    }
  });

  test('says of a check that was interrupted that it was, and not that memory had ended', () => {
    const document: ScenarioDocument = {
      name: 'large',
      title: 'The app opens',
      links: { pushServerSip: { reachable: false } },
      steps: [{ at: '1s', do: 'open' }],
    };
    const budget = { losses: 0, duplicates: 0 };
    const job = { document, mode: 'standard', server: serverProfiles.multi, properties: null, budget } as const;
    const [configuration] = checkUntimedCell({ ...job, maximumBytes: 1e9, traces: false, untimed: true }, () => false);
    expect(configuration).toMatchObject({ verdict: 'inconclusive', scope: expect.stringMatching(/; interrupted$/) });
  });

  test('tells how far it is, and stops when it is told to', () => {
    const { definition } = worldOfTwoCalls;
    const told: number[] = [];
    const { complete, states } = exploreUntimed(definition, {
      losses: 1,
      onProgress: (progress) => told.push(progress.states) < 3,
    });
    expect(told).toHaveLength(3);
    expect({ complete, states }).toEqual({ complete: false, states: told[2] });
  });
});
