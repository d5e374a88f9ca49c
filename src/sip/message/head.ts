import { canonicalName } from './headerNames.ts';
import { type Problem, problemAt } from './malformed.ts';
import type { Header } from './message.ts';
import { isToken, shown, trimBlanks } from './text.ts';

/** A header and where it stands. */
export interface PlacedHeader extends Header {
  readonly line: number;
}

/** Start line and headers, as far as they can be told apart. */
export interface Head {
  readonly startLine: string;
  /** Line of the start line, from 1: empty lines may precede it (RFC 3261 7.5). */
  readonly line: number;
  readonly headers: readonly PlacedHeader[];
  readonly problem?: Problem;
}

/** Folded lines are one header with a space at the fold (RFC 3261 7.3.1). */
function unfold(lines: readonly string[], firstLine: number): { line: number; text: string }[] {
  const fields: { line: number; parts: string[] }[] = [];
  lines.forEach((text, index) => {
    const isContinuation = text.startsWith(' ') || text.startsWith('\t');
    if (isContinuation && fields.length > 0) fields.at(-1)?.parts.push(trimBlanks(text));
    else fields.push({ line: firstLine + index, parts: [text] });
  });
  return fields.map(({ line, parts }) => ({ line, text: parts.length === 1 ? (parts[0] ?? '') : parts.join(' ') }));
}

function readHeader({ line, text }: { line: number; text: string }): PlacedHeader | Problem {
  const colon = text.indexOf(':');
  const name = trimBlanks(text.slice(0, Math.max(colon, 0)));
  if (!isToken(name)) return problemAt(line, shown(text), 'a header, "Name: value"');
  return { line, name: canonicalName(name), value: trimBlanks(text.slice(colon + 1)) };
}

/** Line breaks that are no CRLF: two elements could read two different messages. */
const strayCharacter = /[\r\n]/;

function strayProblem(lines: readonly string[], firstLine: number): Problem | undefined {
  const index = lines.findIndex((line) => strayCharacter.test(line));
  const stray = strayCharacter.exec(lines[index] ?? '')?.[0] ?? '';
  return index === -1 ? undefined : problemAt(firstLine + index, JSON.stringify(stray), 'lines that end with CRLF');
}

/** Tells start line and headers apart; `text` is everything before the empty line. */
export function readHead(text: string, { maxHeaders }: { readonly maxHeaders: number }): Head {
  const emptyLines = /^(?:\r\n)*/.exec(text)?.[0].length ?? 0;
  const line = 1 + emptyLines / 2;
  const [startLine = '', ...lines] = text.slice(emptyLines).split('\r\n');
  const read = unfold(lines, line + 1).map(readHeader);
  const headers = read.filter((one) => 'name' in one);
  const [tooMany] = headers.slice(maxHeaders);
  const problem =
    strayProblem([startLine, ...lines], line) ??
    (tooMany && {
      ...problemAt(tooMany.line, `${headers.length} headers`, `at most ${maxHeaders}`),
      status: 513 as const,
    }) ??
    read.find((one) => 'found' in one);
  return { startLine, line, headers: headers.slice(0, maxHeaders), ...(problem && { problem }) };
}
