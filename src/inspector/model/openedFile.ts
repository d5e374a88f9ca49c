import { list, object, oneOf, optional, such, text, whole } from '../../sim/data/shape.ts';
import { raceWindowShape, scenarioShape } from '../../sim/run/scenarioShape.ts';
import { type Trace, traceVersion } from '../../sim/trace/trace.ts';
import { type Experiment, experimentOf } from './experiment.ts';
import type { Linked } from './linked.ts';
import { eventsOfRecording, isRecording, type Recording } from './recording.ts';

const traceShape = object({
  format: oneOf(['ringproof-trace']),
  version: such(`version ${traceVersion}, which this release writes`, (version) => version === traceVersion),
  scenario: scenarioShape,
  records: list(
    object({
      serial: whole,
      kind: oneOf(['start', 'message', 'timer', 'step']),
      atMs: whole,
      fate: oneOf(['happen', 'lose', 'duplicate']),
    }),
  ),
  digest: text,
  raceWindow: optional(raceWindowShape),
});

/** The cells of a report of `check`, those with a counterexample first. */
const traceIn = (value: unknown): unknown => {
  const { cells } = (value ?? {}) as { cells?: unknown };
  if (!Array.isArray(cells)) return value;
  return cells.find((one) => (one as { trace?: unknown } | null)?.trace !== undefined)?.trace ?? {};
};

/** What a file holds: a run, or what applications have sent. */
export type Opened =
  | ({ readonly kind: 'run' } & Linked)
  | { readonly kind: 'applications'; readonly events: Recording['events'] };

/**
 * What a file of JSON holds that a reader of the page has opened: a trace, or the first counterexample of a report, with
 * the digest of the run that it was; or a recording of applications. Throws an Error that says what is wrong with it.
 */
export function openedFile(given: string): Opened {
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch {
    throw new Error('found no JSON; expected a trace that `simulate --export json` wrote, or a report of `check`');
  }
  if (isRecording(value)) return { kind: 'applications', events: eventsOfRecording(value) };
  const trace = traceIn(value);
  const wrong = traceShape(trace, '');
  if (wrong !== null) throw new Error(wrong.replace(/^: /, ''));
  const experiment: Experiment = experimentOf(trace as Trace);
  return { kind: 'run', experiment, digest: (trace as Trace).digest };
}
