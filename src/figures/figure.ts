/** A value with the interval that covers it. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What a number counts: `share` from 0 to 1, `ms` milliseconds, `perSecond` events a second, `number` anything else. */
export type Unit = 'share' | 'ms' | 'perSecond' | 'number';

/** One row of a picture of estimates; null where there was nothing to judge. */
export interface EstimateRow {
  readonly name: string;
  readonly estimate: Estimate | null;
}

/** A named line: points [x, y], x rising. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A moment that a picture of curves points out. */
export interface Mark {
  readonly x: number;
  readonly label: string;
}

interface Titled {
  readonly title: string;
  /** What one sees, and what it rests on: a sentence or two. */
  readonly caption: string;
}

/** Estimates side by side, in groups that share an axis. */
export interface Estimates extends Titled {
  readonly is: 'estimates';
  readonly axis: string;
  readonly unit: Unit;
  readonly groups: readonly { readonly name: string; readonly rows: readonly EstimateRow[] }[];
}

/** How much of something has come by when, or how large something is at what time of day. */
export interface Curves extends Titled {
  readonly is: 'steps' | 'curves';
  readonly x: { readonly axis: string; readonly unit: Unit | 'timeOfDay' };
  readonly y: { readonly axis: string; readonly unit: Unit };
  readonly series: readonly Series[];
  readonly marks: readonly Mark[];
}

/** Text and numbers in rows. */
export interface Table extends Titled {
  readonly is: 'table';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Anything that a report shows. Plain data: whoever draws it knows nothing of what was counted. */
export type Figure = Estimates | Curves | Table;

/** A report as a person reads it. */
export interface ReportPage {
  readonly title: string;
  /** What the report says in a few sentences, the most important one first. */
  readonly lead: readonly string[];
  readonly sections: readonly {
    readonly heading: string;
    readonly text: readonly string[];
    readonly figures: readonly Figure[];
  }[];
  /** What the figures rest on, what is an approximation, and the command that makes the report again. */
  readonly foundations: readonly string[];
}
