import { expect, test } from 'vitest';
import { moveTargetAt, Situations } from '../../../src/sim/check/engine/situations.ts';
import type { TimedSystem } from '../../../src/sim/check/engine/timedSystem.ts';

test('every move that took something wrong for granted is another one afterwards, also where the memory moves', () => {
  const pending = Array.from({ length: 600 }, (_, type) => ({ type, origin: -1 }));
  let isWiser = false;
  const system: TimedSystem = {
    start: { words: [0], pending, choice: 0 },
    assumed: 1,
    fire: (_, position) => [{ words: [isWiser ? position + 1 : 0], pending, choice: 0 }],
    windowOf: () => [0, 1],
    groupOf: (type) => type,
    isOrdered: () => false,
  };
  const situations = new Situations(system);
  situations.start();
  for (const { type } of pending) situations.movesOf(0, type);
  isWiser = true;
  expect(situations.renew((assumed) => assumed === 2)).toEqual([]);
  expect(situations.renew((assumed) => assumed === 1)).toEqual([0]);
  const targets = pending.map(({ type }) => {
    const move = situations.move(situations.movesOf(0, type), 0);
    return situations.wordOf(situations.moves.at(move + moveTargetAt), 0);
  });
  expect(targets).toEqual(pending.map(({ type }) => type + 1));
});
