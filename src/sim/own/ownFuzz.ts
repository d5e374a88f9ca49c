import { everyServerProfile } from '../../profiles/furtherServers.ts';
import { raceWindowLines } from '../report/raceWindow.ts';
import { sentenceAbout } from '../report/sentence.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import type { Trace } from '../trace/trace.ts';
import { type Fuzzed, type FuzzedPiece, type FuzzRequest, fuzzPiece, pieceRuns, soughtIn } from './fuzzPiece.ts';
import { modeNameOf } from './ownScenario.ts';
import type { RunsProgress } from './ownSweep.ts';
import { refuseNumbers } from './refuseNumbers.ts';
import { type Runnable, refuseUnknown, subjectOf } from './runnable.ts';

/** What is drawn, and what is looked for. Plain data. */
export interface FuzzQuestion {
  /**
   * Names of the properties to violate. Where they are left out: all of a system; of a hand-over `noInviteLost`,
   * `singleRegistration` and its own, but not those that its `expect` says are violated.
   */
  readonly properties?: readonly string[];
  /** How many runs at most; default 1,000. */
  readonly runs?: number;
  /** What is drawn follows from it; default 1. */
  readonly seed?: number;
  /** How many messages of links with `udp` may be lost, and how many may arrive twice; default 0. */
  readonly losses?: number;
  readonly duplicates?: number;
}

/** A run that violates something, made as simple as it can be. */
export interface FuzzFinding {
  readonly violated: readonly string[];
  readonly sentence: string;
  /** For which delays, a line each. */
  readonly window: readonly string[];
  readonly trace: Trace;
  /** The hand-over that was drawn with the user's machines; null where it is a run of what was given. */
  readonly document: ScenarioDocument | null;
  /** Runs until it was found, and times that it was made simpler. */
  readonly runs: number;
  readonly shrinks: number;
}

/** What a search has come to. */
export interface FuzzResult {
  readonly found: FuzzFinding | null;
  /** Properties that no run gave anything to judge: of these it is not known whether they hold. */
  readonly idle: readonly string[];
  /** Runs that were made, also those that made a violation simpler. */
  readonly runs: number;
  /** Whether some run has violated a property: `found` may be missing where it was ended before that was made simpler. */
  readonly isViolated: boolean;
  /** False where it was ended before it had found something, and made it as simple as it can be, or made all runs. */
  readonly isComplete: boolean;
}

const limits = { changes: 4, kinds: ['home'], calls: 2, losses: 1 } as const;

/** What the pieces of a search have come to, in their order up to the first that has found something. */
export function fuzzResultOf(
  pieces: readonly FuzzedPiece[],
  judged: readonly string[],
): Pick<FuzzResult, 'found' | 'idle'> {
  const witnessed = new Set(pieces.flatMap((one) => one.witnessed));
  const idle = judged.filter((name) => !witnessed.has(name));
  const last = pieces.at(-1)?.found ?? null;
  if (last === null) return { found: null, idle };
  const { trace, violated, document, shrinks } = last;
  const sentence = sentenceAbout(violated[0] ?? '', trace);
  const window = trace.raceWindow ? raceWindowLines(trace.raceWindow, trace) : [];
  const runs = (pieces.length - 1) * pieceRuns + last.runs;
  return { found: { violated, sentence, window, trace, document, runs, shrinks }, idle };
}

/** Throws an InputError for numbers that are none. */
export const refuseFuzz = ({ runs = 1_000, seed = 1, losses = 0, duplicates = 0 }: FuzzQuestion): void =>
  refuseNumbers('fuzz', {
    runs: [runs, 1, 1_000_000_000],
    seed: [seed, 0, 2_147_483_647],
    losses: [losses, 0, 5],
    duplicates: [duplicates, 0, 5],
  });

/** What is fuzzed of what can be run: of a hand-over of the user's also others, which are drawn with its machines. */
function fuzzedOf(what: Runnable): Fuzzed {
  const isOwn = 'is' in what && what.is === 'scenario';
  const drawn = isOwn ? { own: what, mode: modeNameOf(what), server: what.server ?? everyServerProfile.multi } : null;
  return { ...subjectOf(what), drawn };
}

/**
 * Draws runs until one violates a property, and makes that one simpler: a hundred runs a step. Told to stop, it ends with what
 * is known; `goesOn` is asked after each run as well.
 */
export function* fuzzing(
  what: Runnable,
  { properties, runs = 1_000, seed = 1, losses = 0, duplicates = 0 }: FuzzQuestion,
  goesOn: (progress: RunsProgress) => boolean,
): Generator<RunsProgress, FuzzResult, boolean> {
  const fuzzed = fuzzedOf(what);
  const world = fuzzed.worldOf(fuzzed.scenario);
  refuseUnknown(properties, world);
  const request: FuzzRequest = { properties: properties ?? null, losses, duplicates, limits, runs, seed };
  const pieces: FuzzedPiece[] = [];
  let made = 0;
  let isViolated = false;
  let isStopped = false;
  const onRun = (violates: boolean) => {
    made++;
    isViolated ||= violates;
    isStopped ||= !goesOn({ runs: made });
    return !isStopped;
  };
  for (let piece = 0; piece * pieceRuns < runs && !isStopped; piece++) {
    const one = fuzzPiece(fuzzed, request, piece, onRun);
    pieces.push(one);
    if (one.found !== null || (piece + 1) * pieceRuns >= runs) break;
    isStopped ||= !(yield { runs: made });
  }
  const result = fuzzResultOf(pieces, properties ?? soughtIn(world, fuzzed, null).map(({ name }) => name));
  return { ...result, runs: made, isViolated, isComplete: !isStopped };
}
