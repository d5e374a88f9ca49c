import { everyServerProfile } from '../../profiles/furtherServers.ts';
import { raceWindowLines } from '../report/raceWindow.ts';
import { sentenceAbout } from '../report/sentence.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import type { Trace } from '../trace/trace.ts';
import { type Fuzzed, type FuzzedPiece, type FuzzRequest, fuzzPiece, pieceRuns, soughtIn } from './fuzzPiece.ts';
import { modeNameOf } from './ownScenario.ts';
import { refuseNumbers } from './refuseNumbers.ts';
import { type Runnable, refuseUnknown, subjectOf } from './runnable.ts';

export interface FuzzSettings {
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
  /** Called after each run, also those that make a violation simpler; false ends it with what is known by then. */
  readonly onRun?: (isViolated: boolean) => boolean;
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

export interface FuzzResult {
  readonly found: FuzzFinding | null;
  /** Properties that no run gave anything to judge: of these it is not known whether they hold. */
  readonly idle: readonly string[];
}

const limits = { changes: 4, kinds: ['home'], calls: 2, losses: 1 } as const;

/** What the pieces of a search have come to, in their order up to the first that has found something. */
export function fuzzResultOf(pieces: readonly FuzzedPiece[], judged: readonly string[]): FuzzResult {
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

/**
 * Draws runs until one violates a property, and makes that one as simple as it can be: fewer late events, fewer faults. Of a
 * hand-over of your own it draws also steps and calls. Throws an InputError for machines that do not fit, unknown properties,
 * and numbers that are none.
 *
 * @example
 * ```ts
 * import { defineScenario, fuzz } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * console.log(fuzz(scenario, { runs: 20 }));
 * ```
 */
export function fuzz(what: Runnable, settings: FuzzSettings = {}): FuzzResult {
  const { properties = null, runs = 1_000, seed = 1, losses = 0, duplicates = 0, onRun = () => true } = settings;
  refuseNumbers('fuzz', {
    runs: [runs, 1, 1_000_000_000],
    seed: [seed, 0, 2_147_483_647],
    losses: [losses, 0, 5],
    duplicates: [duplicates, 0, 5],
  });
  const isOwn = 'is' in what && what.is === 'scenario';
  const drawn = isOwn ? { own: what, mode: modeNameOf(what), server: what.server ?? everyServerProfile.multi } : null;
  const fuzzed: Fuzzed = { ...subjectOf(what), drawn };
  const world = fuzzed.worldOf(fuzzed.scenario);
  refuseUnknown(settings.properties, world);
  const request: FuzzRequest = { properties, losses, duplicates, limits, runs, seed };
  const pieces: FuzzedPiece[] = [];
  let isEnded = false;
  const goesOn = (isViolated: boolean) => {
    isEnded ||= !onRun(isViolated);
    return !isEnded;
  };
  for (let piece = 0; piece * pieceRuns < runs && !isEnded; piece++) {
    const one = fuzzPiece(fuzzed, request, piece, goesOn);
    pieces.push(one);
    if (one.found !== null) break;
  }
  return fuzzResultOf(pieces, properties ?? soughtIn(world, fuzzed, null).map(({ name }) => name));
}
