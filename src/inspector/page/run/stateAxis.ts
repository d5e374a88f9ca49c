import { FoldedTime } from '../../model/foldedTime.ts';
import { mostPixels } from '../../model/ladderLayout.ts';
import { dateText, stepFor } from './rulerStep.ts';
import type { StateBar } from './stateBars.ts';

/** A date that is written at an axis. */
export interface Tick {
  readonly ms: number;
  readonly text: string;
}

/** Where dates are on an axis from left to right, in pixels. */
export interface TimeAxis {
  readonly length: number;
  readonly at: (ms: number) => number;
  readonly msAt: (x: number) => number;
  /** The dates that are written between two places, none over another one. */
  readonly ticks: (fromX: number, toX: number) => readonly Tick[];
}

/** Dates in seconds stand at least so far from each other. */
const leastApart = 62;

/** Time folded between the changes, so that each of them is seen. */
export function foldedAxis(dates: readonly number[], endMs: number, length: number): TimeAxis {
  const folded = new FoldedTime(dates, endMs);
  const at = (ms: number) => folded.at(ms) * length;
  const kept: number[] = [];
  for (const ms of [0, endMs, ...dates.toSorted((one, other) => one - other)]) {
    if (kept.every((one) => Math.abs(at(one) - at(ms)) > leastApart)) kept.push(ms);
    // A long run has thousands of changes, and room for a few dates.
    if (kept.length > length / leastApart) break;
  }
  const written = kept.map((ms) => ({ ms, text: dateText(ms, 1) }));
  return { length, at, msAt: (x) => folded.msAt(x / length), ticks: () => written };
}

/** Time to scale, with round dates as on the ladder's ruler. */
export function scaledAxis(endMs: number, pixelsPerSecond: number): TimeAxis {
  const pixelsPerMs = Math.min(pixelsPerSecond / 1000, mostPixels / endMs);
  const step = stepFor(pixelsPerMs);
  return {
    length: endMs * pixelsPerMs,
    at: (ms) => ms * pixelsPerMs,
    msAt: (x) => x / pixelsPerMs,
    ticks: (fromX, toX) => {
      const first = Math.max(0, Math.ceil(fromX / pixelsPerMs / step));
      const last = Math.floor(Math.min(endMs, toX / pixelsPerMs) / step);
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
        const ms = (first + index) * step;
        return { ms, text: dateText(ms, step) };
      });
    },
  };
}

/** A bar at its place. */
export interface PlacedBar {
  readonly bar: StateBar;
  readonly left: number;
  readonly width: number;
  readonly hasWords: boolean;
}

const [characterWidth, padding] = [6.4, 10];
/** Less than this of a word says nothing. */
const leastWords = 30;

/**
 * The bars of a row that are seen between two places. Of many within one pixel one is drawn. The state that the row is in
 * now has its words in any case; a bar that they reach into, or that is too short, has none.
 */
export function placedBars(
  bars: readonly StateBar[],
  axis: TimeAxis,
  [fromX, toX]: readonly [number, number],
  now: StateBar | undefined,
): PlacedBar[] {
  const nowX = now === undefined ? 0 : axis.at(now.fromMs);
  const nowEnd = now === undefined ? -1 : nowX + now.state.length * characterWidth + padding;
  let drawnTo = Number.NEGATIVE_INFINITY;
  return bars.flatMap((bar): PlacedBar[] => {
    const [left, right] = [axis.at(bar.fromMs), axis.at(bar.toMs)];
    const isNow = bar === now;
    if (!isNow && (right < fromX || left > toX || right < drawnTo + 1)) return [];
    drawnTo = right;
    const isCovered = left > nowX && left < nowEnd;
    return [{ bar, left, width: right - left, hasWords: isNow || (right - left >= leastWords && !isCovered) }];
  });
}
