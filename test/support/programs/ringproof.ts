import { spawn } from 'node:child_process';
import process from 'node:process';
import { mainFile, onOneCore, root } from '../commandLine.ts';
import { CommandHost, type Ended } from './commandHost.ts';

const idle: CommandHost[] = [];

/** Runs the built command to its end without blocking: servers answer meanwhile. */
export async function ringproof(
  args: readonly string[],
  { env = {} }: { readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const host = idle.pop() ?? new CommandHost(mainFile, root);
  const ended = await host.runBeside(args, env);
  idle.push(host);
  return ended;
}

/** The same in a process of its own, for what belongs to one: what interrupts it is given to `onStart`. */
export function ringproofAlone(
  args: readonly string[],
  { env = {}, onStart }: { readonly env?: NodeJS.ProcessEnv; readonly onStart?: (stop: () => void) => void } = {},
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...onOneCore, mainFile, ...args], {
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
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
