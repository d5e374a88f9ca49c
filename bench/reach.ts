import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { registrationModeNames } from '../src/machines/registrationModes.ts';
import { serverProfiles } from '../src/profiles/servers.ts';
import { modeTitle } from '../src/sim/report/modeTitle.ts';

/**
 * How far the checker comes on one core with a large world and a message lost: a table of modes and servers, as Markdown.
 * `npm run bench:reach -- [seconds of CPU time a cell, default 60] [memory, default 4GB]`. Linux only: the time is read from /proc.
 */

const [seconds = '60', memory = '4GB'] = process.argv.slice(2);
const ticksPerSecond = 100;

interface Cell {
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  readonly scope: string;
}

/** What is decided of a cell by then. */
interface Reached {
  readonly cells: readonly Cell[];
  readonly cpuSeconds: number;
}

/** Seconds of CPU time of a process and its threads; null when it is over. */
function cpuSecondsOf(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return null;
  }
}

/** Asks the command, which says after an interrupt what it has decided so far. */
function reached(...args: readonly string[]): Promise<Reached> {
  const line = ['dist/cli/main.js', 'check', 'bench/reach.yaml', ...args];
  const limits = ['--faults', '1', '--jobs', '1', '--memory', memory, '--format', 'json'];
  const child = spawn(process.execPath, [...line, ...limits], { stdio: ['ignore', 'pipe', 'inherit'] });
  let [text, cpuSeconds] = ['', 0];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const watching = setInterval(() => {
    cpuSeconds = cpuSecondsOf(child.pid ?? 0) ?? cpuSeconds;
    if (cpuSeconds <= Number(seconds)) return;
    clearInterval(watching);
    child.kill('SIGINT');
  }, 100);
  return new Promise((resolve, reject) => {
    child.once('close', () => {
      clearInterval(watching);
      try {
        resolve({ ...(JSON.parse(text) as Pick<Reached, 'cells'>), cpuSeconds });
      } catch {
        reject(new Error(`${args.join(' ')}: found ${JSON.stringify(text.slice(0, 60))}; expected the JSON of check`));
      }
    });
  });
}

function textOf({ cells, cpuSeconds }: Reached): string {
  const [first] = cells;
  const undecided = cells.filter(({ verdict }) => verdict === 'inconclusive');
  const end = undecided.some(({ scope }) => scope.includes('interrupted')) ? 'time' : 'memory';
  const of = cells.length === 1 ? (first?.verdict ?? '-') : `all ${cells.length}`;
  if (undecided.length === 0) return `${of}, ${cpuSeconds.toFixed(0)} s`;
  return cells.length === 1 ? end : `${cells.length - undecided.length} of ${cells.length}, ${end}`;
}

const servers = Object.keys(serverProfiles);
for (const question of [['--property', 'noInviteLost'], []]) {
  process.stdout.write(`\n| ${question[1] ?? 'all properties'} | ${servers.join(' | ')} |\n`);
  process.stdout.write(`| --- |${' --- |'.repeat(servers.length)}\n`);
  for (const mode of registrationModeNames) {
    process.stdout.write(`| ${modeTitle(mode)} |`);
    for (const server of servers)
      process.stdout.write(` ${textOf(await reached('--mode', mode, '--profile', server, ...question))} |`);
    process.stdout.write('\n');
  }
}
