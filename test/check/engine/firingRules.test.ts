import { expect, test } from 'vitest';
import { StateClasses } from '../../../src/sim/check/engine/stateClasses.ts';
import type { Outcome, TimedSystem } from '../../../src/sim/check/engine/timedSystem.ts';

type Window = readonly [number, number];

/** What becomes of events by their types: the next word, and the types that are new then. Those named in `stays` stay. */
interface Rule {
  readonly word: number;
  readonly added: readonly number[];
  readonly stays: readonly number[];
}

function systemOf(windows: readonly Window[], first: readonly number[], rules: (word: number, type: number) => Rule) {
  const system: TimedSystem = {
    start: { words: [0], pending: first.map((type) => ({ type, origin: -1 })), choice: 0 },
    fire: ({ words: [word], pending }, position): Outcome[] => {
      const { word: next, added, stays } = rules(word as number, pending[position] as number);
      const standing = pending.flatMap((type, origin) =>
        origin !== position && stays.includes(type) ? [{ type, origin }] : [],
      );
      return [{ words: [next], pending: [...standing, ...added.map((type) => ({ type, origin: -1 }))], choice: 0 }];
    },
    windowOf: (type) => windows[type] as Window,
    groupOf: (type) => type,
    isOrdered: () => false,
  };
  return system;
}

test('a covered class that is less deep is still expanded: the path found first is a shortest one', () => {
  // Type 0 happens after 5 to 6 ms and is the goal. Both ways lead to word 2: by 1 at once, by 2 and 3 with more dates.
  const [goal, direct, detour, second] = [0, 1, 2, 3];
  const windows: Window[] = [
    [5, 6],
    [1, 1],
    [0, 2],
    [0, 0],
  ];
  const system = systemOf(windows, [goal, direct, detour], (_, type) => {
    if (type === goal) return { word: 9, added: [], stays: [] };
    return type === detour ? { word: 1, added: [second], stays: [goal] } : { word: 2, added: [], stays: [goal] };
  });
  let found = -1;
  const classes = new StateClasses(system, {
    abstraction: 'inclusion',
    order: 'cheapestFirst',
    costOf: ({ depth }) => depth,
    visit: (situation, stateClass) => {
      if (classes.situations.wordOf(situation, 0) !== 9) return false;
      found = stateClass;
      return true;
    },
  });
  expect(classes.explore()).toBe('stopped');
  expect(classes.pathTo(found)).toHaveLength(2);
});

test.each([
  [[20, 30], [0, 10], 'complete'],
  [[10, 30], [0, 10], 'complete'],
  [[0, 10], [0, 10], 'complete'],
  [[9, 30], [0, 10], 'order'],
  [[9, 11], [0, 10], 'order'],
  [[0, 15], [0, 10], 'order'],
] as const)('a message of %j ms before one of %j ms on an ordered link: %s', (before, behind, ending) => {
  const system: TimedSystem = {
    ...systemOf([before, behind], [0, 1], (word) => ({ word: word + 1, added: [], stays: [1] })),
    groupOf: () => 0,
    isOrdered: () => true,
  };
  const dates: number[][] = [];
  const classes = new StateClasses(system, {
    abstraction: 'equality',
    costOf: ({ situation, latestMs }) => {
      dates.push(classes.situations.of(situation).pending.map((_, position) => latestMs(position)));
      return 0;
    },
  });
  expect(classes.explore()).toBe(ending);
  // What is tied to the one before it is due with it, and at once when that has arrived.
  if (before[0] >= behind[1]) expect(dates).toEqual([[30, 30], [0], []]);
});

test('what is last happens after all others that are due at the same date', () => {
  const [end, other] = [0, 1];
  const orders = (otherWindow: Window) => {
    const system: TimedSystem = {
      ...systemOf([[10, 10], otherWindow], [end, other], (word, type) => ({
        word: word + (type === end ? 1 : 10),
        added: [],
        stays: type === end ? [] : [end],
      })),
      isLast: (type) => type === end,
    };
    const classes = new StateClasses(system, { abstraction: 'equality' });
    classes.explore();
    return classes.count;
  };
  // The start; the other event, then the end; and the end first, where the other one can be later.
  expect(orders([10, 10])).toBe(3);
  expect(orders([0, 10])).toBe(3);
  expect(orders([0, 11])).toBe(4);
  expect(orders([11, 11])).toBe(2);
});
