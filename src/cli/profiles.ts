import { Command } from 'commander';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile, serverKinds } from '../profiles/furtherServers.ts';
import { productProfiles, productSheets } from '../profiles/products.ts';
import { axisTable, axisText, serverAxes } from '../profiles/serverAxes.ts';
import type { ServerSheet } from '../profiles/serverSheet.ts';
import { pasteable } from './invocation.ts';
import { oneOf, parseProfile } from './options.ts';
import { colours, print } from './output.ts';

function list(heading: string, profiles: readonly ServerProfile[]): void {
  print(`\n${colours.bold(heading)}`);
  for (const { name, title, source } of profiles) {
    print(`  ${colours.bold(name.padEnd(20))} ${title}\n${' '.repeat(23)}${colours.dim(source)}`);
  }
}

/** What the profile does on every axis and, where it is a product's, whence that is known. */
function explain(profile: ServerProfile): void {
  const sheet = (productSheets as Readonly<Record<string, ServerSheet>>)[profile.name];
  print(`${colours.bold(profile.name)}: ${profile.title}\n${colours.dim(profile.source)}\n`);
  for (const axis of serverAxes) {
    print(`  ${axisTable[axis].title.padEnd(44)} ${axisText(profile, axis)}`);
    if (sheet !== undefined) print(`  ${' '.repeat(44)} ${colours.dim(sheet.axes[axis][1])}`);
  }
}

/** `ringproof profiles`: the SIP servers that a run can meet. */
export const profilesCommand = () =>
  new Command('profiles')
    .argument('[profile]', 'name of a profile, or a YAML file that extends one', parseProfile)
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action((profile: ServerProfile | undefined, { format }: { format: 'text' | 'json' }) => {
      if (format === 'json') {
        const profiles = profile === undefined ? Object.values(everyServerProfile) : [profile];
        return print(JSON.stringify({ version: 1, profiles }, null, 1));
      }
      if (profile !== undefined) return explain(profile);
      list('Kinds of server', Object.values(serverKinds));
      list('Products, as configured', Object.values(productProfiles));
      print(`\n${colours.dim(`${pasteable('profiles NAME')} explains one; --profile FILE.yaml takes your own.`)}`);
    });
