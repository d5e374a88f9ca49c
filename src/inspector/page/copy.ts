import { tell } from './store.ts';

/** Puts a text into the clipboard, or where there is none shows it. */
export async function copy(text: string, what: string): Promise<void> {
  const isCopied = await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
  tell(isCopied ? `${what} is in the clipboard.` : `${what}: ${text}`);
}
