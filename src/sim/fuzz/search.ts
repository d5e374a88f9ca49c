import fc from 'fast-check';
import type { SearchOptions, Shrunk } from './searched.ts';

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
