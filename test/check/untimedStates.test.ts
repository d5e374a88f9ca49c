import { expect, test } from 'vitest';
import { Batch } from '../../src/sim/check/untimed/batch.ts';
import { layOut, pack, unpack } from '../../src/sim/check/untimed/laneLayout.ts';
import { entryLength, StateSet } from '../../src/sim/check/untimed/stateSet.ts';

const many = 40_000;
/** Drawn numbers below 500 and 70,000: nearly every state is met several times, in few blocks. */
const lanesOf = (one: number): Int32Array => Int32Array.of((one * 7) % 499, ((one * one) % 7_919) * 8, one % 3);

/** All states of a set as texts, by level. */
function levelsOf(set: StateSet, layout: ReturnType<typeof layOut>): string[][] {
  const lanes = new Int32Array(3);
  return set.levels.map((from, level) => {
    const found: string[] = [];
    for (let at = from; at < (set.levels[level + 1] ?? set.end); at += entryLength) {
      const position = set.entries[at] as number;
      const record = set.recordAround(position);
      for (let bits = set.entries[at + 1] as number; bits !== 0; bits &= bits - 1) {
        const place = 32 * set.wordAt(position, record) + 31 - Math.clz32(bits & -bits);
        unpack(layout, set.keys, record, place, lanes);
        found.push(lanes.join());
      }
    }
    return found;
  });
}

test.each([0, 1])('a set of states keeps each once, in the level that it was found in; inner lane %i', (inner) => {
  const layout = layOut([500, 70_000, 3], inner);
  const set = new StateSet(2 ** 24, layout.words);
  const batch = new Batch(layout.words);
  const key = new Int32Array(layout.words);
  const expected: string[][] = [[]];
  const known = new Set<string>();
  for (let one = 0; one < many; one++) {
    const lanes = lanesOf(one);
    const place = pack(layout, lanes, key);
    batch.add(batch.place(key), place >> 5, 1 << place);
    if (!known.has(lanes.join())) expected.at(-1)?.push(lanes.join());
    known.add(lanes.join());
    if (!batch.hasRoomFor(1)) expect(set.takeIn(batch)).toBe(true);
    if (one % 10_000 !== 9_999) continue;
    expect(set.takeIn(batch)).toBe(true);
    set.beginLevel();
    expected.push([]);
  }
  expect(set.count).toBe(known.size);
  const sorted = (levels: string[][]) => levels.map((level) => level.sort());
  expect(sorted(levelsOf(set, layout))).toEqual(sorted(expected));
});

test('a set of states says when it is full, and takes what memory there is', () => {
  const layout = layOut([500, 70_000, 3], 1);
  const fill = (set: StateSet): boolean => {
    const batch = new Batch(layout.words);
    const key = new Int32Array(layout.words);
    for (let one = 0; one < 300; one++) batch.add(batch.place(key), 0, pack(layout, lanesOf(one), key) + 1);
    return set.takeIn(batch);
  };
  expect(fill(new StateSet(2 ** 10, layout.words))).toBe(false);
  expect(fill(new StateSet(2 ** 60, layout.words))).toBe(true);
});

test('lanes for more numbers than two words hold get further words', () => {
  const layout = layOut([2 ** 20, 2 ** 18, 2 ** 20, 2 ** 25, 7], 3);
  const lanes = Int32Array.of(2 ** 20 - 1, 2 ** 18 - 1, 12_345, 2 ** 25 - 2, 6);
  const key = new Int32Array(layout.words);
  const read = new Int32Array(lanes.length);
  unpack(layout, key, 0, pack(layout, lanes, key), read);
  expect(layout.words).toBeGreaterThan(2);
  expect(read).toEqual(lanes);
});
