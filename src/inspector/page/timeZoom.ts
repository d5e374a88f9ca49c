import { mostPixels, pixelsToFit } from '../model/ladderLayout.ts';
import { scrolling } from './motion.ts';
import { rows } from './rows.ts';
import { trace } from './store.ts';
import { pane, pixelsPerSecond, timeMode, zoomTo } from './view.ts';

/** What stands left of the axis of the states, and right of it. */
export const [statesLeft, statesRight] = [104, 36];

/** What scrolls along the time: the ladder downwards, the states to the right. */
const timeBox = () => document.querySelector('.ladder-box, .states');

/** With how many pixels for a second the whole run is seen. */
function fittingScale(): number {
  const box = timeBox();
  if (pane.peek() !== 'states') return pixelsToFit(rows.peek(), box?.clientHeight ?? 0);
  const seconds = (trace.peek()?.endMs ?? 1) / 1000;
  return ((box?.clientWidth ?? 0) - statesLeft - statesRight) / Math.max(0.001, seconds);
}

/** Draws time to scale, the whole run in the view. */
export const fitTime = (): void => zoomTo(fittingScale());

/**
 * Draws time to scale, so many times larger; states that were folded until now begin with the whole run. A long run is
 * drawn no larger than it can be scrolled: what is beyond that would have to be zoomed back before anything is seen to move.
 */
export function zoomTime(factor: number): void {
  const isNew = pane.peek() === 'states' && timeMode.peek() !== 'scale';
  const largest = (mostPixels * 1000) / Math.max(1, trace.peek()?.endMs ?? 1);
  zoomTo(Math.min(largest, (isNew ? fittingScale() : pixelsPerSecond.peek()) * factor));
}

/** Looks back or on, by half a view. */
export function scrollTime(by: 1 | -1): void {
  const box = timeBox();
  const way = box?.matches('.states')
    ? { left: (by * box.clientWidth) / 2 }
    : { top: (by * (box?.clientHeight ?? 0)) / 2 };
  box?.scrollBy({ ...way, behavior: scrolling() });
}
