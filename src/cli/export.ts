import { Command } from 'commander';
import { serverProfileJsonSchema } from '../profiles/ownServer.ts';
import { scenarioJsonSchema } from '../sim/scenario/parse.ts';
import { writeText } from './files.ts';
import { forceOption, oneOf } from './options.ts';
import { print } from './output.ts';

const schemas = { 'json-schema': scenarioJsonSchema, 'profile-schema': serverProfileJsonSchema } as const;

/** `ringproof export`: what other tools read. Diagrams of a run are exported by `simulate --export`. */
export const exportCommand = () =>
  new Command('export')
    .description('write what other tools read: the JSON Schemas of scenario and profile files, for editors')
    .argument('<what>', 'json-schema or profile-schema', oneOf('json-schema', 'profile-schema'))
    .option('-o, --output <file>', 'write to a new file')
    .addOption(forceOption())
    .action((what: keyof typeof schemas, { output, force }: { output?: string; force?: boolean }) => {
      const text = JSON.stringify(schemas[what](), null, 2);
      if (output === undefined) print(text);
      else writeText(output, `${text}\n`, force === true);
    });
