import { expect, test } from 'vitest';
import { HashIndex } from '../../src/sim/data/hashIndex.ts';

test('numbers are found by their hash, those of equal hashes one after the other, however many there are', () => {
  const index = new HashIndex();
  // Every hash three times, and hashes that share a slot of the table.
  const hashes = Array.from({ length: 30_000 }, (_, id) => Math.imul((id % 10_000) - 5_000, 1 << 9));
  for (const [id, hash] of hashes.entries()) expect(index.add(hash)).toBe(id);
  for (let id = 0; id < 10_000; id += 997) {
    const found: number[] = [];
    for (let one = index.first(hashes[id] as number); one >= 0; one = index.next()) found.push(one);
    expect(found.sort((one, other) => one - other)).toEqual([id, id + 10_000, id + 20_000]);
  }
  expect(index.first(1)).toBe(-1);
});
