import { z } from 'zod';
import { optional, type Shape } from '../data/shape.ts';
import { InputError } from '../input/inputError.ts';
import { defineWorld } from '../sipWorld/definition.ts';
import { type Trace, traceVersion } from '../trace/trace.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { PlannedSchedule } from './plannedSchedule.ts';
import { Run } from './run.ts';
import { raceWindowShape, scenarioShape } from './scenarioShape.ts';

/** As much of a trace as must be right for it to be read. */
export const traceEnvelope = z.looseObject({
  format: z.literal('ringproof-trace'),
  version: z.number(),
  scenario: z.unknown(),
  endMs: z.number(),
  records: z.array(
    z.looseObject({
      serial: z.int(),
      kind: z.enum(['start', 'message', 'timer', 'step']),
      atMs: z.int().min(0),
      fate: z.enum(['happen', 'lose', 'duplicate']),
    }),
  ),
  digest: z.string(),
});

/**
 * Reads a trace file. Throws an InputError for anything that is none, or that another version wrote. `shape`: what the settings
 * of a run must be; those of a hand-over unless said otherwise.
 */
export function parseTrace(text: string, file: string, shape: Shape = scenarioShape): Trace {
  const refuse = (found: string, expected: string): never => {
    throw new InputError({ file, problems: [{ line: null, found, expected }] });
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(`invalid JSON (${(error as Error).message})`, 'a trace that `simulate --export json` wrote');
  }
  const version = (value as { version?: unknown } | null)?.version;
  if ((value as { format?: unknown } | null)?.format === 'ringproof-trace' && version !== traceVersion) {
    return refuse(`a trace of version ${String(version)}`, `version ${traceVersion}, which this release writes`);
  }
  const result = traceEnvelope.safeParse(value);
  const [issue] = result.error?.issues ?? [];
  const { scenario, raceWindow } = (value ?? {}) as { scenario?: unknown; raceWindow?: unknown };
  if (shape === scenarioShape && Array.isArray((scenario as { parties?: unknown } | null)?.parties))
    return refuse('a run of a system of your own', 'its module: `simulate MODULE --replay FILE`');
  const wrong =
    issue === undefined
      ? (shape(scenario, 'scenario') ?? optional(raceWindowShape)(raceWindow, 'raceWindow'))
      : `${issue.path.join('.')}: ${issue.message}`;
  if (wrong !== null) return refuse(`a broken trace (${wrong})`, 'a trace that `simulate --export json` wrote');
  return value as Trace;
}

/**
 * Runs a trace again, step by step, through the machines as they are now.
 * Throws an InputError with the first step that comes out differently, so that a trace never shows what no longer is.
 */
export function replay(
  trace: Trace,
  file: string,
  worldOf: (trace: Trace) => WorldDefinition = ({ scenario }) => defineWorld(scenario),
): Trace {
  const refuse = (found: string): never => {
    const expected = 'a trace of the machines as they are now';
    throw new InputError({ file, problems: [{ line: null, found, expected }] });
  };
  let replayed: Trace;
  try {
    const run = new Run(worldOf(trace), new PlannedSchedule(trace.records.filter(({ kind }) => kind !== 'start')), {
      record: true,
    });
    run.finish();
    replayed = run.trace(trace.seed);
  } catch (error) {
    return refuse(`a trace that cannot be run (${(error as Error).message})`);
  }
  if (replayed.digest === trace.digest) return { ...replayed, ...raceWindowIn(trace) };
  const differs = trace.records.findIndex(
    (record, step) => JSON.stringify(record) !== JSON.stringify(replayed.records[step]),
  );
  const step = differs < 0 ? Math.min(trace.records.length, replayed.records.length) : differs;
  return refuse(
    `a step ${step} that comes out differently (at ${(trace.records[step]?.atMs ?? trace.endMs) / 1000} s)`,
  );
}

/** The race window of a trace. One that was written before windows named their property is of the first violated one. */
function raceWindowIn({ raceWindow, verdicts }: Trace): Pick<Trace, 'raceWindow'> {
  if (raceWindow === undefined) return {};
  const property = raceWindow.property ?? verdicts.find(({ verdict }) => verdict === 'violated')?.property;
  return { raceWindow: { ...raceWindow, property } };
}
