import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

import { type Experiment, seededExperiment } from '../inspector/model/experiment.ts';
import { eventsOfRun, recordedRun } from '../inspector/model/recordedRun.ts';
import type { OpenRecording } from '../inspector/model/recording.ts';
import { answersBy } from '../inspector/model/requests.ts';
import type { WorkerReply, WorkerRequest } from '../inspector/model/worker.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import type { Subject } from '../sim/check/questions/wholeWindow.ts';
import { InputError } from '../sim/input/inputError.ts';
import { ofModule } from '../sim/own/ofModule.ts';
import { tellComputing } from '../sim/own/purity.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { fuzzedOf, loadOwn } from './ownModule.ts';

/** What a worker is given that has the machines of a module. */
export interface ModuleTask {
  readonly file: string;
  readonly mode: ModeName | undefined;
  readonly profile: ServerProfile | undefined;
  /** Where it writes which transition it is about to compute: its length as a word, then the text. */
  readonly computing: SharedArrayBuffer;
}

/** What a worker says once: that it has loaded the module, or what is wrong with that. */
export type ModuleLoaded =
  | { readonly loaded: true }
  | { readonly loaded: false; readonly badInput: Pick<InputError, 'file' | 'problems'> };

/** A world answers many questions: its tables are computed once. */
function lastWorld({ worldOf }: Subject): (scenario: Scenario) => WorldDefinition {
  let last: { readonly key: string; readonly world: WorldDefinition } | null = null;
  return (scenario) => {
    const key = JSON.stringify(scenario);
    if (last?.key !== key) last = { key, world: worldOf(scenario) };
    return last.world;
  };
}

/** What is answered of a module beside what is answered of any run. */
const aboutModule = (file: string, { scenario }: Subject, worldOf: (scenario: Scenario) => WorldDefinition) => ({
  /** Its run as it stands there. */
  opened: (seed: number): Experiment => seededExperiment(scenario as Scenario, seed),
  /** The same as what its machines would have sent: for a page without them, and for whoever listens. */
  recorded: (seed: number, again: string): OpenRecording =>
    recordedRun(worldOf(scenario as Scenario), seed, basename(file), again),
  sent: (seed: number) => eventsOfRun(worldOf(scenario as Scenario), seed),
});

export type ModuleQuestions = ReturnType<typeof aboutModule>;

async function answering({ file, mode, profile, computing }: ModuleTask): Promise<(asked: WorkerRequest) => unknown> {
  const [words, bytes] = [new Int32Array(computing, 0, 1), new Uint8Array(computing, Int32Array.BYTES_PER_ELEMENT)];
  tellComputing((where) => {
    words[0] = new TextEncoder().encodeInto(where, bytes).written;
  });
  const subject = fuzzedOf(await loadOwn(file), file, { mode, profile });
  const worldOf = lastWorld(subject);
  const answers: Readonly<Record<string, unknown>> = { ...answersBy(worldOf), ...aboutModule(file, subject, worldOf) };
  return ({ name, given }) => {
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
    if (typeof answer !== 'function') throw new Error(`nothing is known of ${name}`);
    return answer(...given);
  };
}

/** The error of an answer, said of the module where it is one of its machines. */
const messageOf = (error: unknown, file: string): string =>
  error instanceof InputError ? ofModule(error, file).message : String((error as Error | null)?.message ?? error);

const port = parentPort;
const task = workerData as ModuleTask;
try {
  const answer = await answering(task);
  port?.on('message', (asked: WorkerRequest) => {
    let reply: WorkerReply;
    try {
      reply = { id: asked.id, value: answer(asked) };
    } catch (error) {
      reply = { id: asked.id, error: messageOf(error, task.file) };
    }
    port.postMessage(reply);
  });
  port?.postMessage({ loaded: true } satisfies ModuleLoaded);
} catch (error) {
  const { file, problems } =
    error instanceof InputError
      ? error
      : {
          file: task.file,
          problems: [{ line: null, found: messageOf(error, task.file), expected: 'a module that runs' }],
        };
  port?.postMessage({ loaded: false, badInput: { file, problems } } satisfies ModuleLoaded);
}
