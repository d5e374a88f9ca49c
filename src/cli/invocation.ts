import { basename, relative, sep } from 'node:path';
import process from 'node:process';

/** What this process was started by, and from where. */
export interface Invocation {
  /** The file that Node was given, or the link to it. */
  readonly file: string;
  readonly folder: string;
  /** The script of a package.json that started it, if any. */
  readonly script: string | undefined;
}

/** The scripts of this package that run the command line. */
const ownScripts = ['ringproof', 'start'];

/** How to call this command line again from where it was called: in a checkout, through npx, or installed. */
export function commandWords({ file, folder, script }: Invocation): string {
  const isInModules = file.split(sep).includes('node_modules');
  if (isInModules) return 'npx ringproof';
  if (basename(file) !== 'main.js') return 'ringproof';
  return ownScripts.includes(script ?? '') ? 'npm run ringproof --' : `node ${relative(folder, file)}`;
}

const words = commandWords({
  file: process.argv[1] ?? '',
  folder: process.cwd(),
  script: process.env.npm_lifecycle_event,
});

/** A command that the user can paste where he reads it. */
export const pasteable = (rest: string): string => `${words} ${rest}`;

/** The same for the checks that a text tells to run. */
export const allPasteable = (text: string): string => text.replace(/(?<!`)ringproof (?=check )/g, `${words} `);
