/** The least and the most of several, told in words that claim no more than is known. */
export interface Extremes {
  /** The words for one or both of them. */
  readonly text: string;
  /** What is not sure, as a sentence of its own; empty where both are. */
  readonly doubt: string;
}

/** Several things that were estimated, how each is told, and what the least and the most are called. */
interface Told<One> {
  readonly figureOf: (one: One) => number;
  /** Whether the true value of the one is surely below that of the other. */
  readonly isSurelyBelow: (one: One, other: One) => boolean;
  readonly textOf: (one: One) => string;
  readonly words: readonly [least: string, most: string];
  /** The beginning of a question, such as `which mode loses`. */
  readonly asked: string;
}

type Interval = readonly [low: number, high: number];

/** Whether an interval lies below another one as a whole. */
export const isApartBelow = ([, high]: Interval, [low]: Interval): boolean => high < low;

/** Tells which is the least and which the most, and says so only where that is sure of all others. */
export function extremesOf<One>(all: readonly One[], told: Told<One>): Extremes | null {
  const { figureOf, isSurelyBelow, textOf, words, asked } = told;
  const sorted = all.toSorted((one, other) => figureOf(one) - figureOf(other));
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return null;
  if (least === most) return { text: textOf(least), doubt: '' };
  const sure = [
    all.every((other) => other === least || isSurelyBelow(least, other)),
    all.every((other) => other === most || isSurelyBelow(other, most)),
  ] as const;
  const texts = [least, most].map((one, at) => `${textOf(one)}${sure[at] ? `, the ${words[at]}` : ''}`);
  const open = words.filter((_, at) => !sure[at]).map((word) => `the ${word}`);
  return { text: texts.join('; '), doubt: open.length === 0 ? '' : `It is not sure ${asked} ${open.join(' or ')}.` };
}
