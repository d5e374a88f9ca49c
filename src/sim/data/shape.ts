/** Whether a value that came from elsewhere is what it should be: small enough for a page to carry. */

/** What is wrong with a value, as `steps.0.from: found 3; expected start or previous`; null where nothing is. */
export type Shape = (value: unknown, path: string) => string | null;

const wrong = (path: string, value: unknown, expected: string): string => {
  const found = value === undefined ? 'nothing' : typeof value === 'object' ? 'another shape' : JSON.stringify(value);
  return `${path}: found ${found}; expected ${expected}`;
};

export const such =
  (expected: string, isSo: (value: unknown) => boolean): Shape =>
  (value, path) =>
    isSo(value) ? null : wrong(path, value, expected);

export const text = such('a text', (value) => typeof value === 'string');
export const number = such('a number', (value) => typeof value === 'number');
export const truth = such('true or false', (value) => typeof value === 'boolean');
export const whole = such('a whole number', Number.isInteger);
export const wholeFrom = (least: number, most = Number.MAX_SAFE_INTEGER): Shape =>
  such(
    `a whole number from ${least} on`,
    (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  );
export const oneOf = (words: readonly string[]): Shape =>
  such(`one of ${words.join(', ')}`, (value) => words.includes(value as string));
export const optional =
  (shape: Shape): Shape =>
  (value, path) =>
    value === undefined ? null : shape(value, path);
export const nullable =
  (shape: Shape): Shape =>
  (value, path) =>
    value === null ? null : shape(value, path);

const join = (path: string, key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);

const firstWrong = (
  entries: readonly (readonly [key: string | number, value: unknown, shape: Shape])[],
  path: string,
) => {
  for (const [key, value, shape] of entries) {
    const found = shape(value, join(path, key));
    if (found !== null) return found;
  }
  return null;
};

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with these fields, and whatever else. */
export const object =
  (fields: Readonly<Record<string, Shape>>): Shape =>
  (value, path) =>
    isObject(value)
      ? firstWrong(
          Object.entries(fields).map(([key, shape]) => [key, value[key], shape]),
          path,
        )
      : wrong(path, value, 'an object');

/** An object that has the same kind of thing under every key. */
export const objectOf =
  (shape: Shape): Shape =>
  (value, path) =>
    isObject(value)
      ? firstWrong(
          Object.entries(value).map(([key, one]) => [key, one, shape]),
          path,
        )
      : wrong(path, value, 'an object');

export const list =
  (shape: Shape): Shape =>
  (value, path) =>
    Array.isArray(value)
      ? firstWrong(
          value.map((one, index) => [index, one, shape]),
          path,
        )
      : wrong(path, value, 'a list');

export const each = (keys: readonly string[], shape: Shape): Shape =>
  object(Object.fromEntries(keys.map((key) => [key, shape])));

export const interval: Shape = such(
  'two whole numbers',
  (value) => Array.isArray(value) && value.length === 2 && value.every(Number.isInteger),
);
