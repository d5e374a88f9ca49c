/**
 * A key or a value of one of our settings as a message shows it. Where a line break or a quote is missing, a password can
 * follow: nothing is shown from the first character on that neither has.
 */
export function shown(text: string): string {
  const [safe = ''] = /^[\w.:[\]-]*/.exec(text) ?? [];
  const cut = safe.slice(0, 80);
  return cut === text ? text : `${cut}…`;
}
