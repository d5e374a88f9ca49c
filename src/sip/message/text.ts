/** Scanning of header values (RFC 3261 25.1). Everything here takes time linear in the text. */

/** A token; every method, header name and parameter name is one. */
export const isToken = (text: string): boolean => /^[\w\-.!%*+`'~]+$/.test(text);

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** The text without spaces and tabs at its ends; unlike `trim` it leaves every other character alone. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Where the quoted string that opens at `start` ends (after its closing quote), or -1 where it does not. */
export function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '"') return at + 1;
  }
  return -1;
}

/**
 * The parts of the text between separators that stand neither in a quoted string nor between angle brackets, trimmed.
 * Undefined where a quote or bracket is left open.
 */
export function splitOutside(text: string, separator: string): string[] | undefined {
  const parts: string[] = [];
  let start = 0;
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') at = endOfQuoted(text, at);
    else if (character === '<') at = text.indexOf('>', at) + 1 || -1;
    else {
      if (character === separator) {
        parts.push(trimBlanks(text.slice(start, at)));
        start = at + 1;
      }
      at++;
    }
    if (at === -1) return undefined;
  }
  parts.push(trimBlanks(text.slice(start)));
  return parts;
}

/** The content of a quoted string, escapes resolved; undefined where the text is not exactly one quoted string. */
export const unquoted = (text: string): string | undefined =>
  text[0] === '"' && endOfQuoted(text, 0) === text.length ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : undefined;

/** The text as a quoted string. */
export const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** The number that a run of digits says, or undefined where the text is none or it exceeds the greatest. */
export function wholeNumber(text: string | undefined, greatest: number): number | undefined {
  if (text === undefined || !/^\d{1,20}$/.test(text)) return undefined;
  const number = Number(text);
  return number <= greatest ? number : undefined;
}

/** The text in quotes for a person, shortened and with its control characters made visible. */
export function shown(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(short);
}
