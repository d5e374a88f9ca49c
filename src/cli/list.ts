import { Command } from 'commander';
import { everyMode, type ModeName, modeNames } from '../machines/modeVariants.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { parameterNamed, parameterNames, windowOf } from '../sim/check/questions/parameter.ts';
import { formatDuration } from '../sim/data/duration.ts';
import { properties } from '../sim/properties/properties.ts';
import type { StepDocument } from '../sim/scenarioFile/document.ts';
import { networks, pushServices } from '../sim/scenarioFile/presets.ts';
import { scenarioIn } from '../sim/scenarioFile/resolve.ts';
import { actionOf, stepVerbs } from '../sim/scenarioFile/verbs.ts';
import { workloads } from '../sim/scenarioFile/workloads.ts';
import { bundledFolders, bundledNames, readScenario } from './files.ts';
import { oneOf } from './options.ts';
import { colours, print } from './output.ts';

/** A word that can be said on the command line or in a file, and what it means. */
interface Word {
  readonly name: string;
  readonly means: string;
}

const scenarios = (): Word[] =>
  bundledFolders
    .flatMap((folder) => bundledNames(folder))
    .map((name) => ({ name, means: readScenario(name, undefined, { withDays: true }).title }));

/** A scenario that says nothing of delays and limits, so that it has the usual ones. */
const usual = () => scenarioIn(readScenario('call-in-foreground'), 'singleDeviceTakeover', everyServerProfile.multi);

const propertyWords = (): Word[] => {
  const { mode, limits } = usual();
  return properties.map(({ name, sentence }) => ({ name, means: sentence({ mode, limits }) }));
};

function delayWords(): Word[] {
  const scenario = usual();
  return parameterNames.map((name) => {
    const parameter = parameterNamed(name);
    const [low, high] = parameter === null ? [0, 0] : windowOf(scenario, parameter);
    return { name, means: low === high ? formatDuration(low) : `${formatDuration(low)} to ${formatDuration(high)}` };
  });
}

/** What a step says besides `do`, and who it concerns. */
function stepMeaning(verb: string): string {
  if (verb === 'cut' || verb === 'repair') return 'a link; with `link`';
  const needsCall = verb === 'dial' || verb === 'hangUp';
  const action = actionOf({ do: verb, ...(needsCall && { call: 1 }) } as StepDocument);
  const who = 'party' in action ? `${action.party}: ${action.event.type}` : '';
  return needsCall ? `${who}; with \`call\` 1 or 2` : who;
}

const titles = (table: Readonly<Record<string, { readonly title: string }>>, prefix: string): Word[] =>
  Object.entries(table).map(([name, { title }]) => ({ name, means: `${prefix}${title}` }));

const modeWord = (name: ModeName): Word => {
  const { number, title } = everyMode[name];
  return { name, means: number === null ? title : `${title}, mode ${number}` };
};

/** Everything that has a name; `steps` are what `do` can say in a file. */
const kinds: Readonly<Record<string, () => Word[]>> = {
  scenarios,
  properties: propertyWords,
  delays: delayWords,
  steps: () => stepVerbs.map((name) => ({ name, means: stepMeaning(name) })),
  presets: () => [
    ...titles(networks, '--network: '),
    ...titles(pushServices, '--push: '),
    ...titles(workloads, 'workload: '),
  ],
  modes: () => modeNames.map(modeWord),
};

function show(kind: string, isAlone: boolean): void {
  const words = kinds[kind]?.() ?? [];
  const width = Math.max(...words.map(({ name }) => name.length));
  if (!isAlone) print(`\n${colours.bold(kind)}`);
  for (const { name, means } of words) print(`${isAlone ? '' : '  '}${name.padEnd(width)}  ${colours.dim(means)}`);
}

/** `ringproof list`: the names of everything that can be named. */
export const listCommand = () =>
  new Command('list')
    .argument('[what]', `one of ${Object.keys(kinds).join(', ')} (default: all)`, oneOf(...Object.keys(kinds)))
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action((what: string | undefined, { format }: { format: 'text' | 'json' }) => {
      const asked = what === undefined ? Object.keys(kinds) : [what];
      if (format === 'text') for (const kind of asked) show(kind, what !== undefined);
      else
        print(
          JSON.stringify({ version: 1, ...Object.fromEntries(asked.map((kind) => [kind, kinds[kind]?.()])) }, null, 1),
        );
    });
