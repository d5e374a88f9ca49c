import type { CallTrace } from '../../audit/tracedCall.ts';

/** Calls of a capture of real traffic, as the page shows them. */
export interface ShownCapture {
  /** The verdict in one sentence. */
  readonly headline: string;
  readonly isBad: boolean;
  /** Names of the files that were read. */
  readonly files: readonly string[];
  /** What cannot be told, and what is left out. */
  readonly notes: readonly string[];
  readonly calls: readonly CallTrace[];
}
