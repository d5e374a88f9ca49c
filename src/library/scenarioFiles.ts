import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ModeName, modeNames } from '../machines/modeVariants.ts';
import { type AnyServerProfileName, everyServerProfile } from '../profiles/furtherServers.ts';
import { InputError } from '../sim/input/inputError.ts';
import type { OwnScenario } from '../sim/own/ownScenario.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import { fileOfUrl } from './fileOfUrl.ts';
import { scenarioInFile } from './subjects.ts';
import { describeSystemError } from './systemError.ts';

/** A scenario of a file in one mode on one server of which the file says what it expects, and how a test of it is called. */
export type ScenarioRow = [name: string, scenario: OwnScenario];

const refused = (file: string, found: string, expected: string): InputError =>
  new InputError({ file, problems: [{ line: null, found, expected }] });

/** The scenario files in a folder and below it, in the order of their names. */
function yamlIn(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw refused(folder, describeSystemError(error), 'a folder of scenario files');
  }
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  if (files.length === 0) throw refused(folder, 'no scenario files', 'at least one file .yaml or .yml');
  return files;
}

function rowsOf(folder: string, name: string): ScenarioRow[] {
  const file = join(folder, name);
  const scenario = scenarioInFile(file);
  const places = Object.entries(scenario.document.expect ?? {}).flatMap(([server, byMode]) =>
    modeNames.filter((mode) => byMode[mode] !== undefined).map((mode): [string, ModeName] => [server, mode]),
  );
  const expected = '`expect` with what holds or is violated, by server and mode: `check --save` writes it';
  if (places.length === 0) throw refused(file, 'nothing that is expected', expected);
  return places.map(([server, mode]) => [
    `${name}: ${modeTitle(mode)} on ${server}`,
    { ...scenario, mode, server: everyServerProfile[server as AnyServerProfileName] },
  ]);
}

/**
 * Rows for `test.each`: every scenario file (`.yaml`, `.yml`) in a folder and below it, in each mode on each server of which its
 * `expect` speaks. `toBeAsExpected` judges a row. Throws an InputError for a folder without scenario files, for a file that
 * expects nothing, and for everything that is wrong in one: a folder that was misspelt is no green test.
 *
 * @example
 * ```ts
 * import { scenarioFiles } from 'ringproof/vitest';
 * import { expect, test } from 'vitest';
 *
 * test.each(scenarioFiles('regressions'))('%s', async (_, scenario) => {
 *   await expect(scenario).toBeAsExpected();
 * });
 * ```
 */
export function scenarioFiles(folder: string | URL): ScenarioRow[] {
  const path = folder instanceof URL ? fileOfUrl(folder) : folder;
  return yamlIn(path).flatMap((name) => rowsOf(path, name));
}
