/** What a verdict says first, and what explains it. */
export interface Headline {
  readonly headline: string;
  /** Empty where there is nothing to explain. */
  readonly reason: string;
  readonly others: readonly string[];
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The sentences of a verdict: one such as `Call 1 was lost: nobody was ...` has its first half said aloud and its second half explained. */
export function headlineOf([first = '', ...others]: readonly string[]): Headline {
  const colon = first.indexOf(': ');
  if (colon < 0) return { headline: first, reason: '', others };
  return { headline: `${first.slice(0, colon)}.`, reason: capitalised(first.slice(colon + 2)), others };
}
