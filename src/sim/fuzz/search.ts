import fc from 'fast-check';

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

/**
 * Has fast-check look for something that is violated, and shrink it; null where nothing was found. Whatever `isViolated` throws
 * is thrown: only a violation is a counterexample.
 */
export function search<Drawn>(
  arbitrary: fc.Arbitrary<Drawn>,
  isViolated: (drawn: Drawn) => boolean,
  { runs, seed, onRun = () => true }: SearchOptions,
): Shrunk<Drawn> | null {
  let thrown: { readonly error: unknown } | null = null;
  let isEnded = false;
  const keeps = (drawn: Drawn): boolean => {
    if (isEnded) return true;
    try {
      const found = isViolated(drawn);
      isEnded = !onRun(found);
      return !found;
    } catch (error) {
      thrown = { error };
      isEnded = true;
      return true;
    }
  };
  const { counterexample, numRuns, numShrinks, counterexamplePath, ...details } = fc.check(
    fc.property(arbitrary, keeps),
    { numRuns: runs, seed },
  );
  if (thrown !== null) throw (thrown as { readonly error: unknown }).error;
  if (counterexample === null) return null;
  const [drawn] = counterexample;
  return { drawn, runs: numRuns, shrinks: numShrinks, seed: details.seed, path: counterexamplePath ?? '' };
}
