import { effect } from '@preact/signals';
import { experiment, isRunning } from './store.ts';

/** What a change of the run takes out of the page, or fills anew. */
const passing = '#choices, .when, .proof';

const current = (): HTMLElement | null => document.querySelector('.ladder [aria-current="step"]');

/**
 * Who changed the run from the keyboard goes on at the selected step: whatever else had the focus is about to go, and
 * the body has nothing to go on from.
 */
export function keepFocus(): () => void {
  let hadFocus = false;
  return effect(() => {
    if (experiment.value === null) return;
    if (isRunning.value) {
      hadFocus = document.activeElement !== document.body;
      return;
    }
    if (!hadFocus) return;
    hadFocus = false;
    // With the next frame the run is drawn.
    requestAnimationFrame(() => {
      const { activeElement } = document;
      if (activeElement === document.body || activeElement?.closest(passing)) current()?.focus({ preventScroll: true });
    });
  });
}
