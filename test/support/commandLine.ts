import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export const mainFile = join(root, 'dist/cli/main.js');

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
