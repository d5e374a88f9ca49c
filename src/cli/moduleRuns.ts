import { resolve } from 'node:path';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { fingerprintOf } from '../sim/own/fingerprint.ts';
import type { Fuzzed } from '../sim/own/fuzzPiece.ts';
import type { Own } from '../sim/own/subject.ts';
import { refuse, shellWord } from './files.ts';
import { wordFor } from './options.ts';
import { fuzzedOf, type Place } from './ownModule.ts';
import type { ModulePlace } from './runsWorker.ts';

/** A module in one place, with what its workers need. */
export interface PlacedModule {
  readonly fuzzed: Fuzzed;
  readonly place: ModulePlace;
}

/** Makes a module ready to run in a place. */
export function placed(own: Own, file: string, { mode, profile }: Place): PlacedModule {
  const fuzzed = fuzzedOf(own, file, { mode, profile });
  const fingerprint = fingerprintOf(fuzzed.worldOf(fuzzed.scenario));
  return { fuzzed, place: { module: resolve(file), file, mode, profile, fingerprint } };
}

/** Refuses options that a module has no use for; `isSaid` tells whether the user has given one. */
export function refuseIdleFor(
  own: Own,
  isSaid: (option: string) => boolean,
  { never, ofScenarios }: { readonly never: readonly string[]; readonly ofScenarios: readonly string[] },
): void {
  const idle = never.find(isSaid);
  if (idle !== undefined) refuse(`--${idle}`, 'an option for scenario files', 'none: a module is run as it is');
  const ofScenario = own.is === 'system' ? ofScenarios.find(isSaid) : undefined;
  if (ofScenario !== undefined) refuse(`--${ofScenario}`, 'an option for scenarios', 'none for a system');
}

/** The options with which `simulate` runs a module in that place. */
export const placeFlags = ({
  mode,
  profile,
}: {
  readonly mode: string | null;
  readonly profile: ServerProfile | null;
}): string =>
  [
    ...(mode === null ? [] : [` --mode ${shellWord(mode)}`]),
    ...(profile === null ? [] : [` --profile ${wordFor(profile)}`]),
  ].join('');
