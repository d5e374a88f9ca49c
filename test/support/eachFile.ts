import process from 'node:process';
import fc from 'fast-check';
import { afterAll } from 'vitest';
import { endPrograms } from './programs/program.ts';

// What is set up for each file of tests, also where files share a process.

/**
 * The same draws in every run of the tests: what is green here is green elsewhere. A failure prints its seed; the
 * variable SEED draws with another one.
 */
fc.configureGlobal({ seed: Number(process.env.SEED ?? 20_26) });

afterAll(endPrograms);
