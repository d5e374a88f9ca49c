import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export const mainFile = join(root, 'dist/cli/main.js');

/** A link to it as npm makes one on the path: what is suggested then begins with `ringproof`. */
export function installedIn(folder: string): string {
  const link = join(folder, 'ringproof');
  symlinkSync(mainFile, link);
  return link;
}

/** Runs the command line that was built, without colours. */
export function ringproof(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainFile, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 27,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}
