/** Deeper than any real file; beyond it parsers run out of stack. */
export const deepestNesting = 100;

/** Whether brackets, or the dashes of YAML lists within lists, are nested deeper than that. */
export function isNestedTooDeeply(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    if (depth > deepestNesting) return true;
  }
  return new RegExp(`(?:- ){${deepestNesting}}`).test(text);
}
