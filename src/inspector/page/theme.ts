import { effect, signal } from '@preact/signals';

const themes = ['system', 'light', 'dark'] as const;

/** Light, dark, or what the system says. */
export const theme = signal<(typeof themes)[number]>('system');

export function nextTheme(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system';
}

/** Keeps the document in the theme. */
export const applyTheme = (): (() => void) =>
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
