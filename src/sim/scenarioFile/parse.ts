import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { ModeName } from '../../machines/modeVariants.ts';
import { InputError } from '../input/inputError.ts';
import { visible } from '../input/visible.ts';
import { lineAt, readYaml } from '../input/yamlFile.ts';
import { contradictions } from './contradictions.ts';
import { type Beside, withCsvLaws } from './csvLaws.ts';
import type { ScenarioDocument, StepDocument } from './document.ts';
import type { ServerCatalogue } from './resolve.ts';
import { scenarioSchema } from './schema.ts';

const form = { schema: scenarioSchema, what: 'a scenario in YAML' };

/**
 * Reads a scenario from the text of a YAML (or JSON) file.
 * Throws an InputError that names every problem with its line. `beside` reads the files of latencies that it names; without it
 * they are refused. `modes` are those in which it is to be run, where they are not its own; `further` steps
 * come to its own when it is run, and are none of the result.
 *
 * @example
 * ```ts
 * import { parseScenario, serverProfiles } from 'ringproof';
 *
 * const text = 'name: mine\ntitle: Mine\nsteps:\n  - { at: 1s, do: open }\n';
 * console.log(parseScenario(text, 'mine.yaml', serverProfiles).steps);
 * ```
 */
export function parseScenario(
  text: string,
  file: string,
  servers: ServerCatalogue,
  beside?: Beside,
  modes?: readonly ModeName[],
  further: readonly StepDocument[] = [],
): ScenarioDocument {
  const { data: given, source } = readYaml(text, file, form);
  const read = beside === undefined ? given : withCsvLaws(given, beside);
  const data = { ...read, title: visible(read.title) };
  const contradictory = contradictions({ ...data, steps: [...data.steps, ...further] }, servers, modes);
  if (contradictory.length === 0) return data;
  const problems = contradictory.map(({ path, ofKey, ...rest }) => ({ ...rest, line: lineAt(source, path, ofKey) }));
  throw new InputError({ file, problems });
}

/** The line of what stands at that path of a file; null where the text is no YAML that has it. */
export function lineOf(text: string, path: readonly (string | number)[]): number | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return document.hasIn(path) ? lineAt({ document, lines }, path, true) : null;
}

/** The JSON Schema of scenario files, for editors. */
export const scenarioJsonSchema = (): object => ({
  title: 'Ringproof scenario',
  ...z.toJSONSchema(scenarioSchema, { io: 'input' }),
});
