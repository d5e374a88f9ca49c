/** One line of what is the same or has changed between two values. */
export interface DifferenceLine {
  readonly change: 'same' | 'gone' | 'new';
  readonly path: string;
  readonly value: string;
}

/** The path of something in what has a path; a key with dots in it is one key. */
const within = (path: string, key: string): string => {
  if (key.includes('.')) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
};

/** The leaves of a value by their path; an empty list or object is a leaf. */
function leavesOf(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[path, Array.isArray(value) ? '[]' : '{}']];
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return [[path, `[${value.join(', ')}]`]];
  return entries.flatMap(([key, one]) => leavesOf(one, within(path, key)));
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

/** One line of what two texts share or do not. */
export interface TextLine {
  readonly change: DifferenceLine['change'];
  readonly text: string;
}

/** A table of more cells than this would take longer than anybody waits: such texts share only how they begin and end. */
const mostCells = 4_000_000;

/** Two texts line by line: the longest run of lines that both have in this order stays, all else is gone or new. */
export function lineDifferences(before: readonly string[], after: readonly string[]): TextLine[] {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shortest - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const same = (text: string): TextLine => ({ change: 'same', text });
  const [old, now] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  return [
    ...before.slice(0, start).map(same),
    ...(old.length * now.length > mostCells ? unshared(old, now) : longestShared(old, now)),
    ...before.slice(before.length - end).map(same),
  ];
}

const unshared = (before: readonly string[], after: readonly string[]): TextLine[] => [
  ...before.map((text) => ({ change: 'gone' as const, text })),
  ...after.map((text) => ({ change: 'new' as const, text })),
];

function longestShared(before: readonly string[], after: readonly string[]): TextLine[] {
  // How many lines are shared from there on.
  const shared = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  const at = (one: number, other: number): number => shared[one]?.[other] ?? 0;
  for (let one = before.length - 1; one >= 0; one--) {
    for (let other = after.length - 1; other >= 0; other--) {
      const isShared = before[one] === after[other];
      const most = isShared ? at(one + 1, other + 1) + 1 : Math.max(at(one + 1, other), at(one, other + 1));
      shared[one]?.splice(other, 1, most);
    }
  }
  const lines: TextLine[] = [];
  let [one, other] = [0, 0];
  while (one < before.length || other < after.length) {
    const [old, now] = [before[one], after[other]];
    if (old !== undefined && old === now) {
      lines.push({ change: 'same', text: old });
      [one, other] = [one + 1, other + 1];
    } else if (old !== undefined && (now === undefined || at(one + 1, other) >= at(one, other + 1))) {
      lines.push({ change: 'gone', text: old });
      one += 1;
    } else if (now !== undefined) {
      lines.push({ change: 'new', text: now });
      other += 1;
    }
  }
  return lines;
}
