import type { Estimate, Unit } from './figure.ts';

const hourMs = 3_600_000;
const two = (value: number): string => String(value).padStart(2, '0');

/** A number with three digits that say something, grouped; tiny ones with a power of ten. */
function digits(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  if (size < 0.001) return value.toExponential(1).replace('e-', ' × 10^-');
  return String(Number(value.toPrecision(3)));
}

/** An amount as people read it. */
export function amountText(value: number, unit: Unit | 'timeOfDay'): string {
  if (unit === 'share') return `${digits(100 * value)} %`;
  if (unit === 'ms') return Math.abs(value) < 1000 ? `${Math.round(value)} ms` : `${digits(value / 1000)} s`;
  if (unit === 'perSecond') return `${digits(value)}/s`;
  if (unit === 'timeOfDay') return `${two(Math.floor(value / hourMs))}:${two(Math.floor((value % hourMs) / 60_000))}`;
  return digits(value);
}

/** An estimate with its interval as people read it. */
export const estimateText = ({ value, low, high }: Estimate, unit: Unit): string =>
  `${amountText(value, unit)} (${amountText(low, unit)} to ${amountText(high, unit)})`;
