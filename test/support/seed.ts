import process from 'node:process';
import fc from 'fast-check';

/**
 * The same draws in every run of the tests: what is green here is green elsewhere. A failure prints its seed; the
 * variable SEED draws with another one.
 */
fc.configureGlobal({ seed: Number(process.env.SEED ?? 20_26) });
