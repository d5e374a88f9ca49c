/** Earliest and latest, in integer milliseconds, both included. */
export type Window = readonly [earliestMs: number, latestMs: number];
