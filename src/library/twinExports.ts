/** Where transformed code names all that it exports, before any of it has a value. */
const exportsAhead =
  /Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);(?:var _exportNames = \{[^}]*\};)?((?:(?:exports\.[\w$]+ = )+[\w$]+(?: 0)?;)+)/;

/** The line of the second of several exports of a name; that of the first where the text does not tell. */
function lineOfSecond(source: string, name: string): number {
  const found = [...source.matchAll(new RegExp(`^[^\\S\\n]*export\\b.*\\b${name.replaceAll('$', '\\$')}\\b`, 'gm'))];
  const { index = 0 } = found[1] ?? found[0] ?? {};
  return source.slice(0, index).split('\n').length;
}

/**
 * Refuses a module that exports two things by one name, as Node and TypeScript do: what transforms it takes the last one. Throws
 * a SyntaxError that ends with its place.
 */
export function refuseTwins(code: string, { source, filename = '' }: { source: string; filename?: string }): void {
  const [, ahead = ''] = exportsAhead.exec(code) ?? [];
  const names = [...ahead.matchAll(/exports\.([\w$]+) = /g)].map(([, name = '']) => name);
  const twin = names.find((name, at) => names.indexOf(name) < at);
  if (twin === undefined) return;
  throw new SyntaxError(`two exports of the name ${twin}\n ${filename}:${lineOfSecond(source, twin)}:1`);
}
