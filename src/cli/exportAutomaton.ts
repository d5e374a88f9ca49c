import { NotWrittenError, type TimedAutomaton } from '../sim/check/automaton/automaton.ts';
import { automatonOf } from '../sim/check/automaton/fromWorld.ts';
import { toTChecker } from '../sim/check/automaton/tchecker.ts';
import { toUppaal } from '../sim/check/automaton/uppaal.ts';
import { modelExporter, type WorldOptions, worldOf, write } from './exporter.ts';
import { refuse, refuseOutputs } from './files.ts';
import { checkedWords, propertyWords, wholeNumber } from './options.ts';

interface AutomatonOptions extends WorldOptions {
  property?: string[];
  faults: number;
  duplicates: number;
}

async function automaton(
  given: string,
  options: AutomatonOptions,
  written: (model: TimedAutomaton) => string,
): Promise<void> {
  const { property, faults: losses, duplicates, output, force } = options;
  refuseOutputs({ '--output': output }, force === true);
  const { world } = await worldOf(given, options);
  const claimed = world.properties.filter(world.claims);
  const names = claimed.map(({ name }) => name);
  if (property !== undefined) checkedWords('--property', property, names);
  const judged = claimed.filter(({ name }) => property?.includes(name) ?? true);
  if (judged.length === 0)
    refuse(given, 'no property that is claimed of it', 'one: the model says where it is violated');
  try {
    write(written(automatonOf(world, judged, { losses, duplicates })), options);
  } catch (error) {
    if (error instanceof NotWrittenError) refuse(given, error.message, error.advice);
    throw error;
  }
}

const automatonCommand = (name: string, tool: string, written: (model: TimedAutomaton) => string) =>
  modelExporter(name)
    .description(`the timed world of a scenario or of a module of your own as a timed automaton for ${tool}`)
    .option('--property <names>', 'properties that the model judges, joined by commas (default: all)', propertyWords())
    .option('--faults <number>', 'maximum number of messages lost', wholeNumber(0, 5), 0)
    .option('--duplicates <number>', 'maximum number of messages that arrive twice', wholeNumber(0, 5), 0)
    .action((given: string, options: AutomatonOptions) => automaton(given, options, written));

/** `ringproof export tchecker` and `uppaal`: what checkers of timed automata read. */
export const automatonCommands = () => [
  automatonCommand('tchecker', 'TChecker 0.8', toTChecker),
  automatonCommand('uppaal', 'UPPAAL 4.1 and 5', toUppaal),
];
