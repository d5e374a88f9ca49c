/**
 * Throws where something that must be so is not. These checks are never switched off: behind each of them stands a number
 * that would be believed. `what` says what is wrong, and is asked only then.
 */
export function assert(condition: boolean, what: () => string): asserts condition {
  if (!condition) throw new Error(what());
}
