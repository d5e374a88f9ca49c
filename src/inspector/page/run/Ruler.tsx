import type { TimeScale } from '../../model/ladderLayout.ts';
import type { Geometry } from './ladderGeometry.ts';
import { dateText, stepFor } from './rulerStep.ts';

interface Props {
  readonly scale: TimeScale;
  readonly geometry: Geometry;
  /** The part that is drawn. */
  readonly fromY: number;
  readonly toY: number;
}

/** Round dates at the edge of a ladder whose time is to scale, with a line across it for each. */
export const Ruler = ({ scale: { startMs, startY, pixelsPerMs }, geometry, fromY, toY }: Props) => {
  const step = stepFor(pixelsPerMs);
  const first = Math.ceil((startMs + Math.max(0, fromY - startY) / pixelsPerMs) / step);
  const last = Math.floor((startMs + (toY - startY) / pixelsPerMs) / step);
  const dates = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
  return (
    <g class="ruler">
      {dates.map((ms) => {
        const y = startY + (ms - startMs) * pixelsPerMs;
        return (
          <g key={ms}>
            <path d={`M${geometry.ruler - 4} ${y}H${geometry.width}`} />
            <text x={geometry.ruler - 7} y={y + 4} text-anchor="end">
              {dateText(ms, step)}
            </text>
          </g>
        );
      })}
    </g>
  );
};
