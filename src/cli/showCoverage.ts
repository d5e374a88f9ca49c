import process from 'node:process';
import { checking } from '../sim/check/questions/check.ts';
import { type Coverage, coverageOf, missing } from '../sim/check/questions/coverage.ts';
import type { QuestionJob } from '../sim/jobs/question.ts';
import { scenarioIn } from '../sim/scenarioFile/resolve.ts';
import { defineWorld } from '../sim/sipWorld/definition.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { colours, exitCodes, print } from './output.ts';
import { stepByStep } from './progress.ts';

const kinds = ['states', 'transitions', 'guards'] as const satisfies readonly (keyof Coverage)[];

type Cell = Omit<QuestionJob, 'ask'>;

/** Explores the cells one after the other; their worlds remember what was reached. */
function* explored(cells: readonly Cell[], isStopped: () => boolean): Generator<string, WorldDefinition[]> {
  const definitions: WorldDefinition[] = [];
  for (const { document, mode, server, budget, maximumBytes } of cells) {
    if (isStopped()) break;
    const definition = defineWorld(scenarioIn(document, mode, server));
    definitions.push(definition);
    // What is left out when a verdict is all that is asked for counts here.
    const steps = checking(definition, { budget, maximumBytes, inertMessages: false });
    for (let step = steps.next(true); !step.done; step = steps.next(!isStopped())) {
      const { classes } = step.value;
      yield `${definitions.length} of ${cells.length} explored, ${classes.toLocaleString('en-US')} classes`;
    }
  }
  return definitions;
}

/** Explores the cells, then says what of the machines they reach and lists what they never do. */
export async function showCoverage(cells: readonly Cell[]): Promise<void> {
  const { result: definitions, isInterrupted } = await stepByStep((isStopped) => explored(cells, isStopped));
  const coverage = coverageOf(definitions);
  for (const kind of kinds) {
    const { reached, all } = coverage[kind];
    print(colours.bold(`${kind}: ${reached.size} of ${all.size} reached`));
    for (const name of missing(coverage[kind])) print(`  never: ${name}`);
  }
  if (!isInterrupted) return;
  process.stderr.write(`interrupted in ${definitions.length} of ${cells.length}: what was never reached may yet be\n`);
  process.exitCode = exitCodes.inconclusive;
}
