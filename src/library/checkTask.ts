import type { Progress } from '../sim/check/engine/exploring.ts';
import { InputError } from '../sim/input/inputError.ts';
import { type CheckedProperty, judging, type Question } from '../sim/own/judging.ts';
import { ofModule } from '../sim/own/ofModule.ts';
import { subjectOf } from '../sim/own/runnable.ts';
import { runnableOf, type Told } from './subjects.ts';

/** What a worker is given. */
export interface CheckTask {
  readonly told: Told;
  readonly question: Question;
  readonly shared: SharedArrayBuffer;
}

/** What a worker answers: it passes on no classes of errors. */
export type Answer =
  | { readonly checked: CheckedProperty[] }
  | { readonly badInput: Pick<InputError, 'file' | 'problems'> };

/** The memory through which a check in a worker tells how far it is, and is told to end. */
export class SharedProgress {
  readonly memory: SharedArrayBuffer;
  readonly #far: Float64Array;
  readonly #flags: Int32Array;

  constructor(memory = new SharedArrayBuffer(5 * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#far = new Float64Array(memory, 0, 4);
    this.#flags = new Int32Array(memory, 4 * Float64Array.BYTES_PER_ELEMENT, 2);
  }

  get progress(): Progress {
    const [classes = 0, edges = 0, waiting = 0, bytes = 0] = this.#far;
    return { classes, edges, waiting, bytes };
  }

  /** Tells how far it is; false where it is to end. */
  goesOn({ classes, edges, waiting, bytes }: Progress): boolean {
    this.#far.set([classes, edges, waiting, bytes]);
    return Atomics.load(this.#flags, 0) === 0;
  }

  end(): void {
    Atomics.store(this.#flags, 0, 1);
  }

  /** Whether a module of the user's is being loaded: a worker that ends then was ended by it. */
  get isLoading(): boolean {
    return Atomics.load(this.#flags, 1) === 1;
  }

  set isLoading(value: boolean) {
    Atomics.store(this.#flags, 1, value ? 1 : 0);
  }
}

/** Has the steps of a check done. */
export type Drive = (steps: ReturnType<typeof judging>) => CheckedProperty[] | Promise<CheckedProperty[]>;

/** Checks what is told. An error about a file names it as the user has. */
export async function checkTold(
  told: Told,
  question: Question,
  drive: Drive,
  loaded = () => {},
): Promise<CheckedProperty[]> {
  try {
    const runnable = await runnableOf(told);
    loaded();
    return await drive(judging(subjectOf(runnable), question));
  } catch (error) {
    if (error instanceof InputError && 'file' in told && error.file !== told.file) throw ofModule(error, told.file);
    throw error;
  }
}
