/**
 * Causes of chance: what a random number is drawn for. A cause has a small number in this process, to count by, and a
 * hash that is the same in every process, to draw with.
 */
const numbers = new Map<string, number>();
const hashes: number[] = [];

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function numberOf(text: string): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  numbers.set(text, hashes.length);
  return hashes.push(hashOf(text)) - 1;
}

/** A message of a type from one party to another, with the link that it names, if it names one. */
export const messageCause = (from: string, to: string, type: string, over: string | null) =>
  numberOf(`${from} to ${to}: ${type}${over === null ? '' : ` over ${over}`}`);

/** A timer of a party. */
export const timerCause = (party: string, type: string) => numberOf(`timer of ${party}: ${type}`);

/** A step of the environment, by its position. */
export const stepCause = (index: number) => numberOf(`step ${index}`);

/** How many causes there are so far: every number of one is lower. */
export const causeCount = (): number => hashes.length;

/** The hash of a cause. */
export const hashOfCause = (cause: number): number => hashes[cause] as number;
