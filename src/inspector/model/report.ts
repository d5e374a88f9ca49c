import { z } from 'zod';
import { InputError } from '../../sim/input/inputError.ts';
import { parseTrace, replay } from '../../sim/run/replay.ts';
import { type Experiment, experimentOf } from './experiment.ts';

/** One verdict of a report, with the run that shows it. */
export interface ReportCell {
  readonly scenario: string;
  readonly mode: string;
  readonly profile: string;
  readonly property: string;
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  readonly scope: string;
  /** The counterexample; null where the cell has none. */
  readonly experiment: Experiment | null;
}

/** The JSON that `ringproof check --format json` writes, as far as it is read here. */
const reportVersion = 1;
const cell = z.object({
  scenario: z.string(),
  mode: z.string(),
  profile: z.string(),
  property: z.string(),
  verdict: z.enum(['holds', 'violated', 'inconclusive']),
  scope: z.string(),
  trace: z.unknown().optional(),
});
const report = z.object({ version: z.literal(reportVersion), cells: z.array(cell).min(1) });

/** Whether a JSON value looks like a report, not like a trace. */
export const isReport = (value: unknown): boolean => Array.isArray((value as { cells?: unknown } | null)?.cells);

/** Reads a report. Throws an InputError for a broken one, or where a trace in it comes out differently now. */
export function parseReport(value: unknown, file: string): ReportCell[] {
  const result = report.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const found = `a broken report (${issue?.path.join('.')}: ${issue?.message})`;
    const expected = `what \`check --format json\` of this version writes (version ${reportVersion})`;
    throw new InputError({ file, problems: [{ line: null, found, expected }] });
  }
  return result.data.cells.map(({ trace, ...rest }) => ({
    ...rest,
    experiment: trace === undefined ? null : experimentOf(replay(parseTrace(JSON.stringify(trace), file), file)),
  }));
}
