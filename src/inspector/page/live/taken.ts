import { computed } from '@preact/signals';
import { hears, statesOf } from '../../model/outline.ts';
import { received } from './received.ts';
import { activeBefore, activeNow, outline, shownIndex } from './store.ts';

export const isIn = (path: string, active: readonly string[]): boolean =>
  path === '' || active.some((one) => one === path || one.startsWith(`${path}.`));

/** What was told when the snapshot that is shown came about. */
const lastEvent = computed(() => {
  const shown = received.value[shownIndex.value];
  return shown?.type === '@xstate.snapshot' ? shown.event.type : null;
});

/**
 * Whether the step has probably taken a transition. The protocol carries no transitions: that its source was active, its
 * target is now and the event fits is all that can be known.
 */
export const isTaken = (source: string, event: string, targets: readonly string[]): boolean =>
  lastEvent.value !== null &&
  isIn(source, activeBefore.value) &&
  hears(event, lastEvent.value) &&
  targets.every((target) => isIn(target, activeNow.value));

/** What the machine would hear now, each in words. */
export const nextEvents = computed<readonly string[]>(() => {
  const found = outline.value;
  if (found === null || typeof found === 'string') return [];
  const active = statesOf(found.machine).filter(({ path }) => isIn(path, activeNow.value));
  return [...new Set(active.flatMap(({ lines }) => lines.filter(({ event }) => event !== '').map(({ text }) => text)))];
});
