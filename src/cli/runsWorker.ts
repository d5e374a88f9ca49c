import type { ServerProfile } from '../machines/serverProfile.ts';
import { InputError } from '../sim/input/inputError.ts';
import { fingerprintOf } from '../sim/own/fingerprint.ts';
import { type Fuzzed, type FuzzedPiece, type FuzzRequest, fuzzPiece } from '../sim/own/fuzzPiece.ts';
import { ofModule } from '../sim/own/ofModule.ts';
import type { BadInput } from './checkWorker.ts';
import { refuse } from './files.ts';
import { fuzzedOf, loadOwn } from './ownModule.ts';

/** A module of the user's in one place. Plain data. */
export interface ModulePlace {
  /** The path of its file, and how the user has named that. */
  readonly module: string;
  readonly file: string;
  readonly mode: string | undefined;
  readonly profile: ServerProfile | undefined;
  /** What it must be when it is loaded again: see `fingerprintOf`. */
  readonly fingerprint: string;
}

/** A piece of what is drawn. Plain data. */
export type RunsJob = ModulePlace & { readonly request: FuzzRequest; readonly piece: number };

/** A job with the memory through which it reports and can be told to stop. */
export interface RunsTask {
  readonly job: RunsJob;
  readonly words: Int32Array;
}

/** The words of that memory: runs so far, whether one is violated, whether the user wants to stop, and the pieces that matter. */
export const [runsWord, violatedWord, stopWord, piecesWord] = [0, 1, 2, 3];

/** Loaded once in each worker. */
const loaded = new Map<string, Promise<Fuzzed>>();

async function loadPlace({ module, file, mode, profile, fingerprint }: ModulePlace): Promise<Fuzzed> {
  const fuzzed = fuzzedOf(await loadOwn(module), file, { mode, profile });
  if (fingerprintOf(fuzzed.worldOf(fuzzed.scenario)) !== fingerprint)
    refuse(file, 'another one when it is loaded again', 'a module that is the same whenever it is loaded');
  return fuzzed;
}

function placeOf(place: ModulePlace): Promise<Fuzzed> {
  const key = JSON.stringify([place.module, place.mode, place.profile?.name]);
  const known = loaded.get(key) ?? loadPlace(place);
  loaded.set(key, known);
  return known;
}

/** Makes the runs of one job, in a worker. */
export default async function run({ job, words }: RunsTask): Promise<FuzzedPiece | BadInput> {
  try {
    const place = await placeOf(job);
    return searched(place, job, words);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { file, problems } = ofModule(error, job.file);
    return { badInput: { file, problems } };
  }
}

const isStoppedBy = (words: Int32Array): boolean => Atomics.load(words, stopWord) === 1;

function searched(
  place: Fuzzed,
  { request, piece }: { readonly request: FuzzRequest; readonly piece: number },
  words: Int32Array,
): FuzzedPiece {
  const found = fuzzPiece(place, request, piece, (isViolated) => {
    Atomics.add(words, runsWord, 1);
    if (isViolated) Atomics.store(words, violatedWord, 1);
    return !isStoppedBy(words) && piece <= Atomics.load(words, piecesWord);
  });
  return found;
}
