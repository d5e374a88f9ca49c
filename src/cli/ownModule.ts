import process from 'node:process';
import { isMainThread } from 'node:worker_threads';
import { endedEarly, loadModule } from '../library/loadModule.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import type { Fuzzed } from '../sim/own/fuzzPiece.ts';
import { modeNameOf } from '../sim/own/ownScenario.ts';
import { type Own, scenarioSubject, systemSubject } from '../sim/own/subject.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { refuse } from './files.ts';
import { exitCodes } from './output.ts';

/** Where a hand-over is to be run; a system has no such places. */
export interface Place {
  readonly mode?: string | undefined;
  readonly profile?: ServerProfile | undefined;
}

/** What a module is made ready to run, in its own place or in one that is named; of a workload the day that the seed draws. */
export function fuzzedOf(own: Own, file: string, { mode, profile }: Place, seed?: number): Fuzzed {
  if (own.is === 'system') {
    if (mode !== undefined || profile !== undefined)
      refuse(mode === undefined ? '--profile' : '--mode', 'an option for scenarios', 'none: a system has no modes');
    return { ...systemSubject(own, file), drawn: null };
  }
  const drawn = { own, mode: mode ?? modeNameOf(own), server: profile ?? own.server ?? everyServerProfile.multi };
  return { ...scenarioSubject(own, file, drawn.mode, drawn.server, seed), drawn };
}

/** The world of a module, for one run. */
export function worldOfModule(own: Own, file: string, place: Place): WorldDefinition {
  const { scenario, worldOf } = fuzzedOf(own, file, place);
  return worldOf(scenario);
}

/** Loads a module of the user's, which neither ends this process nor speaks for the command. */
export async function loadOwn(given: string): Promise<Own> {
  // A module that ends the process, or waits for what never comes, must not pass for one that holds.
  const ended = () => {
    process.stderr.write(`${endedEarly(given).message}\n`);
    process.exitCode = exitCodes.badInput;
  };
  process.once('exit', ended);
  // What the module prints is not what the command says; a worker loads it once more.
  const { write } = process.stdout;
  process.stdout.write = ((text: string) => !isMainThread || process.stderr.write(text)) as typeof write;
  try {
    return await loadModule(given);
  } finally {
    process.stdout.write = write;
    process.off('exit', ended);
  }
}
