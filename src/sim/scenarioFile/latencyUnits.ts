const longestMs = 24 * 3_600_000;

/** Units as cells and names of columns write them, in milliseconds. */
const unitsMs = new Map([
  ...['ns', 'nanoseconds'].map((unit) => [unit, 1e-6] as const),
  ...['us', 'µs', 'usec', 'usecs', 'microseconds'].map((unit) => [unit, 0.001] as const),
  ...['ms', 'msec', 'msecs', 'millis', 'milliseconds'].map((unit) => [unit, 1] as const),
  ...['s', 'sec', 'secs', 'second', 'seconds'].map((unit) => [unit, 1_000] as const),
  ...['min', 'minute', 'minutes'].map((unit) => [unit, 60_000] as const),
  ...['h', 'hour', 'hours'].map((unit) => [unit, 3_600_000] as const),
]);

/** In the name of a column they may also be the least, or a country. */
const ambiguous = ['us', 'min', 'h'];

/** What the name of a column says of the unit of its numbers. */
interface NamedUnit {
  readonly unit?: string;
  /** Words that may be units, where there is more than one, or none that is sure. */
  readonly doubtful?: string;
}

/** The unit in the name of a column, such as `latency_s`, `alertMs` or `wait (min)`. */
export function unitIn(name: string): NamedUnit {
  const bracketed = /[([]\s*([a-zµ]+)\s*[)\]]/.exec(name.toLowerCase())?.[1];
  if (bracketed !== undefined && unitsMs.has(bracketed)) return { unit: bracketed };
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  const known = [...new Set(words.match(/[a-zµ]+/g))].filter((word) => unitsMs.has(word));
  const [unit, ...others] = known.filter((word) => !ambiguous.includes(word));
  if (unit !== undefined && others.length === 0) return { unit };
  return known.length === 0 ? {} : { doubtful: known.join(' or ') };
}

/** A number, and the unit that it has by itself. */
const latency = /^(\d+(?:[.,]\d+)?)(?:\s*([a-zµ]+))?$/;
/** May also be a number of thousands: three digits come after its comma, and no zero is before it. */
const thousands = /^[1-9]\d{0,2},\d{3}(?!\d)/;

/** Whether the comma of a cell may be that of thousands. */
export const mayBeThousands = (cell: string): boolean => thousands.test(cell);

/** Whether a cell has a comma that can only be that of a fraction. */
export const hasFraction = (cell: string): boolean =>
  /^\d+,\d/.test(cell) && latency.test(cell) && !mayBeThousands(cell);

/** A latency with its own unit, or else in that of its column, in whole milliseconds; null where it is none. A comma is that of a fraction. */
export function latencyMs(cell: string, unit = 'ms'): number | null {
  const [, amount = '', own = unit] = latency.exec(cell) ?? [];
  if (amount === '') return null;
  const ms = Math.round(Number(amount.replace(',', '.')) * (unitsMs.get(own) ?? Number.NaN));
  return ms <= longestMs ? ms : null;
}
