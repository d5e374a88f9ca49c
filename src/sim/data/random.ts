import { finished } from './hash.ts';

/**
 * Random numbers keyed by their cause instead of drawn in sequence: the same cause gets the same number however the
 * rest of the run goes, so that two modes meet the same luck (common random numbers).
 */

/** 32 bits from a seed, a cause and the number of its occurrence. */
export function randomBits(seed: number, cause: number, ordinal: number): number {
  const mixed =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(cause + 1, 0xc2b2ae35) ^ Math.imul(ordinal + 1, 0x27d4eb2f);
  return finished(mixed) >>> 0;
}

/** An integer between two bounds, both included, uniformly. */
export const uniform = (bits: number, low: number, high: number): number =>
  low + Math.floor(share(bits) * (high - low + 1));

/** A number from 0 on and below 1, uniformly. */
export const share = (bits: number): number => bits / 0x1_0000_0000;

/** True with a probability between 0 and 1. */
export const happens = (bits: number, probability: number): boolean => bits < probability * 0x1_0000_0000;
