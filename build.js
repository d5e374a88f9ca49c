// Builds dist/, unless it is newer than all that it is made from: `npm ci`, `npm start` and `npm test` share one build.
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const steps = ['tsc -p tsconfig.build.json', 'vite build --logLevel warn'];
const inputs = [
  'build.js',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'vite.config.ts',
];
/** Its date is that of the start of the last whole build. */
const stamp = 'dist/.built';

process.chdir(import.meta.dirname);

// A folder is as young as its last name: whoever removes or renames a file dates it.
const below = ['.', ...readdirSync('src', { recursive: true, encoding: 'utf8' })].map((name) => join('src', name));
const newest = Math.max(...[...inputs, ...below].map((path) => statSync(path).mtimeMs));
const builtAt = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (newest >= builtAt) {
  const began = new Date();
  rmSync('dist', { recursive: true, force: true });
  for (const step of steps) {
    const { status } = spawnSync(step, { shell: true, stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
  // npm makes it so where it installs a package; `npx ringproof` in a checkout starts this file.
  chmodSync('dist/cli/main.js', 0o755);
  closeSync(openSync(stamp, 'w'));
  utimesSync(stamp, began, began);
}
