import process from 'node:process';
import { buildText } from '../queue/presence.ts';
import type { Answer, Presence } from '../queue/protocol.ts';
import type { QueueAddress } from '../queue/queueAddress.ts';
import { QueueRun } from '../queue/queueRun.ts';
import { InputError } from '../sim/input/inputError.ts';
import { moduleOf, type SpreadJob, sentJob } from '../sim/jobs/sentJob.ts';
import { arrivedResult } from '../sim/jobs/sentResult.ts';
import { buildDigest } from './buildDigest.ts';
import { pasteable } from './invocation.ts';
import type { JobRunner, Outcome } from './jobRunner.ts';
import { moduleDigest } from './moduleDigest.ts';
import { clearProgress, reportEveryMs, showProgress } from './progress.ts';
import { ringproofVersion } from './version.ts';

/** How long the queue may be away in the midst of a run. */
const patienceMs = 60_000;

const tell = (text: string): void => {
  clearProgress();
  process.stderr.write(`${text}\n`);
};

/** What a run is of: who works for it must have the same. */
interface Model {
  readonly version: string;
  readonly build: string;
  readonly module: string | null;
}

const canDo = ({ build, module }: Model, worker: Presence): boolean =>
  worker.build === build && (module === null || worker.modules.includes(module));

/** Why nobody works, and what to do about it. */
function nobodyText(address: QueueAddress, model: Model, workers: readonly Presence[]): string {
  const others = new Set(workers.filter(({ build }) => build !== model.build).map(buildText));
  const withoutModule = workers.filter(({ build }) => build === model.build).length;
  const command = `worker --queue ${address.text}${model.module === null ? '' : ' --module FILE'}`;
  return [
    `nobody works for this yet: on another machine, or here, ${pasteable(command)}`,
    ...[...others].map((other) => `  there are workers of ${other}; this is ${buildText(model)}`),
    ...(withoutModule > 0 ? [`  ${withoutModule} of this build have no module ${model.module}`] : []),
  ].join('\n');
}

function refuseAt({ text }: QueueAddress, found: string, expected: string): never {
  throw new InputError({ file: text, problems: [{ line: null, found, expected }] });
}

function outcomeOf(address: QueueAddress, job: SpreadJob, index: number, answer: Answer): Outcome {
  if ('badInput' in answer) throw new InputError(answer.badInput as Pick<InputError, 'file' | 'problems'>);
  if ('refused' in answer)
    return refuseAt(address, `a worker that refuses: ${answer.refused.found}`, answer.refused.expected);
  if ('died' in answer) return { died: Object.assign(new Error(answer.died.message), { stack: answer.died.stack }) };
  const arrived = arrivedResult(job, answer.result);
  return typeof arrived === 'string'
    ? refuseAt(address, `no result of job ${index} (${arrived})`, 'what a worker writes')
    : arrived;
}

/** Does jobs on the workers of a queue. Ctrl-C, or a queue that does not come back, ends it with what has come until then. */
export const onQueue =
  (address: QueueAddress): JobRunner =>
  async (given, onOutcome) => {
    const jobs = given as readonly SpreadJob[];
    if (jobs.length === 0) return { outcomes: [], isInterrupted: false };
    const file = jobs.map(moduleOf).find((one) => one !== null) ?? null;
    const model = { version: ringproofVersion(), build: buildDigest(), module: file && moduleDigest(file) };
    const controller = new AbortController();
    const stop = () => controller.abort();
    const outcomes: Outcome[] = onOutcome === undefined ? jobs.map(() => ({ interruptedAfter: 0 })) : [];
    let [finished, workers, threads, told, failure] = [0, 0, 0, '', undefined as unknown];
    const onAnswer = (index: number, answer: Answer) => {
      try {
        const outcome = outcomeOf(address, jobs[index] as SpreadJob, index, answer);
        if (onOutcome === undefined) outcomes[index] = outcome;
        else onOutcome(index, outcome);
        finished++;
      } catch (error) {
        failure ??= error;
        stop();
      }
    };
    const onWorkers = (present: readonly Presence[]) => {
      const able = present.filter((one) => canDo(model, one));
      workers = able.length;
      threads = able.reduce((sum, one) => sum + one.threads, 0);
      const text = workers > 0 ? '' : nobodyText(address, model, present);
      if (text !== '' && text !== told) tell(text);
      told = text;
    };
    const startedMs = Date.now();
    const progress = () =>
      `${finished} of ${jobs.length} done, ${workers} workers with ${threads} threads, ${Math.round((Date.now() - startedMs) / 1_000)} s`;
    const timer = process.stderr.isTTY ? setInterval(() => showProgress(progress()), reportEveryMs) : undefined;
    process.once('SIGINT', stop);
    try {
      const { signal } = controller;
      const sent = jobs.map(sentJob);
      const { end, why, isRefused } = await QueueRun.make({
        ...{ address, ...model, jobs: sent, signal, onAnswer, onWorkers, patienceMs },
      });
      if (failure !== undefined) throw failure;
      if (isRefused && finished === 0) refuseAt(address, `a Redis that refuses (${why})`, 'one that can be written');
      if (end === 'lost') tell(`${address.text}: ${why}; ${finished} of ${jobs.length} jobs were done by then`);
      return { outcomes, isInterrupted: end !== 'whole' };
    } finally {
      process.off('SIGINT', stop);
      clearInterval(timer);
      clearProgress();
    }
  };
