import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { simulate } from '../run/simulate.ts';
import type { WorldDefinition } from '../world/definition.ts';

/** So many runs tell one module from another. */
const runs = 5;

/**
 * What a world is and does, so that a module that is another one whenever it is loaded is noticed in another worker: by luck, by
 * the clock, or since it was edited meanwhile. Code cannot be compared, only what comes of it.
 */
export function fingerprintOf(definition: WorldDefinition): string {
  const { scenario, properties, delays, links } = definition;
  const names = properties.map(({ name }) => name);
  const records = Array.from({ length: runs }, (_, seed) => simulate(definition, seed + 1).records);
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([scenario, names, delays, links, records]))));
}
