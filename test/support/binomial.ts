/** The probability of so many hits in so many trials, by its definition. */
export function binomial(trials: number, hits: number, share: number): number {
  let product = 1;
  for (let index = 1; index <= hits; index++) product *= (trials - hits + index) / index;
  return product * share ** hits * (1 - share) ** (trials - hits);
}
