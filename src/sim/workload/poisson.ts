/**
 * e to the power of minus `x`, by additions, multiplications and divisions only, so that every machine draws the same: the
 * series of a small part of it, squared again and again.
 */
export function decay(x: number): number {
  let term = 1;
  let sum = 1;
  for (let index = 1; index <= 10; index++) {
    term *= x / 1024 / index;
    sum += term;
  }
  let power = sum;
  for (let halvings = 0; halvings < 10; halvings++) power *= power;
  return 1 / power;
}

/** How many events a number in [0, 1) stands for, where there are `mean` on average and none knows of the others. */
export function poisson(mean: number, luck: number): number {
  let chance = decay(mean);
  let below = chance;
  let count = 0;
  // The chances of a great mean add up to a little less than 1.
  while (luck >= below && chance > 0) {
    count++;
    chance *= mean / count;
    below += chance;
  }
  return count;
}
