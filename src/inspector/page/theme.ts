import { effect, signal } from '@preact/signals';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const name = 'ringproof-theme';
const yearS = 365 * 86_400;

/** A page from disk has a store of its own; one from the server has a cookie, for its port is another one every time. */
const isServed = (): boolean => location.protocol.startsWith('http');

function remembered(): Theme {
  try {
    const text = isServed()
      ? new RegExp(`(?:^|; )${name}=(\\w+)`).exec(document.cookie)?.[1]
      : localStorage.getItem(name);
    return themes.find((one) => one === text) ?? 'system';
  } catch {
    // Who forbids a page to store anything has the theme of the system.
    return 'system';
  }
}

function remember(theme: Theme): void {
  try {
    // biome-ignore lint/suspicious/noDocumentCookie: the CookieStore answers later, and the page would flash
    if (isServed()) document.cookie = `${name}=${theme}; path=/; max-age=${yearS}; samesite=strict`;
    else localStorage.setItem(name, theme);
  } catch {
    // It counts for this page all the same.
  }
}

/** Light, dark, or what the system says. */
export const theme = signal<Theme>(remembered());

export function nextTheme(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system';
  remember(theme.value);
}

/** Keeps the document in the theme. */
export const applyTheme = (): (() => void) =>
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
