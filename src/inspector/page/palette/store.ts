import { signal } from '@preact/signals';

/** Whether the list of actions is open. */
export const showsPalette = signal(false);
