import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const patienceMs = 600_000;

/**
 * What is explored is gone soon: with more room for it a process looks seldom for what is still in use. That takes an eighth less of
 * the processor.
 */
const execArgv = ['--max-semi-space-size=64'];

/** Files share a process, and with it modules, the tables of machines that are computed once, and the browser. */
const shared = { isolate: false } as const;
const eachFile = 'test/support/eachFile.ts';
const inBrowser = 'test/inspector/**/*.test.ts';
/**
 * These explore much, and fill gigabytes: whoever shared their process would collect that garbage with them. They share theirs
 * with each other, and with it the tables of machines.
 */
const exploring = [
  'test/{examples,verify}/**/*.test.ts',
  'test/check/questions/{check,faultyRuns,parts}.test.ts',
  'test/check/untimed/{untimed,untimedStates}.test.ts',
  'test/docs/{leasePage,peersPage,serverPages}.test.ts',
  'test/handOver/{handOver.property,variants}.test.ts',
  'test/own/{check,linkSemantics}.test.ts',
  'test/probe/model.test.ts',
  'test/scenario/everyStep.test.ts',
  'test/stretto/advice.test.ts',
  'test/world/oracle.test.ts',
];
/** These explore too, and start programs, with each of which all that their process holds would be copied. */
const alone = [
  'test/check/untimed/untimed{Links,Spin}.test.ts',
  'test/docs/apiPage.test.ts',
  'test/inspector/charts.test.ts',
];

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
      {
        extends: true,
        test: {
          ...shared,
          name: 'all',
          include: ['test/**/*.test.ts'],
          exclude: [inBrowser, ...exploring, ...alone],
          setupFiles: [eachFile],
        },
      },
      { extends: true, test: { ...shared, name: 'exploring', include: exploring, setupFiles: [eachFile] } },
      { extends: true, test: { name: 'alone', include: alone, setupFiles: [eachFile] } },
      {
        extends: true,
        test: {
          ...shared,
          name: 'browser',
          include: [inBrowser],
          exclude: alone,
          setupFiles: [eachFile, 'test/inspector/eachFile.ts'],
        },
      },
    ],
    execArgv,
    // A net for what hangs. Work is bounded in runs and situations, so that no test fails because the machine is busy.
    testTimeout: patienceMs,
    hookTimeout: patienceMs,
    expect: { poll: { timeout: patienceMs } },
    // Many tests wait for real servers and browsers: what waits leaves its core to another.
    maxWorkers: 2 * availableParallelism(),
  },
});
