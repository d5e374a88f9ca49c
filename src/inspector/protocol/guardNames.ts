import type { Plugin } from 'vite';

/** Where XState has made a guard of several, or of the opposite of one. */
const combined = /^ {2}(and|or|not)\.check = /gm;

/**
 * A machine that leaves the page in an inspection says what its guards are, by the names of their functions: `and`,
 * `not`. The rest of the programme may have shorter names.
 */
export const guardNames = (): Plugin => ({
  name: 'ringproof-guard-names',
  transform: (code, id) =>
    id.includes('/xstate/')
      ? code.replaceAll(combined, "  Object.defineProperty($1, 'name', { value: '$1' });\n$&")
      : null,
});
