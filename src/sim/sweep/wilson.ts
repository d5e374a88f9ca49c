/** The quantile of the normal distribution that leaves 2.5 % on either side. */
const z = 1.959963984540054;

/**
 * The interval that covers the true probability in 95 of 100 samples (Wilson score interval; Brown, Cai and DasGupta 2001
 * recommend it for small samples). For no trials at all it is everything.
 */
export function wilsonInterval(hits: number, trials: number): readonly [low: number, high: number] {
  if (trials === 0) return [0, 1];
  const share = hits / trials;
  const square = (z * z) / trials;
  const middle = share + square / 2;
  const spread = z * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials));
  const low = (middle - spread) / (1 + square);
  const high = (middle + spread) / (1 + square);
  // At the ends the formula is exact, but not in floating point.
  return [hits === 0 ? 0 : low, hits === trials ? 1 : high];
}
