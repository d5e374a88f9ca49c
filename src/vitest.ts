/** Matchers for vitest: `import 'ringproof/vitest'` in a test file or in `setupFiles`. */

import { expect } from 'vitest';
import { matchers, type RingproofMatchers } from './library/matchers.ts';

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the declaration that it extends has the same
  interface Matchers<T = any> extends RingproofMatchers {}
}

expect.extend(matchers);

export type { MatcherState, Outcome } from './library/matchers.ts';
export { type ScenarioRow, scenarioFiles } from './library/scenarioFiles.ts';
export { matchers, type RingproofMatchers };
