/** One line of what is the same or has changed between two values. */
export interface DifferenceLine {
  readonly change: 'same' | 'gone' | 'new';
  readonly path: string;
  readonly value: string;
}

/** The leaves of a value by their path; an empty list or object is a leaf. */
function leavesOf(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[path, Array.isArray(value) ? '[]' : '{}']];
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return [[path, `[${value.join(', ')}]`]];
  return entries.flatMap(([key, one]) => leavesOf(one, path === '' ? key : `${path}.${key}`));
}

/** What has changed between two values, leaf by leaf, and what has not. */
export function differences(before: unknown, after: unknown): DifferenceLine[] {
  const [old, now] = [new Map(leavesOf(before)), new Map(leavesOf(after))];
  const paths = [...new Set([...old.keys(), ...now.keys()])];
  return paths.flatMap((path): DifferenceLine[] => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was === is) return [{ change: 'same', path, value: is ?? '' }];
    return [
      ...(was === undefined ? [] : [{ change: 'gone' as const, path, value: was }]),
      ...(is === undefined ? [] : [{ change: 'new' as const, path, value: is }]),
    ];
  });
}
