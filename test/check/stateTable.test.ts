import { expect, test } from 'vitest';
import { hashOf, StateTable } from '../../src/sim/check/untimed/stateTable.ts';

const many = 50_000;

/** The state of a number, in so many words. */
function stateOf(number: number, words: number): Int32Array {
  return Int32Array.from({ length: words }, (_, word) => Math.imul(number + 1, 0x9e3779b1) >> word);
}

const lookUp = (table: StateTable, number: number, words: number) =>
  table.find(stateOf(number, words), 0, hashOf(stateOf(number, words), 0, words));

test('the state table finds every state again, grown, and rewritten into more words', () => {
  const table = new StateTable(2 ** 24, 3);
  for (let number = 0; number < many; number++) {
    expect(table.reserve(1)).toBe(true);
    const state = stateOf(number, 3);
    const hashes = Int32Array.of(hashOf(state, 0, 3));
    const parents = Int32Array.of(number >> 1);
    expect(table.addAll(state, hashes, parents, 1, new Int32Array(1))).toBe(1);
    expect(table.addAll(state, hashes, parents, 1, new Int32Array(1))).toBe(0);
  }
  for (let number = 0; number < many; number++) expect(lookUp(table, number, 3)).toBe(number);
  expect(lookUp(table, many, 3)).toBe(-1);
  const longer = (slots: Int32Array, from: number, to: number) => {
    const [first = 0] = slots.subarray(from, from + 1);
    slots.set(
      [0, 1, 2, 3].map((word) => first >> word),
      to,
    );
  };
  expect(table.rewrite(4, longer)).toBe(true);
  for (let number = 0; number < many; number++) expect(lookUp(table, number, 4)).toBe(number);
  expect(table.parentOf(many - 1)).toBe((many - 1) >> 1);
});

test('the state table says when it is full, and takes what memory there is', () => {
  const small = new StateTable(0, 3);
  expect(small.reserve(1_000)).toBe(true);
  expect(small.reserve(10_000)).toBe(false);
  expect(new StateTable(2 ** 60, 3).reserve(10_000)).toBe(true);
});
