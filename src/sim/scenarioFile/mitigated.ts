import type { ScenarioDocument } from './document.ts';

/** What consists of parts that can be changed one by one. */
const composite = [
  'expires',
  'refresh',
  'keepAlive',
  'sessionTimers',
  'links',
  'timing',
  'topology',
  'limits',
] as const;

/** The scenario with its mitigation carried out; the scenario itself where it has none. */
export function mitigated({ mitigation, ...document }: ScenarioDocument): ScenarioDocument {
  if (mitigation === undefined) return document;
  const { change } = mitigation;
  const merged = composite.map((key) => [key, mergedParts(document[key], change[key])] as const);
  return {
    ...document,
    ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)),
    ...Object.fromEntries(merged.filter(([, value]) => value !== undefined)),
  };
}

type Parts = Readonly<Record<string, unknown>>;

/** Two levels: a link or a party keeps what the change does not speak of. */
export function mergedParts(before: object | undefined, change: object | undefined): object | undefined {
  if (before === undefined || change === undefined) return change ?? before;
  const isObject = (value: unknown): value is Parts =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const parts = Object.entries(change).map(([key, value]) => {
    const old = (before as Parts)[key];
    return [key, isObject(old) && isObject(value) ? { ...old, ...value } : value];
  });
  return { ...before, ...Object.fromEntries(parts) };
}
