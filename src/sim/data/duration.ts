const unitMs = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 } as const;
/** A year: a longer duration is taken for a mistake. */
const longestMs = 365 * 24 * 3_600_000;

const pattern = /^(\d+(?:\.\d+)?)\s*(ms|s|min|h)$/;

/** Milliseconds of a duration such as `400ms`, `1.5s`, `2min` or `1h`; null where the text is none. */
export function parseDurationMs(text: string): number | null {
  const match = pattern.exec(text.trim());
  if (match === null) return null;
  const exact = Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
  // 64.1 * 1000 is 64099.999...: rounding removes the error of the binary fraction.
  const ms = Math.round(exact);
  return Number.isSafeInteger(ms) && Math.abs(exact - ms) < 1e-6 && ms <= longestMs ? ms : null;
}

/** The shortest text that `parseDurationMs` reads back as the same number of milliseconds. */
export function formatDuration(ms: number): string {
  if (ms !== 0 && ms % 60_000 === 0) return `${ms / 60_000}min`;
  return ms % 100 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}
