import { defineConfig } from 'vitest/config';

/** Prediction against measurement, on real servers: not a test, so it runs by itself (`npm run reality`). */
export default defineConfig({ test: { include: ['bench/reality.ts', 'bench/shares.ts'], testTimeout: 600_000 } });
