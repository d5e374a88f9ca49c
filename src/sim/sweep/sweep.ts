import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import { Group, type SweepCell, type SweepComparison, type Wanted } from './group.ts';
import type { SweepDemand } from './plan.ts';
import { runWorlds } from './runWorlds.ts';

/** A scenario on a server in the modes that are compared there. Plain data. */
export interface SweepPlace {
  readonly document: ScenarioDocument;
  readonly server: ServerProfile;
  readonly modes: readonly ModeName[];
}

export interface Sweep {
  readonly cells: readonly SweepCell[];
  readonly comparisons: readonly SweepComparison[];
}

/** The worlds of a place, by its modes. */
export const worldsIn = ({ document, server, modes }: SweepPlace) =>
  modes.map((mode) => runWorlds(scenarioIn(document, mode, server)));

/** Runs of a place that are wanted. */
export interface WantedThere extends Wanted {
  /** The number of the place. */
  readonly place: number;
}

/**
 * Sweeps some places: yields rounds of runs to be made, of every place those that it wants next, and goes on when all of a round
 * have been made, or told to stop. What it comes to does not depend on who made them.
 */
export function* sweep(
  places: readonly SweepPlace[],
  demand: SweepDemand,
): Generator<readonly WantedThere[], Sweep, boolean> {
  const groups = places.map((place) => {
    const [first] = worldsIn({ ...place, modes: place.modes.slice(0, 1) });
    if (first === undefined) throw new RangeError(`no mode for ${place.document.name}`);
    return new Group({ scenario: place.document.name, server: place.server.name, modes: place.modes }, first, demand);
  });
  const works = groups.map((group) => group.work());
  const open = new Set(works.keys());
  for (let isStopped = false; ; ) {
    const round: WantedThere[] = [];
    for (const place of open) {
      const step = (works[place] as (typeof works)[number]).next(isStopped);
      if (step.done) open.delete(place);
      else round.push({ ...step.value, place });
    }
    if (round.length === 0) break;
    isStopped = yield round;
  }
  return {
    cells: groups.flatMap((group) => group.cells()),
    comparisons: groups.flatMap((group) => group.comparisons()),
  };
}
