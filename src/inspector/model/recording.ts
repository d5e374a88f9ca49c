import type { ConnectedEvent } from '../protocol/connections.ts';
import { isInspectionEvent } from '../protocol/inspectionEvent.ts';

/** What applications have sent, as a file. */
export interface Recording {
  readonly format: 'ringproof-inspection';
  readonly version: 1;
  readonly events: readonly ConnectedEvent[];
}

/** What is known of the one run that a site shows of a module: its machines are not there to be asked for more. */
export interface RecordedRun {
  readonly title: string;
  readonly seed: number;
  /** What the properties say of this run, the worst first, and where it goes wrong for which delays. */
  readonly said: readonly string[];
  readonly window: readonly string[];
  /** What follows the name of the command that runs the machines again. */
  readonly again: string;
}

/** A recording that is shown, with the name of its file; `run` where it is that of a module's machines. */
export interface OpenRecording {
  readonly file: string;
  readonly events: Recording['events'];
  readonly run: RecordedRun | null;
}

const format = 'ringproof-inspection';
const version = 1;

/** The text of such a file, one event on each line. */
export const recordingText = (events: readonly ConnectedEvent[]): string =>
  `{"format":"${format}","version":${version},"events":[\n${events.map((one) => JSON.stringify(one)).join(',\n')}\n]}\n`;

/** Whether a value says that it is a recording of applications. */
export const isRecording = (value: unknown): value is { readonly format: typeof format } =>
  (value as { format?: unknown } | null)?.format === format;

const isConnection = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;

/** The events of a recording. Throws an Error that says what is wrong with it. */
export function eventsOfRecording(value: unknown): Recording['events'] {
  const { version: found, events } = value as { version?: unknown; events?: unknown };
  if (found !== version) throw new Error(`version: found ${JSON.stringify(found)}; expected ${version}`);
  if (!Array.isArray(events)) throw new Error('events: found no list; expected the events of applications');
  const wrong = events.findIndex((one) => !isInspectionEvent(one) || !isConnection((one as ConnectedEvent).connection));
  if (wrong >= 0) {
    throw new Error(`events[${wrong}]: found none; expected an event of @statelyai/inspect with its connection`);
  }
  return events;
}
