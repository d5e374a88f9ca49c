import { signal } from '@preact/signals';

/** Whether the list of actions is open. */
export const showsPalette = signal(false);

/** What was typed there. */
export const typed = signal('');

/** Opens the list of actions, with words in its field already. */
export function openPalette(words = ''): void {
  typed.value = words;
  showsPalette.value = true;
}
