import { Interned } from '../../data/interned.ts';
import type { CompiledStep, WorldDefinition } from '../../world/definition.ts';

/** A step of the environment that can happen, and the environment's state afterwards. */
export interface NextStep {
  readonly step: number;
  readonly next: number;
}

interface EnvironmentState {
  /** Which steps have happened. */
  readonly done: readonly boolean[];
  /** Links over which nothing gets, as bits. */
  readonly cutLinks: number;
  /** How many messages may still be lost. */
  readonly losses: number;
}

/** Absolute windows: that of a chained step adds to its predecessor's. */
function absoluteWindows(steps: readonly CompiledStep[]): { earliestMs: number; latestMs: number }[] {
  const windows: { earliestMs: number; latestMs: number }[] = [];
  for (const { afterMs, chained } of steps) {
    const before = chained ? windows.at(-1) : undefined;
    windows.push({
      earliestMs: (before?.earliestMs ?? 0) + afterMs[0],
      latestMs: (before?.latestMs ?? 0) + afterMs[1],
    });
  }
  return windows;
}

/**
 * Per step, the steps that must have happened before: the one that it is chained to, and all whose latest date lies
 * before its own earliest. This is all that the untimed world keeps of dates.
 */
export function precedence(steps: readonly CompiledStep[]): readonly (readonly number[])[] {
  const windows = absoluteWindows(steps);
  return windows.map(({ earliestMs }, step) =>
    windows.flatMap(({ latestMs }, other) =>
      latestMs < earliestMs || (other === step - 1 && steps[step]?.chained) ? [other] : [],
    ),
  );
}

/** What the environment can still do, the links that are cut and the losses that are left, as one number. */
export class Environment {
  readonly #definition: WorldDefinition;
  readonly #before: readonly (readonly number[])[];
  readonly #states = new Interned<EnvironmentState>(
    ({ done, cutLinks, losses }) => `${done.map(Number).join('')} ${cutLinks} ${losses}`,
  );
  readonly #steps: (readonly NextStep[])[] = [];
  readonly #afterLoss: number[] = [];

  constructor(definition: WorldDefinition, losses: number) {
    this.#definition = definition;
    this.#before = precedence(definition.steps);
    this.#states.idOf({ done: definition.steps.map(() => false), cutLinks: definition.cutAtStart, losses });
  }

  /** The number of the state at the start. */
  readonly initial = 0;

  get count(): number {
    return this.#states.count;
  }

  cutLinks(state: number): number {
    return this.#states.of(state).cutLinks;
  }

  /** The state after one message was lost, or -1 where no more may be lost. */
  afterLoss(state: number): number {
    this.#afterLoss[state] ??= this.#lostIn(this.#states.of(state));
    return this.#afterLoss[state] ?? -1;
  }

  /** The steps that can happen next. */
  steps(state: number): readonly NextStep[] {
    this.#steps[state] ??= this.#stepsOf(this.#states.of(state));
    return this.#steps[state] ?? [];
  }

  #lostIn(state: EnvironmentState): number {
    return state.losses === 0 ? -1 : this.#states.idOf({ ...state, losses: state.losses - 1 });
  }

  #stepsOf({ done, cutLinks, losses }: EnvironmentState): NextStep[] {
    return this.#definition.steps.flatMap(({ cuts, repairs }, step) => {
      if (done[step] || this.#before[step]?.some((other) => !done[other])) return [];
      const next = { done: done.with(step, true), cutLinks: (cutLinks | cuts) & ~repairs, losses };
      return [{ step, next: this.#states.idOf(next) }];
    });
  }
}
