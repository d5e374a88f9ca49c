import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HullStore } from '../../../src/sim/check/engine/hullStore.ts';
import { unbounded } from '../../../src/sim/check/engine/timedSystem.ts';

/** Bounds as they are mostly, as they are at the edge of 16 bits, and where there are none. */
const bound = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -9_000, max: 9_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -200_000, max: 200_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 65_535, 65_536, unbounded) },
);

/** A matrix of so many rows that differ from themselves by nothing. */
const matrixOf = (width: number) =>
  fc.array(bound, { minLength: width * width, maxLength: width * width }).map((bounds) => {
    for (let row = 0; row < width; row++) bounds[row * width + row] = 0;
    return bounds;
  });

const wider = (one: readonly number[], other: readonly number[]): number[] =>
  one.map((value, at) => Math.max(value, other[at] as number));

/** Hulls that are added and widened in some order: a situation each, how many rows, and the matrices that it is to cover. */
const histories = fc.array(
  fc
    .integer({ min: 1, max: 6 })
    .chain((width) =>
      fc.record({ width: fc.constant(width), matrices: fc.array(matrixOf(width), { minLength: 1, maxLength: 4 }) }),
    ),
  { minLength: 1, maxLength: 5 },
);

test('what is read is the smallest that covers all that was put in, to the millisecond', () => {
  fc.assert(
    fc.property(histories, (hulls) => {
      const store = new HullStore();
      const known: number[][] = [];
      const longest = Math.max(...hulls.map(({ matrices }) => matrices.length));
      for (let round = 0; round < longest; round++) {
        for (const [situation, { width, matrices }] of hulls.entries()) {
          const matrix = matrices[round];
          if (matrix === undefined) continue;
          const before = known[situation];
          if (before === undefined) store.add(situation, Int32Array.from(matrix), width);
          const covering = before === undefined ? matrix : wider(before, matrix);
          if (before !== undefined) {
            const grown = store.widened(situation, Int32Array.from(matrix), width);
            const isSame = covering.every((value, at) => value === before[at]);
            expect(grown === null).toBe(isSame);
          }
          known[situation] = covering;
        }
      }
      for (const [situation, { width }] of hulls.entries()) {
        const read = new Int32Array(width * width);
        store.read(situation, read, width);
        expect([...read]).toEqual(known[situation]);
        for (let event = 1; event < width; event++) {
          expect(store.latestMs(situation, event - 1, width)).toBe(known[situation]?.[event * width]);
        }
      }
      expect(store.has(hulls.length)).toBe(false);
    }),
  );
});

test('a hull takes half the room of its matrix, and where it does not fit it is kept whole', () => {
  const width = 41;
  const matrix = new Int32Array(width * width).fill(5);
  for (let row = 0; row < width; row++) matrix[row * width + row] = 0;
  const [narrow, wide] = [new HullStore(), new HullStore()];
  const far = matrix.slice();
  far[width + 2] = 200_000;
  for (let situation = 0; situation < 4_000; situation++) {
    narrow.add(situation, matrix, width);
    wide.add(situation, far, width);
  }
  const whole = 4_000 * matrix.byteLength;
  expect(narrow.bytes).toBeLessThan(0.6 * whole + 4_200_000);
  expect(wide.bytes).toBeGreaterThan(whole);
});
