import { z } from 'zod';
import { parseDurationMs } from '../data/duration.ts';

const durationText = z
  .string({ error: 'expected a duration with its unit, such as 400ms, 1.5s or 2min' })
  .regex(/^\s*\d+(\.\d+)?\s*(ms|s|min|h)\s*$/, {
    error: 'expected a duration with its unit, such as 400ms, 1.5s or 2min',
  })
  .refine((text) => parseDurationMs(text) !== null, { error: 'expected whole milliseconds, at most a year' });

export const duration = durationText.describe('A duration: a number and its unit (ms, s, min, h)');

/** A delay or a date as it is written: exact, or a window. */
export const windowSchema = z
  .union(
    [
      duration,
      z
        .tuple([duration, duration])
        .refine(([low, high]) => (parseDurationMs(low) ?? 0) <= (parseDurationMs(high) ?? 0), {
          error: 'expected the earliest first: [earliest, latest]',
        }),
    ],
    { error: 'expected a duration such as 400ms, or a window [earliest, latest] such as [20ms, 400ms]' },
  )
  .describe('One duration, or the earliest and the latest: [20ms, 400ms]');

export const probability = z.number().min(0).max(1).describe('A probability between 0 and 1');

const rising = (values: readonly number[]) => values.every((value, at) => at === 0 || value >= (values[at - 1] ?? 0));

const lawText = 'expected quantiles such as [[0, 100ms], [0.95, 2s], [1, 5s]]: from 0 to 1, both numbers rising';

/** Quantiles of a latency, see `Law`. */
export const quantilesSchema = z
  .array(z.tuple([probability, duration]), { error: lawText })
  .min(2, { error: lawText })
  .refine(
    (quantiles) =>
      quantiles[0]?.[0] === 0 &&
      quantiles.at(-1)?.[0] === 1 &&
      rising(quantiles.map(([share]) => share)) &&
      rising(quantiles.map(([, text]) => parseDurationMs(text) ?? 0)),
    { error: lawText },
  )
  .describe('How a run draws the latency: [share of the messages, that take no longer than this]');

const csvSchema = z
  .strictObject({
    csv: z.string().min(1).describe('Path of the file, from the scenario file'),
    column: z.string().min(1).optional().describe('Name of the column (default: the first one)'),
  })
  .describe('Observed latencies, one on each line: milliseconds, or with a unit');

/** A law: quantiles, or a file of observed latencies. */
export const lawSchema = z.union([quantilesSchema, csvSchema], { error: `${lawText}, or {csv: latencies.csv}` });
