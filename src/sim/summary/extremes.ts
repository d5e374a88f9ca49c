/** A value, and what covers the true one. */
interface Estimated {
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
}

/** The least and the most of several, each told in words that claim no more than is known. */
export interface Extremes {
  /** The words for one or both of them. */
  readonly text: string;
  /** What is not sure, as a sentence of its own; empty where both are. */
  readonly doubt: string;
}

/** Several things that were estimated, how each is told, and what the least and the most are called. */
interface Told<One> {
  readonly estimateOf: (one: One) => Estimated;
  readonly textOf: (one: One) => string;
  readonly words: readonly [least: string, most: string];
  /** The beginning of a question, such as `which mode loses`. */
  readonly asked: string;
}

/** Tells which is the least and which the most, and says so only where its interval lies apart from all others. */
export function extremesOf<One>(all: readonly One[], { estimateOf, textOf, words, asked }: Told<One>): Extremes | null {
  const sorted = all.toSorted((one, other) => estimateOf(one).value - estimateOf(other).value);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return null;
  if (least === most) return { text: textOf(least), doubt: '' };
  const isApart = (one: One, isBelow: boolean) =>
    all.every((other) => {
      const [[low, high], [otherLow, otherHigh]] = [estimateOf(one).interval, estimateOf(other).interval];
      return other === one || (isBelow ? high < otherLow : low > otherHigh);
    });
  const sure = [isApart(least, true), isApart(most, false)] as const;
  const told = [least, most].map((one, at) => `${textOf(one)}${sure[at] ? `, the ${words[at]}` : ''}`);
  const open = words.filter((_, at) => !sure[at]).map((word) => `the ${word}`);
  return {
    text: told.join('; '),
    doubt: open.length === 0 ? '' : `Not sure is ${asked} ${open.join(' or ')}: intervals overlap.`,
  };
}
