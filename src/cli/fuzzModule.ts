import process from 'node:process';
import type { DrawLimits } from '../sim/fuzz/drawLimits.ts';
import { visible } from '../sim/input/visible.ts';
import { expectedOf, type FuzzedPiece, type FuzzRequest, pieceRuns, soughtIn } from '../sim/own/fuzzPiece.ts';
import { type FuzzResult, fuzzResultOf } from '../sim/own/ownFuzz.ts';
import { refuse, shellWord, standardStream, writeText } from './files.ts';
import { pasteable } from './invocation.ts';
import { placed, refuseIdleFor } from './moduleRuns.ts';
import { checkedWords } from './options.ts';
import { colours, exitCodes, print, terminalWidth } from './output.ts';
import { loadOwn, type Place } from './ownModule.ts';
import { makeRuns } from './runsJobs.ts';
import { showRun } from './showRun.ts';

export interface FuzzModuleOptions extends Place {
  readonly property: readonly string[] | undefined;
  readonly limits: DrawLimits;
  /** How many messages may be lost; undefined where the user does not say. */
  readonly losses: number | undefined;
  readonly runs: number;
  readonly seed: number;
  readonly format: 'text' | 'json';
  readonly jobs: number;
  readonly output: string | undefined;
  readonly force: boolean;
}

/** `ringproof fuzz MODULE`: draws runs of the user's own machines, and shrinks what violates a property. */
export async function fuzzModule(
  file: string,
  options: FuzzModuleOptions,
  isSaid: (option: string) => boolean,
): Promise<void> {
  const { property, limits, runs, seed, format, output, jobs } = options;
  const own = await loadOwn(file);
  const ofScenarios = ['mode', 'profile', 'changes', 'kinds', 'calls'];
  refuseIdleFor(own, isSaid, { never: ['trace'], ofScenarios });
  const { fuzzed, place } = placed(own, file, options);
  const world = fuzzed.worldOf(fuzzed.scenario);
  if (property !== undefined)
    checkedWords(
      '--property',
      property,
      world.properties.map(({ name }) => name),
    );
  const sought = property ?? soughtIn(world, fuzzed, null).map(({ name }) => name);
  if (sought.length === 0)
    refuse(file, 'no property that is claimed of this mode', '--property, or a property of its own');
  const mayLose = own.is === 'scenario' || world.links.some(({ lossy, loss }) => lossy && loss > 0);
  const request: FuzzRequest = {
    properties: property ?? null,
    losses: options.losses ?? (mayLose ? 1 : 0),
    duplicates: 0,
    limits: { ...limits, losses: options.losses ?? limits.losses },
    runs,
    seed,
  };
  const done = await makeRuns({
    workers: jobs,
    count: Math.ceil(runs / pieceRuns),
    jobOf: (piece) => ({ ...place, request, piece }),
    progress: (made, isViolated) =>
      `${made} of ${runs} drawn runs, ${isViolated ? 'a violation is shrunk' : 'no violation so far'}`,
    isLast: ({ found }) => found !== null,
  });
  const { found, idle } = fuzzResultOf(piecesOf(done.results), sought);
  const counts = (name: string) =>
    property !== undefined || own.is === 'system' || own.properties.some((one) => one.name === name);
  const unjudged = idle.length === sought.length ? idle : idle.filter(counts);
  if (done.isInterrupted) {
    const isLost = found === null && done.isViolated;
    const seen = isLost
      ? 'a violation is there, but was not shrunk yet: the same seed finds it again'
      : found === null
        ? `no violation of ${sought.join(', ')} so far`
        : 'what was found is not shrunk to the end';
    process.stderr.write(`interrupted after ${done.runs} of ${runs} drawn runs: ${seen}\n`);
  }
  if (found !== null && output !== undefined)
    writeText(output, `${JSON.stringify(found.trace, null, 1)}\n`, options.force);
  if (format === 'json')
    print(
      JSON.stringify(
        {
          version: 1,
          module: file,
          properties: sought,
          seed,
          runs: found?.runs ?? done.runs,
          isInterrupted: done.isInterrupted,
          idle: unjudged,
          found,
        },
        null,
        1,
      ),
    );
  else if (found !== null) report(found, file, options);
  else if (!done.isInterrupted) reportNothing(sought, unjudged, options);
  if (found === null && output !== undefined && output !== standardStream)
    process.stderr.write(`nothing was found, so ${output} was not written\n`);
  const isExpected = found?.document === null && found.violated.every((name) => expectedOf(fuzzed).includes(name));
  if ((found !== null && !isExpected) || (found === null && done.isViolated)) process.exitCode = exitCodes.violated;
  else if (done.isInterrupted || (found === null && unjudged.length > 0)) process.exitCode = exitCodes.inconclusive;
}

/** What is there, up to the first piece that has found something. */
function piecesOf(results: readonly (FuzzedPiece | null)[]): FuzzedPiece[] {
  const last = results.findIndex((one) => (one?.found ?? null) !== null);
  const nothing: FuzzedPiece = { found: null, witnessed: [] };
  return (last < 0 ? results : results.slice(0, last + 1)).map((one) => one ?? nothing);
}

function report(found: NonNullable<FuzzResult['found']>, file: string, { output, seed }: FuzzModuleOptions): void {
  if (output === standardStream) return;
  const { violated, runs, shrinks, trace, document } = found;
  const what = document === null ? '' : ', in a hand-over that was drawn';
  print(`Violated: ${violated.join(', ')}, after ${runs} runs and ${shrinks} shrinks (seed ${seed})${what}.`);
  const replay = (kept: string) => pasteable(`simulate ${shellWord(file)} --replay ${kept}`);
  if (output === undefined) print(colours.dim(`Keep its run with --output FILE; see it again with: ${replay('FILE')}`));
  else print(`Written to ${visible(output)}; see it again with: ${replay(shellWord(output))}`);
  showRun(trace, { width: terminalWidth(), window: trace.raceWindow ?? null });
}

function reportNothing(sought: readonly string[], idle: readonly string[], { runs, seed }: FuzzModuleOptions): void {
  const judged = sought.filter((name) => !idle.includes(name));
  if (judged.length > 0) print(`No violation of ${judged.join(', ')} in ${runs} drawn runs (seed ${seed}).`);
  if (idle.length > 0)
    print(colours.yellow(`Nothing to judge in ${runs} drawn runs (seed ${seed}): ${idle.join(', ')}.`));
}
