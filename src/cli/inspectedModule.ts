import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ModuleName } from '../inspector/model/experiment.ts';
import type { ModuleQuestion, ModuleReply } from '../inspector/model/module.ts';
import type { WorkerReply, WorkerRequest } from '../inspector/model/worker.ts';
import type { ModuleMachines } from '../inspector/server/moduleAnswers.ts';
import { endedEarly } from '../library/loadModule.ts';
import { strayError } from '../library/moduleError.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { InputError } from '../sim/input/inputError.ts';
import { moduleDigest } from './moduleDigest.ts';
import type { ModuleLoaded, ModuleQuestions, ModuleTask } from './moduleWorker.ts';

/** Where a hand-over of a module is to be run, where that was said. */
type Place = Pick<ModuleTask, 'mode' | 'profile'>;

/** No run takes so long: a transition that does not end would hold up whoever waits for it. */
const patienceMs = 60_000;

/** Room for the names of party, state and event. */
const mostBytes = 4_096;

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that has the machines of a module as it was at one time. What the module does wrong ends no more than the thread. */
class ModuleThread {
  readonly digest: string;
  readonly #file: string;
  readonly #worker: Worker;
  readonly #loaded: Promise<void>;
  readonly #computing = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT + mostBytes);
  readonly #waiting = new Map<number, Asked>();
  #lastId = 0;
  #hasEnded = false;

  constructor(file: string, place: Place, digest: string) {
    this.#file = file;
    this.digest = digest;
    const workerData: ModuleTask = { file, ...place, computing: this.#computing };
    this.#worker = new Worker(new URL('./moduleWorker.js', import.meta.url), { workerData, stdout: true });
    this.#loaded = new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve: () => resolve(), reject });
      this.#worker.once('message', (said: ModuleLoaded) => {
        this.#waiting.delete(0);
        if (said.loaded) resolve();
        else reject(new InputError(said.badInput));
      });
    });
    // Whoever asks is told.
    this.#loaded.catch(() => this.end());
    this.#worker.on('message', (said: ModuleLoaded | WorkerReply) => 'id' in said && this.#take(said));
    this.#worker.on('error', (error) => this.#fail(strayError(error, file) ?? error));
    this.#worker.on('exit', () => this.#fail(endedEarly(file)));
  }

  /** Whether it answers nothing any more. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** An answer; one that takes longer than `patience` milliseconds ends the thread. */
  async ask(name: string, given: readonly unknown[], patience: number | null): Promise<unknown> {
    const timer = patience === null ? undefined : setTimeout(() => this.#giveUp(patience), patience);
    try {
      await this.#loaded;
      if (this.#hasEnded) throw endedEarly(this.#file);
      this.#lastId += 1;
      const id = this.#lastId;
      return await new Promise<unknown>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#worker.postMessage({ id, name, given } satisfies WorkerRequest);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  end(): void {
    this.#hasEnded = true;
    void this.#worker.terminate();
  }

  #take(reply: WorkerReply): void {
    const asked = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) asked?.reject(new Error(reply.error));
    else asked?.resolve(reply.value);
  }

  #giveUp(patience: number): void {
    const [length = 0] = new Int32Array(this.#computing, 0, 1);
    const bytes = new Uint8Array(this.#computing, Int32Array.BYTES_PER_ELEMENT, length).slice();
    const where = length === 0 ? 'while it is loaded' : new TextDecoder().decode(bytes);
    const found = `no end after ${patience / 1000} s, ${where}`;
    const problems = [{ line: null, found, expected: 'a transition that ends' }];
    this.#fail(new InputError({ file: this.#file, problems }));
    this.end();
  }

  #fail(error: Error): void {
    this.#hasEnded = true;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/**
 * The module that is inspected, as it stands in its file by now: who changes it gets the runs of the new machines. No thread of
 * the command itself runs it, so nothing in it can end or hold up the server.
 */
export class InspectedModule implements ModuleMachines {
  readonly #file: string;
  readonly #place: Place;
  readonly #patience: number;
  #thread: ModuleThread | null = null;

  constructor(
    file: string,
    place: { mode: ModeName | undefined; profile: ServerProfile | undefined },
    patience = patienceMs,
  ) {
    this.#file = file;
    this.#place = place;
    this.#patience = patience;
  }

  /** The module by its name and its digest by now. */
  name(): ModuleName {
    return { file: basename(this.#file), digest: moduleDigest(this.#file) };
  }

  /** Asks about the module itself. Rejects with an InputError where it is none, or does not fit. */
  ask<Name extends keyof ModuleQuestions>(
    name: Name,
    ...given: Parameters<ModuleQuestions[Name]>
  ): Promise<ReturnType<ModuleQuestions[Name]>> {
    return this.#current().ask(name, given, this.#patience) as Promise<ReturnType<ModuleQuestions[Name]>>;
  }

  async answer({ name, given }: ModuleQuestion, signal: AbortSignal): Promise<ModuleReply> {
    try {
      return name === 'prove' ? await this.#aside(name, given, signal) : await this.#answered(name, given);
    } catch (error) {
      return { error: (error as Error).message };
    }
  }

  close(): void {
    this.#thread?.end();
  }

  async #answered(name: string, given: readonly unknown[]): Promise<ModuleReply> {
    const thread = this.#current();
    const value = await thread.ask(name, given, this.#patience);
    return { module: { file: basename(this.#file), digest: thread.digest }, value };
  }

  /** A proof may take as long as somebody waits for it, in a thread of its own. */
  async #aside(name: string, given: readonly unknown[], signal: AbortSignal): Promise<ModuleReply> {
    const thread = new ModuleThread(this.#file, this.#place, moduleDigest(this.#file));
    const giveUp = () => thread.end();
    signal.addEventListener('abort', giveUp);
    try {
      const value = await thread.ask(name, given, null);
      return { module: { file: basename(this.#file), digest: thread.digest }, value };
    } finally {
      thread.end();
    }
  }

  #current(): ModuleThread {
    const digest = moduleDigest(this.#file);
    if (this.#thread !== null && !this.#thread.hasEnded && this.#thread.digest === digest) return this.#thread;
    this.#thread?.end();
    this.#thread = new ModuleThread(this.#file, this.#place, digest);
    return this.#thread;
  }
}
