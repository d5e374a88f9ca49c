import type { ChangeLog, Experiment, ModuleName } from '../model/experiment.ts';
import type { CaptureAnswers, ScenarioAnswers } from '../model/readers.ts';
import type { Answers } from '../model/requests.ts';
import type { BesideName, PartName } from '../model/singleFile.ts';
import type { Questions, WorkerReply, WorkerRequest } from '../model/worker.ts';
import captureUrl from '../readers/captureReader.ts?worker&url';
import scenarioUrl from '../readers/scenarioReader.ts?worker&url';
import { askModule } from './module/askModule.ts';
import { blobUrl, inlinePart, isOneFile, partBeside } from './parts.ts';
import { askServed } from './served.ts';
import workerUrl from './worker.ts?worker&url';
import type { Texts } from './writer.ts';
import writerUrl from './writer.ts?worker&url';

/** Where the programme of a worker is: with the server, or in this file. */
const programUrl = (name: PartName, url: string): Promise<string> =>
  inlinePart(name).then((text) => (text === null ? url : blobUrl(text)));

/** A worker, with the questions to which it still owes an answer. */
class Helper<All extends Questions<All>> {
  readonly #worker: Promise<Worker>;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  constructor(program: Promise<string | Worker>) {
    this.#worker = program.then((one) => this.#start(typeof one === 'string' ? new Worker(one) : one));
    // Whoever asks is told.
    this.#worker.catch(() => {});
  }

  #start(worker: Worker): Worker {
    worker.addEventListener('error', ({ message }) => this.#fail(`its worker failed: ${message}`));
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerReply>) => {
      const asked = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ('error' in data) asked?.reject(new Error(data.error));
      else asked?.resolve(data.value as never);
    });
    return worker;
  }

  ask<Name extends keyof All & string>(
    name: Name,
    ...given: Parameters<All[Name]>
  ): Promise<Awaited<ReturnType<All[Name]>>> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.then((worker) => worker.postMessage({ id, name, given } satisfies WorkerRequest), reject);
    });
  }

  /** A worker that could not be started answers nothing. */
  #fail(message: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(message));
    this.#waiting.clear();
  }

  end(): void {
    this.#worker.then(
      (worker) => worker.terminate(),
      () => {},
    );
  }
}

/** A worker that holds the world. */
type Simulator = Helper<Answers>;

/** The worker that the page of a server starts before its own script, and why it failed, if it has. */
declare const startedSimulator: (Worker & { failure?: string }) | undefined;

async function started(): Promise<Worker | null> {
  if (typeof startedSimulator === 'undefined') return null;
  if (startedSimulator.failure !== undefined) throw new Error(`its worker failed: ${startedSimulator.failure}`);
  return startedSimulator;
}

const simulatorUrl = programUrl('worker.js', workerUrl);

let simulator: Simulator | null = null;

/** The worker of the page, started for its first question, or before there is any. */
export function theSimulator(): Simulator {
  simulator ??= new Helper(started().then(async (worker) => worker ?? (await simulatorUrl)));
  return simulator;
}

/** The module of the runs that a question is about; undefined where the page itself has their machines. */
const moduleOf = ([about]: readonly unknown[]): ModuleName | undefined =>
  (about as Experiment | undefined)?.module ?? (about as ChangeLog | undefined)?.base?.module;

/** Asks the server about runs of a module. `signal` gives it up. */
const askServer = async (name: string, given: readonly unknown[], signal?: AbortSignal): Promise<never> =>
  askModule(name, given, signal) as Promise<never>;

/** Asks whoever runs experiments; the answer comes at once. */
export const ask: Simulator['ask'] = (name, ...given) => {
  if (moduleOf(given) !== undefined) return askServer(name, given);
  // A server that has ended leaves the page to itself.
  return askServed(name, given)?.catch(() => theSimulator().ask(name, ...given)) ?? theSimulator().ask(name, ...given);
};

/** Asks a worker of its own, for what takes long. `end` gives it up. */
export function askAside<Name extends keyof Answers>(name: Name, ...given: Parameters<Answers[Name]>) {
  if (moduleOf(given) !== undefined) {
    const asked = new AbortController();
    const answer: Promise<Awaited<ReturnType<Answers[Name]>>> = askServer(name, given, asked.signal);
    return { answer, end: () => asked.abort() };
  }
  const aside: Simulator = new Helper(simulatorUrl);
  const answer = aside.ask(name, ...given).finally(() => aside.end());
  return { answer, end: () => aside.end() };
}

let writer: Helper<Texts> | null = null;

/** Asks for a run as a text; the worker that writes it is started with the first one. */
export const write: Helper<Texts>['ask'] = (name, ...given) => {
  writer ??= new Helper(programUrl('writer.js', writerUrl));
  return writer.ask(name, ...given);
};

/** Where the programme of a worker is that a site has beside its file. */
const besideUrl = async (name: BesideName, url: string): Promise<string> =>
  isOneFile() ? blobUrl(await partBeside(name)) : url;

/** A worker that reads captures, loaded once one is opened. `end` gives the reading up. */
export const captureReader = (): Helper<CaptureAnswers> => new Helper(besideUrl('captureReader.js', captureUrl));

/** A worker that reads scenarios, loaded once one is opened. */
export const scenarioReader = (): Helper<ScenarioAnswers> => new Helper(besideUrl('scenarioReader.js', scenarioUrl));
