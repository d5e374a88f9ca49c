import type { Decision } from './decision.ts';

/** The verdict on a property from the verdicts on its parts: it is violated where one of them is. */
export function conjunction(parts: readonly Decision[]): Decision {
  const worst = (['violated', 'inconclusive'] as const).flatMap((verdict) =>
    parts.filter((part) => part.verdict === verdict),
  );
  const [first] = [...worst, ...parts];
  if (first === undefined) throw new Error('a property has no parts');
  return { ...first, witnessed: parts.some(({ witnessed }) => witnessed) };
}
