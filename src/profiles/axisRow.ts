import type { z } from 'zod';
import type { ServerAxes } from '../machines/serverProfile.ts';
import { formatDuration } from '../sim/data/duration.ts';
import type { Sourced } from './sourced.ts';

/** What a row makes its schema with. It is handed in, so that the inspector's page, which reads no files, has no zod. */
export interface SchemaKit {
  readonly z: typeof z;
  /** A duration with its unit, as milliseconds. */
  readonly duration: z.ZodType<number, string>;
  /** The word `none`, as null. */
  readonly none: z.ZodType<null, 'none'>;
}

/**
 * All that is to be said of an axis but what the machines make of it. `Written` is its value in a user's own file:
 * a schema that does not read every value, or a writer that writes what the schema does not read, is a type error.
 */
export interface AxisRow<Value, Written = unknown> {
  /** What the axis is called wherever people read of it. */
  readonly title: string;
  /** The value where nothing is known of a server. */
  readonly assumed: Sourced<Value>;
  /** The value in a few words; what they are may depend on the rest of the server. */
  readonly inWords: (value: Value, server: ServerAxes) => string;
  readonly schema: (kit: SchemaKit) => z.ZodType<Value, Written>;
  readonly write: (value: Value) => Written;
}

/** A table with a row for each of these axes. */
export type AxisTable<Axes> = { readonly [Axis in keyof Axes]-?: AxisRow<Exclude<Axes[Axis], undefined>> };

/** A row of its own kind; the rows below are of the common ones. Its place in the table says what `Value` is. */
export const row = <Value, Written>(
  one: Omit<AxisRow<NoInfer<Value>, Written>, 'write'> & {
    readonly write: (value: NoInfer<Value>) => NoInfer<Written>;
  },
): AxisRow<Value> => one;

/** A row for an axis that is yes or no. */
export const flag = (title: string, assumed: Sourced<boolean>): AxisRow<boolean> => ({
  title,
  assumed,
  inWords: (value) => (value ? 'yes' : 'no'),
  schema: ({ z }) => z.boolean(),
  write: (value) => value,
});

/** A row for an axis that is one of several words, with what each of them means. */
export const choice = <Word extends string>(
  title: string,
  assumed: Sourced<NoInfer<Word>>,
  meanings: Readonly<Record<Word, string>>,
): AxisRow<Word> => ({
  title,
  assumed,
  inWords: (word) => meanings[word],
  schema: ({ z }) => z.enum(Object.keys(meanings) as Word[]),
  write: (word) => word,
});

/** A row for an axis in milliseconds. */
export const duration = (title: string, assumed: Sourced<number>): AxisRow<number> => ({
  title,
  assumed,
  inWords: formatDuration,
  schema: (kit) => kit.duration,
  write: formatDuration,
});
