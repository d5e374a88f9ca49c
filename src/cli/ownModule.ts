import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { createJiti } from 'jiti';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { InputError } from '../sim/input/inputError.ts';
import { modeNameOf } from '../sim/own/ownScenario.ts';
import { type Own, scenarioSubject, systemSubject } from '../sim/own/subject.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { readText, refuse } from './files.ts';
import { exitCodes } from './output.ts';

/** Whether what the user names is a module of his own, and no scenario file. */
export const isModule = (given: string): boolean => /\.[cm]?[jt]s$/.test(given);

const expected = 'a module whose default export comes from defineScenario or defineSystem';

/** Packages that a module finds here where its own folder has none. */
const lent = ['xstate', 'fast-check'];

/** Modules import this very Ringproof, and the user's own packages where he has them. */
function aliases(file: string): Record<string, string> {
  const theirs = createRequire(pathToFileURL(file));
  const ours = createRequire(import.meta.url);
  const has = (name: string) => {
    try {
      return theirs.resolve(name) !== '';
    } catch {
      return false;
    }
  };
  return {
    ringproof: fileURLToPath(new URL('../index.js', import.meta.url)),
    ...Object.fromEntries(lent.filter((name) => !has(name)).map((name) => [name, ours.resolve(name)])),
  };
}

const firstLine = (error: unknown): string => String((error as Error | null)?.message ?? error).split('\n', 1)[0] ?? '';

/** What defineScenario or defineSystem threw, whichever copy of this class they know. */
const problemsOf = (error: unknown): InputError['problems'] | null =>
  (error as Error | null)?.name === 'InputError' ? (error as InputError).problems : null;

/** Where a hand-over is to be run; a system has no such places. */
interface Place {
  readonly mode: ModeName | undefined;
  readonly profile: ServerProfile | undefined;
}

/** The world of a module, for one run. */
export function worldOfModule(own: Own, file: string, { mode, profile }: Place): WorldDefinition {
  if (own.is === 'system' && (mode !== undefined || profile !== undefined))
    refuse(mode === undefined ? '--profile' : '--mode', 'an option for scenarios', 'none: a system has no modes');
  const { scenario, worldOf } =
    own.is === 'system'
      ? systemSubject(own, file)
      : scenarioSubject(own, file, mode ?? modeNameOf(own), profile ?? own.server ?? everyServerProfile.multi);
  return worldOf(scenario);
}

/** Loads a module of the user's. Throws an InputError where it cannot be loaded or is no scenario and no system. */
export async function loadOwn(given: string): Promise<Own> {
  readText(given);
  const file = resolve(given);
  const jiti = createJiti(import.meta.url, {
    alias: aliases(file),
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
  });
  let exported: object;
  // A module that ends the process, or waits for what never comes, must not pass for one that holds.
  const ended = () => {
    process.stderr.write(`${given}: found a module that ends before it is loaded; expected ${expected}\n`);
    process.exitCode = exitCodes.badInput;
  };
  process.once('exit', ended);
  // What the module prints is not what the command says; a worker loads it once more.
  const { write } = process.stdout;
  process.stdout.write = ((text: string) => !isMainThread || process.stderr.write(text)) as typeof write;
  try {
    exported = await jiti.import<object>(file);
  } catch (error) {
    const problems = problemsOf(error);
    if (problems !== null) throw new InputError({ file: given, problems });
    return refuse(given, `a module that cannot be loaded (${firstLine(error)})`, expected);
  } finally {
    process.stdout.write = write;
    process.off('exit', ended);
  }
  // A module in CommonJS exports the value itself.
  const found = 'default' in exported ? exported.default : 'is' in exported ? exported : undefined;
  const is = (found as { is?: unknown } | null)?.is;
  if (is === 'scenario' || is === 'system') return found as Own;
  return refuse(given, found === undefined ? 'no default export' : 'another default export', expected);
}
