/** Deeper than any state or message: what goes further contains itself. */
const mostLevels = 100;

/**
 * One text for one value: keys sorted, and everything that JSON would silently change refused.
 * Local states and events are told apart by this text.
 */
export function canonical(value: unknown, levels = 0): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) return String(value);
  if (levels > mostLevels) throw new TypeError(`not plain data: more than ${mostLevels} levels, or a circle`);
  if (Array.isArray(value) && isPlain(value, [...value.keys()].map(String).concat('length')))
    return `[${value.map((entry) => canonical(entry, levels + 1)).join(',')}]`;
  if (
    typeof value === 'object' &&
    Object.getPrototypeOf(value) === Object.prototype &&
    isPlain(value, Object.keys(value))
  ) {
    const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry, levels + 1)}`).join(',')}}`;
  }
  throw new TypeError(`not plain data: ${kindOf(value)}`);
}

/** What a value is that is no plain data, as people call it. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list with gaps, or with fields beside its entries';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return 'an object without a prototype';
  return prototype === Object.prototype ? 'an object with symbols or hidden fields' : String(value.constructor?.name);
}

/** Whether a value has these fields alone: no symbols, none that is hidden, none beside the entries of a list, and no gaps. */
function isPlain(value: object, fields: readonly string[]): boolean {
  const own = Reflect.ownKeys(value);
  return own.length === fields.length && own.every((one, at) => one === fields[at]);
}

/** Freezes plain data in place, so that a machine that mutates an interned value fails at once. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const entry of Object.values(value)) deepFreeze(entry);
  }
  return value;
}
