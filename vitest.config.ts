import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The examples import the package by its name; under test it is the source.
  resolve: { alias: { ringproof: new URL('src/index.ts', import.meta.url).pathname } },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    testTimeout: 60_000,
    // Many tests wait for real servers and browsers: no core need be kept free.
    maxWorkers: '100%',
  },
});
