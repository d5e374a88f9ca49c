import { createVitest, type Vitest } from 'vitest/node';
import type {} from '../test/support/brokenMachine.ts';
import type { Mutant } from './mutantsOf.ts';

/** Seen from where this is compiled to. */
const root = new URL('../..', import.meta.url).pathname;

/** The unit tests of the machines, run with a broken one. */
export class UnitTests {
  readonly #vitest: Vitest;

  private constructor(vitest: Vitest) {
    this.#vitest = vitest;
  }

  /** Makes ready to run the tests; throws where one fails with the machines as they are. */
  static async open(): Promise<UnitTests> {
    const vitest = await createVitest('test', {
      root,
      config: false,
      watch: false,
      include: ['test/machines/*.test.ts'],
      // It looks at the names in the machines, not at what they do.
      exclude: ['test/machines/lint.test.ts'],
      setupFiles: ['test/support/brokenMachine.ts'],
      reporters: [{}],
      pool: 'threads',
      // One thread for all files of a run, which imports the machines once.
      isolate: false,
      maxWorkers: 1,
      bail: 1,
      testTimeout: 60_000,
    });
    const tests = new UnitTests(vitest);
    const failing = await tests.failingOn(null);
    if (failing !== null) throw new Error(`fails with the right machines: ${failing}`);
    return tests;
  }

  /** The file of the first test that fails, or null. */
  async failingOn(mutant: Mutant | null): Promise<string | null> {
    this.#vitest.provide('mutant', mutant);
    const { testModules } = await this.#vitest.runTestSpecifications(await this.#vitest.globTestSpecifications(), true);
    const failed = testModules.find((module) => module.state() === 'failed');
    return failed?.relativeModuleId ?? null;
  }

  close(): Promise<void> {
    return this.#vitest.close();
  }
}
