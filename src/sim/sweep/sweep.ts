import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import { defineWorld } from '../sipWorld/definition.ts';
import { tallyOf } from './tally.ts';

/** Many runs of one scenario in one mode on one server. */
export interface SweepCell {
  readonly scenario: string;
  readonly mode: ModeName;
  readonly server: string;
  readonly runs: number;
  readonly callsMade: number;
  readonly callsLost: number;
  /** The first seed that loses a call: the run to look at. */
  readonly losingSeed: number | null;
  /** Names of the properties that some run violates. */
  readonly violated: readonly string[];
}

export interface SweepOptions {
  readonly modes: readonly ModeName[];
  readonly servers: readonly ServerProfile[];
  /** Runs per cell; the seeds are 1, 2, 3, ... in every cell, so that all meet the same luck. */
  readonly runs: number;
  /** Whether to make no more runs. */
  readonly isStopped: () => boolean;
}

/** Makes the runs of a cell, one a step; fewer where it is stopped. */
function* cellOf(
  document: ScenarioDocument,
  mode: ModeName,
  server: ServerProfile,
  { runs, isStopped }: Pick<SweepOptions, 'runs' | 'isStopped'>,
): Generator<void, SweepCell> {
  const definition = defineWorld(scenarioIn(document, mode, server));
  const { properties, ...tally } = yield* tallyOf(definition, { firstSeed: 1, runs, isStopped });
  const violated = properties.filter((one) => one.violated > 0).map(({ property }) => property);
  return { scenario: document.name, mode, server: server.name, ...tally, violated: violated.sort() };
}

/** Every scenario in every mode on every server, a run a step. Where it is stopped, the cells until then. */
export function* sweep(documents: readonly ScenarioDocument[], options: SweepOptions): Generator<string, SweepCell[]> {
  const places = documents.flatMap((document) =>
    options.servers.flatMap((server) => options.modes.map((mode) => ({ document, server, mode }))),
  );
  const cells: SweepCell[] = [];
  for (const { document, server, mode } of places) {
    const runs = cellOf(document, mode, server, options);
    let step = runs.next();
    for (; !step.done; step = runs.next()) yield `${cells.length} of ${places.length} cells, ${document.name}`;
    if (step.value.runs > 0) cells.push(step.value);
  }
  return cells;
}
