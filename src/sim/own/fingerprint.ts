import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { WorldDefinition } from '../world/definition.ts';

/**
 * What can be told of a world in another worker, so that a module that is another one whenever it is loaded is noticed: by luck,
 * by the clock, or since it was edited meanwhile.
 */
export function fingerprintOf({ scenario, properties, parties, delays, links }: WorldDefinition): string {
  const machines = parties.map(({ party, machine }) => [party, machine.config]);
  const names = properties.map(({ name }) => name);
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([scenario, names, delays, links, machines]))));
}
