import type { Answers } from '../model/requests.ts';
import { inlinePart } from './parts.ts';
import type { WorkerReply, WorkerRequest } from './worker.ts';
import workerUrl from './worker.ts?worker&url';

/** Where the programme of the worker is: with the server, or in this file. */
const programUrl = inlinePart('worker.js').then((text) =>
  text === null ? workerUrl : URL.createObjectURL(new Blob([text], { type: 'text/javascript' })),
);

/** A worker that holds the world, with the questions to which it still owes an answer. */
class Simulator {
  readonly #worker: Promise<Worker>;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  constructor() {
    this.#worker = programUrl.then((url) => this.#start(new Worker(url)));
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

  ask<Name extends keyof Answers>(name: Name, ...given: Parameters<Answers[Name]>): Promise<ReturnType<Answers[Name]>> {
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
    this.#worker.then((worker) => worker.terminate());
  }
}

const simulator = new Simulator();

/** Asks the worker that runs experiments; it answers at once. */
export const ask: Simulator['ask'] = (name, ...given) => simulator.ask(name, ...given);

/** Asks a worker of its own, for what takes long. `end` gives it up. */
export function askAside<Name extends keyof Answers>(name: Name, ...given: Parameters<Answers[Name]>) {
  const aside = new Simulator();
  const answer = aside.ask(name, ...given).finally(() => aside.end());
  return { answer, end: () => aside.end() };
}
