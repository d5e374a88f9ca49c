import { effect } from '@preact/signals';
import { experiment, isRunning } from './store.ts';

/** What a change of the run takes out of the page, or fills anew. */
const passing = '#choices, .when, .proof';

/** Leads to the selected step; where that stands among those of two runs, to these, for they may be under way. */
export const focusOnStep = (): void =>
  document.querySelector<HTMLElement>('.ladder [aria-current="step"], .two-runs')?.focus({ preventScroll: true });

/**
 * Who changed the run from the keyboard goes on at the selected step: whatever else had the focus is about to go, and
 * the body has nothing to go on from.
 */
export function keepFocus(): () => void {
  let before: Element | null = null;
  return effect(() => {
    if (experiment.value === null) return;
    if (isRunning.value) {
      before = document.activeElement;
      return;
    }
    const had = before;
    before = null;
    if (had === null || had === document.body) return;
    // With the next frame the run is drawn. Who has gone elsewhere meanwhile stays there.
    requestAnimationFrame(() => {
      const { activeElement } = document;
      const isGone = activeElement === document.body;
      if (isGone || (activeElement === had && had.closest(passing))) focusOnStep();
    });
  });
}
