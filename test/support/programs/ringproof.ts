import { spawn } from 'node:child_process';
import process from 'node:process';

const main = 'dist/cli/main.js';

/** How the command ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command to its end without blocking: servers answer meanwhile. `onStart` is given what interrupts it. */
export function ringproof(
  args: readonly string[],
  { env = {}, onStart }: { readonly env?: NodeJS.ProcessEnv; readonly onStart?: (stop: () => void) => void } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, NO_COLOR: '1', ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    onStart?.(() => child.kill('SIGINT'));
  });
}
