import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const patienceMs = 600_000;

/** Pure functions: their tests share modules, and with them the tables of machines that are computed once for a process. */
const pure = [
  'house',
  'machines',
  'world',
  'properties',
  'scenario',
  'report',
  'check',
  'examples',
  'handOver',
  'stretto',
  'verify',
  'sip/message',
  'capture',
];
const [all, pureFiles] = ['test/**/*.test.ts', pure.map((room) => `test/${room}/**/*.test.ts`)] as const;

export default defineConfig({
  // The examples import the package by its name; under test it is the source.
  resolve: {
    alias: [
      { find: /^ringproof$/, replacement: new URL('src/index.ts', import.meta.url).pathname },
      { find: /^ringproof\/(vitest|arbitraries)$/, replacement: new URL('src/$1.ts', import.meta.url).pathname },
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: 'pure', include: pureFiles, isolate: false } },
      { extends: true, test: { name: 'isolated', include: [all], exclude: pureFiles } },
    ],
    setupFiles: ['test/support/seed.ts'],
    // A net for what hangs. Work is bounded in runs and situations, so that no test fails because the machine is busy.
    testTimeout: patienceMs,
    hookTimeout: patienceMs,
    expect: { poll: { timeout: patienceMs } },
    // Many tests wait for real servers and browsers: what waits leaves its core to another.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
  },
});
