import { dirname, join } from 'node:path';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { InputError } from '../sim/input/inputError.ts';
import { type OwnScenario, scenarioDefinition } from '../sim/own/ownScenario.ts';
import { type Runnable, refuseOther } from '../sim/own/runnable.ts';
import type { Own } from '../sim/own/subject.ts';
import { parseScenario } from '../sim/scenarioFile/parse.ts';
import { fileOfUrl } from './fileOfUrl.ts';
import { isModule, loadModule } from './loadModule.ts';
import { textFile } from './textFile.ts';

/** What can be checked: what can be run, or a file with it: a scenario in YAML or JSON, or a module (`.ts`, `.js`, `.mts`). */
export type Checkable = Runnable | string | URL;

/** What a check is told: a file, or the value itself, which only goes to a worker where it is plain data. */
export type Told =
  | { readonly file: string; readonly isPlain: true }
  | { readonly what: Runnable; readonly isPlain: boolean };

/** The scenario in the text of a file, in the mode and on the server that it names. */
export function scenarioInFile(file: string): OwnScenario {
  const document = parseScenario(textFile(file), file, everyServerProfile, (name) => {
    const other = join(dirname(file), name);
    return { file: other, text: textFile(other) };
  });
  return scenarioDefinition(document, {}, everyServerProfile);
}

/** What a file has. Throws an InputError with everything that is wrong with it. */
async function inFile(file: string): Promise<Own> {
  if (isModule(file)) return loadModule(file);
  if (/\.(ya?ml|json)$/.test(file)) return scenarioInFile(file);
  const problem = { line: null, found: 'no scenario and no module', expected: 'a file .yaml, .yml, .json, .ts or .js' };
  throw new InputError({ file, problems: [problem] });
}

/** What is told of what is given to a function. Machines and properties are functions. */
export function toldOf(what: Checkable, by: string): Told {
  if (typeof what === 'string') return { file: what, isPlain: true };
  if (what instanceof URL) return { file: fileOfUrl(what), isPlain: true };
  refuseOther(what, by, 'what defineScenario or defineSystem returns, or a file');
  if (!('is' in what)) return { what, isPlain: true };
  const isPlain = what.is === 'scenario' && Object.keys(what.machines).length + what.properties.length === 0;
  return { what, isPlain };
}

/** What is checked, wherever that is done. */
export const runnableOf = async (told: Told): Promise<Runnable> => ('file' in told ? inFile(told.file) : told.what);
