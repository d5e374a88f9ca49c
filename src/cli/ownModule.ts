import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { endedEarly, loadModule } from '../library/loadModule.ts';
import { strayError } from '../library/moduleError.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import type { Fuzzed } from '../sim/own/fuzzPiece.ts';
import { modeNameOf, type OwnScenario } from '../sim/own/ownScenario.ts';
import { type Own, scenarioRuns, scenarioSubject, systemRuns, systemSubject } from '../sim/own/subject.ts';
import type { RunWorlds } from '../sim/sweep/runWorlds.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { refuse } from './files.ts';
import { exitCodes } from './output.ts';
import { hasOwnCodeFailed, noteOwnCode } from './ownCode.ts';

/** Where a hand-over is to be run; a system has no such places. */
export interface Place {
  readonly mode?: string | undefined;
  readonly profile?: ServerProfile | undefined;
}

/** What a module is made ready to run, in its own place or in one that is named; of a workload the day that the seed draws. */
export function fuzzedOf(own: Own, file: string, place: Place, seed?: number): Fuzzed {
  if (own.is === 'system') {
    refusePlace(place);
    return { ...systemSubject(own, file), drawn: null };
  }
  const drawn = { own, ...placeOf(own, place) };
  return { ...scenarioSubject(own, file, drawn.mode, drawn.server, seed), drawn };
}

/** What many runs of a module are runs of, in its own place or in one that is named. */
export function runsOfModule(own: Own, file: string, place: Place): RunWorlds {
  if (own.is === 'system') {
    refusePlace(place);
    return systemRuns(own, file);
  }
  const { mode, server } = placeOf(own, place);
  return scenarioRuns(own, file, mode, server);
}

function refusePlace({ mode, profile }: Place): void {
  if (mode !== undefined || profile !== undefined)
    refuse(mode === undefined ? '--profile' : '--mode', 'an option for scenarios', 'none: a system has no modes');
}

/** Where a hand-over is run. */
export const placeOf = (own: OwnScenario, { mode, profile }: Place) => ({
  mode: mode ?? modeNameOf(own),
  server: profile ?? own.server ?? everyServerProfile.multi,
});

/** The world of a module, for one run. */
export function worldOfModule(own: Own, file: string, place: Place): WorldDefinition {
  const { scenario, worldOf } = fuzzedOf(own, file, place);
  return worldOf(scenario);
}

/** Loads a module of the user's, which neither ends this process nor speaks for the command. */
export async function loadOwn(given: string): Promise<Own> {
  // A module that ends the process, or waits for what never comes, must not pass for one that holds.
  noteOwnCode((error) => strayError(error, given));
  const ended = () => {
    if (hasOwnCodeFailed()) return;
    process.stderr.write(`${endedEarly(given).message}\n`);
    process.exitCode = exitCodes.badInput;
  };
  process.once('exit', ended);
  // What the module prints is not what the command says; a worker loads it once more.
  const { write } = process.stdout;
  process.stdout.write = ((text: string) => !isMainThread || process.stderr.write(text)) as typeof write;
  try {
    const own = await loadModule(given);
    // A promise that fails is noticed when all else has had its turn.
    await setImmediate();
    return own;
  } finally {
    process.stdout.write = write;
    process.off('exit', ended);
  }
}
