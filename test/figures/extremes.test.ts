import { describe, expect, test } from 'vitest';
import { extremesOf, isApartBelow } from '../../src/sim/summary/extremes.ts';

interface Fleet {
  readonly name: string;
  readonly lost: number;
  readonly interval: readonly [number, number];
}

const told = (all: readonly Fleet[]) =>
  extremesOf(all, {
    figureOf: ({ lost }) => lost,
    isSurelyBelow: (one, other) => isApartBelow(one.interval, other.interval),
    textOf: ({ name, lost }) => `${name} loses ${lost}`,
    words: ['fewest', 'most'],
    asked: 'who loses',
  });

const [a, b, c]: readonly Fleet[] = [
  { name: 'a', lost: 1, interval: [0, 4] },
  { name: 'b', lost: 2, interval: [0, 5] },
  { name: 'c', lost: 9, interval: [7, 12] },
] as const;

describe('who loses fewest, and who most', () => {
  test('is said where it is sure of all others', () => {
    expect(told([c as Fleet, a as Fleet])).toEqual({ text: 'a loses 1, the fewest; c loses 9, the most', doubt: '' });
  });

  test('is not said where it may be another', () => {
    const { text, doubt } = told([a, b, c] as Fleet[]) ?? {};
    expect(text).toBe('a loses 1; c loses 9, the most');
    expect(doubt).toBe('It is not sure who loses the fewest.');
    expect(told([a, b] as Fleet[])).toEqual({
      text: 'a loses 1; b loses 2',
      doubt: 'It is not sure who loses the fewest or the most.',
    });
  });

  test('is no question of one alone, or of none', () => {
    expect(told([a as Fleet])).toEqual({ text: 'a loses 1', doubt: '' });
    expect(told([])).toBeNull();
  });
});
