import { refuse } from './files.ts';
import type { Job, JobResult, JobRunner, JobSession, Outcome, Ran } from './jobRunner.ts';
import { type RoundProgress, wordsOf } from './onThreads.ts';
import type { Worked } from './progress.ts';

/** Runs that are wanted in a place, and who takes what they come to. */
interface Wanted<Made> {
  /** The number of the place. */
  readonly place: number;
  readonly take: (made: Made) => void;
}

/** Yields what is wanted next, round after round; told whether the user wants to stop. */
type Rounds<Asked, Done> = Generator<readonly Asked[], Done, boolean>;

/** What a job of runs has come to; null where the user did not wait for it. Without one of them no figure would be right. */
export function runsIn<Made>(outcome: Outcome): Made | null {
  if ('died' in outcome) throw outcome.died;
  return 'result' in outcome ? (outcome.result as Made) : null;
}

/** How the runs that are wanted are made: in which jobs, and how what those come to is taken together, in any order. */
interface Making<Asked, Made> {
  readonly jobsOf: (wanted: Asked) => readonly Job[];
  readonly together: (one: Made, other: Made) => Made;
}

/** Has the runs of round after round made. `onRound` is told what each came to in a place. */
export async function inRounds<Made, Asked extends Wanted<Made>, Done>(
  rounds: Rounds<Asked, Done>,
  { jobsOf, together }: Making<Asked, Made>,
  run: JobRunner,
  onRound: (place: number, made: Made) => void = () => {},
): Promise<Worked<Done>> {
  let isInterrupted = false;
  for (;;) {
    const step = rounds.next(isInterrupted);
    if (step.done) return { result: step.value, isInterrupted };
    const jobs = step.value.flatMap((wanted) => jobsOf(wanted).map((job) => ({ wanted, job })));
    const made = new Map<Asked, Made>();
    const ran = await run(
      jobs.map(({ job }) => job),
      (index, outcome) => {
        const { wanted } = jobs[index] as (typeof jobs)[number];
        const [before, more] = [made.get(wanted), runsIn<Made>(outcome)];
        if (more !== null) made.set(wanted, before === undefined ? more : together(before, more));
      },
    );
    isInterrupted = ran.isInterrupted;
    for (const [wanted, all] of made) {
      wanted.take(all);
      onRound(wanted.place, all);
    }
  }
}

/** The jobs of all rounds, where what is wanted does not depend on what was made. */
export function everyJob<Asked>(
  rounds: Rounds<Asked, unknown>,
  { jobsOf }: Pick<Making<Asked, never>, 'jobsOf'>,
): Job[] {
  const jobs: Job[] = [];
  for (let step = rounds.next(false); !step.done; step = rounds.next(false)) jobs.push(...step.value.flatMap(jobsOf));
  return jobs;
}

/** Does jobs that were done before, in the same order, whatever round they are asked for in. */
export function doneBefore({ outcomes }: Ran): JobRunner {
  let next = 0;
  return async (jobs, onOutcome) => {
    const done = outcomes.slice(next, next + jobs.length);
    next += jobs.length;
    for (const [index, outcome] of done.entries()) onOutcome?.(index, outcome);
    return { outcomes: done, isInterrupted: false };
  };
}

/** What rounds come to that were made in parts, each place by itself: they are asked for again, and are there already. */
export function ofParts<Made, Asked extends Wanted<Made>, Done>(
  rounds: Rounds<Asked, Done>,
  { outcomes }: Ran,
  isOf: (wanted: Asked, made: Made) => boolean,
): Worked<Done> {
  const left = outcomes.map((outcome) => [...(runsIn<Made[]>(outcome) ?? [])]);
  for (;;) {
    const step = rounds.next(false);
    if (step.done) return { result: step.value, isInterrupted: false };
    for (const wanted of step.value) {
      const made = left[wanted.place]?.shift();
      if (made === undefined || !isOf(wanted, made))
        refuse('merge', 'parts with other runs than this sweep makes', 'what --shard writes');
      else wanted.take(made);
    }
  }
}

/** How jobs each of which stands for all runs of a place are swept: in which rounds, and how those are made. */
export interface Places<Of, Asked, Made> {
  readonly rounds: (places: readonly Of[]) => Rounds<Asked, unknown>;
  readonly making: (places: readonly Of[]) => Making<Asked, Made>;
}

/** Does jobs each of which stands for all runs of a place: gives what each round of a place has come to. */
export const inPlaces =
  <Of, Made, Asked extends Wanted<Made>>(
    session: JobSession,
    ofJob: (job: Job) => Of,
    { rounds, making }: Places<Of, Asked, Made>,
  ): JobRunner =>
  async (jobs) => {
    const places = jobs.map(ofJob);
    const results: Made[][] = jobs.map(() => []);
    const { isInterrupted } = await session((run) =>
      inRounds(rounds(places), making(places), run, (place, made) => results[place]?.push(made)),
    );
    return { outcomes: results.map((result) => ({ result: result as JobResult })), isInterrupted };
  };

/** How far rounds of runs are, for a terminal. */
export function runsProgress(): RoundProgress {
  let [before, round] = [0, new Int32Array()];
  return (words, finished, jobs, elapsedMs) => {
    if (words !== round) [before, round] = [before + wordsOf(round, 0), words as typeof round];
    const runs = (before + wordsOf(words, 0)).toLocaleString('en-US');
    return `${runs} runs, ${finished} of ${jobs} jobs of this round, ${Math.round(elapsedMs / 1_000)} s`;
  };
}
