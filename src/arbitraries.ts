/** Arbitraries for fast-check: scenarios that are drawn and shrink, and the seeds of their runs. */

import fc from 'fast-check';

export { type ChangeKind, changeKinds, type DrawLimits } from './sim/fuzz/drawLimits.ts';
export { drawScenario } from './sim/fuzz/drawScenario.ts';

/**
 * The seed of a run.
 *
 * @example
 * ```ts
 * import fc from 'fast-check';
 * import { seeds } from 'ringproof/arbitraries';
 *
 * console.log(fc.sample(seeds(), 3));
 * ```
 */
export const seeds = (): fc.Arbitrary<number> => fc.integer({ min: 1, max: 2 ** 31 - 1 });
