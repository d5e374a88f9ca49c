import type { ServerProfile } from '../../machines/serverProfile.ts';
import type { Offered } from './boot.ts';
import type { ShownCapture } from './capture.ts';

/** A file in the page: its bytes are read as they are needed. */
export type ChosenFile = Blob & { readonly name: string };

/** What the worker answers that reads captures. */
export interface CaptureAnswers {
  /** The lost calls of a capture. An error says what is wrong with it. */
  readonly lostCalls: (file: ChosenFile) => Promise<ShownCapture>;
}

/** What the worker answers that reads scenarios: it has the parser of YAML, which nothing else in the page needs. */
export interface ScenarioAnswers {
  /** The scenario of a file. An error has a line for each thing that is wrong with it. */
  readonly scenario: (text: string, file: string, servers: Readonly<Record<string, ServerProfile>>) => Offered;
}
