import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const patienceMs = 600_000;

export default defineConfig({
  // The examples import the package by its name; under test it is the source.
  resolve: {
    alias: [
      { find: /^ringproof$/, replacement: new URL('src/index.ts', import.meta.url).pathname },
      { find: /^ringproof\/(vitest|arbitraries)$/, replacement: new URL('src/$1.ts', import.meta.url).pathname },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    // A net for what hangs. Work is bounded in runs and situations, so that no test fails because the machine is busy.
    testTimeout: patienceMs,
    hookTimeout: patienceMs,
    expect: { poll: { timeout: patienceMs } },
    // Many tests wait for real servers and browsers: what waits leaves its core to another.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
  },
});
