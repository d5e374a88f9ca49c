import type { Measured } from '../measure/measured.ts';
import { type Distribution, sizeOf } from '../statistics/histogram.ts';
import { type Quantile, quantileOf } from '../statistics/quantile.ts';
import { grouped, quantileText } from './figures.ts';

/** The quantiles that are told. */
const shares = [0.5, 0.95, 0.99] as const;

/** What waits and gaps come to: their number, and quantiles in milliseconds with their intervals. */
export interface Waits {
  readonly count: number;
  readonly quantiles: readonly Quantile[];
}

export const waitsOf = (distribution: Distribution, confidence: number): Waits => ({
  count: sizeOf(distribution),
  quantiles: shares.flatMap((share) => quantileOf(distribution, share, confidence) ?? []),
});

const rows = [
  ['alertMs', 'until the phone alerts'],
  ['postDialMs', 'until the caller hears'],
  ['gapMs', 'gaps'],
] as const;

const nameWidth = 26;
const columnWidth = 26;

/** How long callers wait and gaps last in some cells, as lines. */
export function waitsTable(
  cells: readonly { readonly title: string; readonly measured: Measured }[],
  confidence: number,
): string[] {
  const heads = shares.map((share) => `${100 * share} of 100 within`.padEnd(columnWidth)).join('');
  return [
    `${' '.repeat(nameWidth)}${heads}of`,
    ...cells.flatMap(({ title, measured }) => [
      title,
      ...rows.map(([key, name]) => {
        const { count, quantiles } = waitsOf(measured[key], confidence);
        const texts = count === 0 ? ['none'] : quantiles.map(quantileText);
        const columns = texts.map((text) => text.padEnd(columnWidth)).join('');
        return `  ${name.padEnd(nameWidth - 2)}${columns}${count === 0 ? '' : grouped(count)}`.trimEnd();
      }),
      ...(measured.gapsOpen === 0
        ? []
        : [
            `  and ${grouped(measured.gapsOpen)} gap${measured.gapsOpen === 1 ? '' : 's'} that lasted until the end of a run`,
          ]),
    ]),
  ];
}
