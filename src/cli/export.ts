import { Command } from 'commander';
import { scenarioJsonSchema } from '../sim/scenario/parse.ts';
import { writeText } from './files.ts';
import { forceOption, oneOf } from './options.ts';
import { print } from './output.ts';

/** `ringproof export`: what other tools read. Diagrams of a run are exported by `simulate --export`. */
export const exportCommand = () =>
  new Command('export')
    .description('write what other tools read: json-schema, the schema of scenario files for editors')
    .argument('<what>', 'json-schema', oneOf('json-schema'))
    .option('-o, --output <file>', 'write to a new file')
    .addOption(forceOption())
    .action((_what: string, { output, force }: { output?: string; force?: boolean }) => {
      const text = JSON.stringify(scenarioJsonSchema(), null, 2);
      if (output === undefined) print(text);
      else writeText(output, `${text}\n`, force === true);
    });
