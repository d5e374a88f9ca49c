import fc from 'fast-check';

/** The same draws in every run of the tests: what is green here is green elsewhere. A failure prints seed and path. */
fc.configureGlobal({ seed: 20_26 });
