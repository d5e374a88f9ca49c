import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandHost } from './programs/commandHost.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export const mainFile = join(root, 'dist/cli/main.js');

/** Before the file of a program of its own: see there. */
export const onOneCore = ['--import', new URL('./programs/oneCore.js', import.meta.url).href] as const;

/** A link to it as npm makes one on the path: what is suggested then begins with `ringproof`. */
export function installedIn(folder: string): string {
  const link = join(folder, 'ringproof');
  symlinkSync(mainFile, link);
  return link;
}

let host: CommandHost | undefined;

/** Runs the command line that was built, without colours. */
export function ringproof(...args: string[]) {
  host ??= new CommandHost(mainFile, root);
  return host.run(args);
}
