import { propertyNamed } from '../properties/properties.ts';
import { Run } from '../run/run.ts';
import { SeededSchedule } from '../run/seededSchedule.ts';
import type { AnyProperty } from '../system/property.ts';
import type { Settings } from '../system/settings.ts';
import type { WorldDefinition } from '../world/definition.ts';

/** What some runs have come to for one property. */
export interface PropertyTally {
  readonly property: string;
  /** Runs that violate it. */
  readonly violated: number;
  /** The first seed that does. */
  readonly firstSeed: number | null;
  /** Whether some run gave it something to judge. */
  readonly witnessed: boolean;
}

/** What some runs of one world have come to. Plain data. */
export interface Tally {
  readonly runs: number;
  readonly callsMade: number;
  readonly callsLost: number;
  /** The first seed that loses a call. */
  readonly losingSeed: number | null;
  /** In the order in which the world has them. */
  readonly properties: readonly PropertyTally[];
}

export interface Seeds {
  /** The seeds are this one and those that follow it. */
  readonly firstSeed: number;
  readonly runs: number;
  /** Whether to make no more runs. */
  readonly isStopped: () => boolean;
}

const noInviteLost = propertyNamed('noInviteLost');

const callsIn = ({ steps }: Settings): number =>
  steps.filter(({ action }) => 'party' in action && action.event.type === 'call.dial').length;

/** Makes runs with seeds, one a step; fewer where it is stopped. */
export function* tallyOf(definition: WorldDefinition, { firstSeed, runs, isStopped }: Seeds): Generator<void, Tally> {
  const claimed = definition.properties.filter(definition.claims);
  const tallies = claimed.map(({ name }) => ({
    property: name,
    violated: 0,
    firstSeed: null as number | null,
    witnessed: false,
  }));
  // A property of the user's in a system without calls may have the same name.
  const judgesCalls = claimed.some((one) => one === (noInviteLost as AnyProperty));
  let callsLost = 0;
  let losingSeed: number | null = null;
  let made = 0;
  for (let seed = firstSeed; made < runs && !isStopped(); seed++, made++) {
    const run = new Run(definition, new SeededSchedule(definition, seed), { record: false });
    run.finish();
    for (const [index, { property, violation, witnessed }] of run.verdicts().entries()) {
      const tally = tallies[index] as (typeof tallies)[number];
      tally.witnessed ||= witnessed;
      if (violation === null) continue;
      tally.violated++;
      tally.firstSeed ??= seed;
      if (!judgesCalls || property !== noInviteLost.name) continue;
      callsLost += violation.calls.length;
      losingSeed ??= seed;
    }
    yield;
  }
  const callsMade = judgesCalls ? callsIn(definition.scenario) * made : 0;
  return { runs: made, callsMade, callsLost, losingSeed, properties: tallies };
}

const firstOf = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

/** Runs of the same world with other seeds, taken together. */
export const together = (one: Tally, other: Tally): Tally => ({
  runs: one.runs + other.runs,
  callsMade: one.callsMade + other.callsMade,
  callsLost: one.callsLost + other.callsLost,
  losingSeed: firstOf(one.losingSeed, other.losingSeed),
  properties: one.properties.map((tally, index) => {
    const { violated, firstSeed, witnessed } = other.properties[index] ?? tally;
    return {
      property: tally.property,
      violated: tally.violated + violated,
      firstSeed: firstOf(tally.firstSeed, firstSeed),
      witnessed: tally.witnessed || witnessed,
    };
  }),
});
