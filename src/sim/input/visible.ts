/** C0 and C1 controls, DEL, and what changes the direction of a text: a terminal would obey them. */
const isHidden = (code: number): boolean =>
  code < 0x20 ||
  (code >= 0x7f && code < 0xa0) ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069);

/** A text of the user's for one line of a terminal, its control characters as `\u001b`. */
export const visible = (text: string): string =>
  [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      return isHidden(code) ? `\\u${code.toString(16).padStart(4, '0')}` : character;
    })
    .join('');
