/** How the page scrolls by itself: at once for those who asked their system for less motion. */
export const scrolling = (): ScrollBehavior =>
  matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth';

/**
 * Scrolls an element as soon as everything that changes with it is in the document, and before that is painted: scrolling
 * has the page laid out, and whatever is drawn after it would have it laid out again.
 */
export const scrollWhenDrawn = (box: Element, to: { readonly top: number; readonly left?: number }): void =>
  queueMicrotask(() => box.scrollTo({ ...to, behavior: 'instant' }));
