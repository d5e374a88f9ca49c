import { expect, test } from 'vitest';
import { Batch } from '../../../src/sim/check/untimed/batch.ts';
import { type FieldLayout, layOut, pack, unpack } from '../../../src/sim/check/untimed/fieldLayout.ts';
import { StateSet } from '../../../src/sim/check/untimed/stateSet.ts';
import { lowest, StatesOfBlock } from '../../../src/sim/check/untimed/statesOfBlock.ts';

const many = 40_000;
const counts = [500, 70_000, 3];
/** Drawn numbers below 500 and 70,000: nearly every state is met several times, in few blocks. */
const lanesOf = (one: number): Int32Array => Int32Array.of((one * 7) % 499, ((one * one) % 7_919) * 8, one % 3);

/** All fresh states of a set as texts; none is fresh afterwards. */
function freshOf(set: StateSet, layout: FieldLayout): string[] {
  const fields = new Int32Array(3);
  const chosen = new StatesOfBlock(layout);
  const found: string[] = [];
  for (let record = set.nextWaiting(); record >= 0; record = set.nextWaiting()) {
    set.takeFresh(record, chosen);
    for (let one = 0; one < chosen.length; one++) {
      const word = chosen.words[one] as number;
      for (let bits = chosen.bits[word] as number; bits !== 0; bits &= bits - 1) {
        unpack(layout, set.records, record, 32 * word + lowest(bits), fields);
        found.push(fields.join());
      }
    }
  }
  return found;
}

test.each([
  { inner: 0, blockBits: 5 },
  { inner: 1, blockBits: 5 },
  { inner: 1, blockBits: 7 },
  { inner: 0, blockBits: 11 },
])('a set of states keeps each once and gives it once as fresh; blocks of $blockBits bits of field $inner', (shape) => {
  const layout = layOut(counts, shape);
  const set = new StateSet(2 ** 26, layout);
  const batch = new Batch(layout);
  const key = new Int32Array(layout.words);
  const known = new Set<string>();
  let expected: string[] = [];
  for (let one = 0; one < many; one++) {
    const fields = lanesOf(one);
    const place = pack(layout, fields, key);
    batch.add(batch.place(key), place >> 5, 1 << place);
    if (!known.has(fields.join())) expected.push(fields.join());
    known.add(fields.join());
    if (batch.isFull) expect(set.takeIn(batch)).toBe(true);
    if (one % 10_000 !== 9_999) continue;
    expect(set.takeIn(batch)).toBe(true);
    expect(freshOf(set, layout).sort()).toEqual(expected.sort());
    expected = [];
  }
  expect(set.count).toBe(known.size);
});

test('a batch takes as many blocks as there are, also beyond those that fill it', () => {
  const layout = layOut(counts, { inner: 1, blockBits: 5 });
  const set = new StateSet(2 ** 24, layout);
  const batch = new Batch(layout);
  const key = new Int32Array(layout.words);
  const known = new Set<string>();
  for (let one = 0; one < 5_000; one++) {
    const place = pack(layout, lanesOf(one), key);
    batch.add(batch.place(key), place >> 5, 1 << place);
    known.add(lanesOf(one).join());
  }
  expect(set.takeIn(batch)).toBe(true);
  expect(set.count).toBe(known.size);
});

test('a set of states says when it is full, and takes what memory there is', () => {
  const layout = layOut(counts, { inner: 1, blockBits: 7 });
  const fill = (set: StateSet): boolean => {
    const batch = new Batch(layout);
    const key = new Int32Array(layout.words);
    for (let one = 0; one < 300; one++) batch.add(batch.place(key), 0, pack(layout, lanesOf(one), key) + 1);
    return set.takeIn(batch);
  };
  expect(fill(new StateSet(2 ** 10, layout))).toBe(false);
  expect(fill(new StateSet(2 ** 60, layout))).toBe(true);
});

test('fields for more numbers than two words hold get further words', () => {
  const layout = layOut([2 ** 20, 2 ** 18, 2 ** 20, 2 ** 25, 7], { inner: 3, blockBits: 7 });
  const fields = Int32Array.of(2 ** 20 - 1, 2 ** 18 - 1, 12_345, 2 ** 25 - 2, 6);
  const key = new Int32Array(layout.words);
  const read = new Int32Array(fields.length);
  unpack(layout, key, 0, pack(layout, fields, key), read);
  expect(layout.words).toBeGreaterThan(2);
  expect(read).toEqual(fields);
});
