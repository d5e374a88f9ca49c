import type { Progress } from '../sim/check/engine/exploring.ts';
import { InputError } from '../sim/input/inputError.ts';
import { type CheckedProperty, judging, type Question } from '../sim/own/judging.ts';
import { ofModule } from '../sim/own/ofModule.ts';
import { type Envelope, type EnvelopeQuestion, measuring } from '../sim/own/ownEnvelope.ts';
import { type FuzzQuestion, type FuzzResult, fuzzing } from '../sim/own/ownFuzz.ts';
import { type RunsProgress, type SweepQuestion, type Swept, sweeping } from '../sim/own/ownSweep.ts';
import { type Runnable, runsOf, subjectOf, worldOf } from '../sim/own/runnable.ts';
import { runnableOf, type Told } from './subjects.ts';

/** What is asked, what is told of how far that is, and what comes out, by the function that asks it. */
export interface Asked {
  readonly check: { readonly question: Question; readonly progress: Progress; readonly result: CheckedProperty[] };
  readonly sweep: { readonly question: SweepQuestion; readonly progress: RunsProgress; readonly result: Swept };
  readonly fuzz: { readonly question: FuzzQuestion; readonly progress: RunsProgress; readonly result: FuzzResult };
  readonly envelope: {
    readonly question: EnvelopeQuestion & { readonly property: string; readonly delay: string };
    readonly progress: Progress;
    readonly result: Envelope;
  };
}

export type Name = keyof Asked;

/** The work of an answer, step by step: after each it tells how far it is, and is told whether to go on. */
export type Steps<Of extends Name> = Generator<Asked[Of]['progress'], Asked[Of]['result'], boolean>;

type GoesOn = (progress: Progress | RunsProgress) => boolean;

/** How each is answered; `goesOn` is for what is asked within a step. */
const answering: {
  readonly [Of in Name]: (what: Runnable, question: Asked[Of]['question'], goesOn: GoesOn) => Steps<Of>;
} = {
  check: (what, question) => judging(subjectOf(what), question),
  sweep: (what, question) => sweeping(runsOf(what), question),
  fuzz: (what, question, goesOn) => fuzzing(what, question, goesOn),
  envelope: (what, { property, delay, ...question }) => measuring(worldOf(what), property, delay, question),
};

/** What a worker is given. */
export interface Task<Of extends Name = Name> {
  readonly name: Of;
  readonly told: Told;
  readonly question: Asked[Of]['question'];
  readonly shared: SharedArrayBuffer;
}

/** What a worker answers: it passes on no classes of errors. */
export type Answer =
  | { readonly result: Asked[Name]['result'] }
  | { readonly badInput: Pick<InputError, 'file' | 'problems'> };

/** The memory through which a worker tells how far it is, and is told to end. */
export class SharedProgress {
  readonly memory: SharedArrayBuffer;
  readonly #far: Float64Array;
  readonly #flags: Int32Array;

  constructor(memory = new SharedArrayBuffer(5 * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#far = new Float64Array(memory, 0, 4);
    this.#flags = new Int32Array(memory, 4 * Float64Array.BYTES_PER_ELEMENT, 2);
  }

  /** How far it is with what is asked by that name; null before it has told. */
  progress<Of extends Name>(name: Of): Asked[Of]['progress'] | null {
    const [first = 0, edges = 0, waiting = 0, bytes = 0] = this.#far;
    if (first === 0) return null;
    const isRuns = name === 'sweep' || name === 'fuzz';
    return isRuns ? { runs: first } : { classes: first, edges, waiting, bytes };
  }

  /** Tells how far it is; false where it is to end. */
  goesOn(far: Progress | RunsProgress): boolean {
    if ('runs' in far) this.#far[0] = far.runs;
    else this.#far.set([far.classes, far.edges, far.waiting, far.bytes]);
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

/** Who takes the steps, and is asked whether to go on within them. */
export interface Driver<Of extends Name> {
  readonly drive: (steps: Steps<Of>) => Asked[Of]['result'] | Promise<Asked[Of]['result']>;
  readonly goesOn: GoesOn;
  readonly loaded?: () => void;
}

/** Answers what is asked of what is told. An error about a file names it as the user has. */
export async function answered<Of extends Name>(
  { name, told, question }: Omit<Task<Of>, 'shared'>,
  { drive, goesOn, loaded }: Driver<Of>,
): Promise<Asked[Of]['result']> {
  try {
    const runnable = await runnableOf(told);
    loaded?.();
    return await drive(answering[name](runnable, question, goesOn));
  } catch (error) {
    if (error instanceof InputError && 'file' in told && error.file !== told.file) throw ofModule(error, told.file);
    throw error;
  }
}
