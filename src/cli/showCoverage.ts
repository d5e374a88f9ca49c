import { check } from '../sim/check/questions/check.ts';
import { type Coverage, coverageOf, missing } from '../sim/check/questions/coverage.ts';
import type { QuestionJob } from '../sim/jobs/question.ts';
import { scenarioIn } from '../sim/scenarioFile/resolve.ts';
import { defineWorld } from '../sim/sipWorld/definition.ts';
import { colours, print } from './output.ts';

const kinds = ['states', 'transitions', 'guards'] as const satisfies readonly (keyof Coverage)[];

/** Explores the cells, then says what of the machines they reach and lists what they never do. */
export function showCoverage(cells: readonly Omit<QuestionJob, 'ask'>[]): void {
  const definitions = cells.map(({ document, mode, server, budget, maximumBytes }) => {
    const definition = defineWorld(scenarioIn(document, mode, server));
    // What is left out when a verdict is all that is asked for counts here.
    check(definition, { budget, maximumBytes, inertMessages: false });
    return definition;
  });
  const coverage = coverageOf(definitions);
  for (const kind of kinds) {
    const { reached, all } = coverage[kind];
    print(colours.bold(`${kind}: ${reached.size} of ${all.size} reached`));
    for (const name of missing(coverage[kind])) print(`  never: ${name}`);
  }
}
