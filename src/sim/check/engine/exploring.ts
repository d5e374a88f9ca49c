/** How far an exploration is. */
export interface Progress {
  /** State classes found: situations with the dates that are possible in them. */
  readonly classes: number;
  /** Firings of events between them. */
  readonly edges: number;
  /** Classes that are still to be looked into. */
  readonly waiting: number;
  readonly bytes: number;
}

/** An exploration in steps: after each it tells how far it is, and is told whether to go on. */
export type Exploring<Result> = Generator<Progress, Result, boolean>;

/** Explores without a pause. `goesOn` is asked after each step. */
export function explored<Result, Far = Progress>(
  exploring: Generator<Far, Result, boolean>,
  goesOn: (progress: Far) => boolean = () => true,
): Result {
  let step = exploring.next(true);
  while (!step.done) step = exploring.next(goesOn(step.value));
  return step.value;
}
