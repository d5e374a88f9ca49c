import { InputError } from '../input/inputError.ts';

/** Throws an InputError for settings that are no whole numbers in their range. `of`: the function that was given them. */
export function refuseNumbers(
  of: string,
  given: Readonly<Record<string, readonly [value: number, low: number, high: number]>>,
): void {
  const problems = Object.entries(given)
    .filter(([, [value, low, high]]) => !Number.isInteger(value) || value < low || value > high)
    .map(([name, [value, low, high]]) => ({
      line: null,
      found: `${String(value)} for ${name}`,
      expected: `a whole number from ${low} to ${high}`,
    }));
  if (problems.length > 0) throw new InputError({ file: of, problems });
}

/** The same for shares, which may be left out. */
export function refuseShares(
  of: string,
  given: Readonly<Record<string, readonly [value: number | undefined, low: number, high: number]>>,
): void {
  const problems = Object.entries(given)
    .filter(([, [value, low, high]]) => value !== undefined && !(value >= low && value <= high))
    .map(([name, [value, low, high]]) => ({
      line: null,
      found: `${String(value)} for ${name}`,
      expected: `a share from ${low} to ${high}`,
    }));
  if (problems.length > 0) throw new InputError({ file: of, problems });
}
