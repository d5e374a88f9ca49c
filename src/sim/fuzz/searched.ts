/** How many runs a search may make, and from which seed. */
export interface SearchOptions {
  readonly runs: number;
  readonly seed: number;
  /** Is told of each run whether it violates a property; false ends the search with what is known by then. */
  readonly onRun?: ((isViolated: boolean) => boolean) | undefined;
}

/** What was found, shrunk. */
export interface Shrunk<Drawn> {
  readonly drawn: Drawn;
  readonly runs: number;
  readonly shrinks: number;
  /** fast-check's seed and path, which lead straight back to it. */
  readonly seed: number;
  readonly path: string;
}
