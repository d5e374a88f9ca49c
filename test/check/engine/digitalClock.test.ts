import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Hulls } from '../../../src/sim/check/engine/hulls.ts';
import { Situations } from '../../../src/sim/check/engine/situations.ts';
import { StateClasses } from '../../../src/sim/check/engine/stateClasses.ts';
import type { Outcome, PendingAfter, Situation, TimedSystem } from '../../../src/sim/check/engine/timedSystem.ts';

/** A type of event: its window, its group, and what it brings about: new events, and an event that it takes away. */
interface Kind {
  readonly window: readonly [number, number];
  readonly lane: number;
  readonly creates: readonly number[];
  readonly cancels: number;
}

const lanes = 3;
/** Events of this lane keep their order and have one window, as messages on one link do. */
const orderedLane = 0;
const orderedWindow = [1, 4] as const;

/** A system of a few events that create and cancel each other; each type happens at most once more than `most`. */
function systemOf(kinds: readonly Kind[], first: readonly number[], most: number): TimedSystem {
  const kindOf = (type: number) => kinds[type] as Kind;
  const start: Outcome = {
    words: kinds.map(() => 0),
    pending: first.map((type): PendingAfter => ({ type, origin: -1 })),
    choice: 0,
  };
  return {
    start,
    fire({ words, pending }: Situation, position: number): Outcome[] {
      const fired = pending[position] as number;
      const count = words[fired] as number;
      const { creates, cancels } = kindOf(fired);
      const standing = pending.flatMap((type, origin): PendingAfter[] =>
        origin === position || (type === cancels && cancels !== fired) ? [] : [{ type, origin }],
      );
      const isAlive = count < most;
      const room = 5 - standing.length;
      const created = (isAlive ? creates.slice(0, room) : []).map((type): PendingAfter => ({ type, origin: -1 }));
      return [{ words: words.with(fired, Math.min(count + 1, most)), pending: [...standing, ...created], choice: 0 }];
    },
    windowOf: (type) => kindOf(type).window,
    groupOf: (type) => (kindOf(type).lane === orderedLane ? 0 : 1 + type),
    isOrdered: (type) => kindOf(type).lane === orderedLane,
  };
}

const kind = fc
  .record({
    earliest: fc.nat(5),
    width: fc.nat(4),
    lane: fc.nat(lanes - 1),
    creates: fc.array(fc.nat(3), { maxLength: 2 }),
    cancels: fc.integer({ min: -1, max: 3 }),
  })
  .map(({ earliest, width, lane, ...rest }): Kind => {
    const window = lane === orderedLane ? orderedWindow : ([earliest, earliest + width] as const);
    return { ...rest, lane, window };
  });

const system = fc
  .record({
    kinds: fc.array(kind, { minLength: 4, maxLength: 4 }),
    first: fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
  })
  .map(({ kinds, first }) => systemOf(kinds, first, 2));

const nameOf = ({ words, pending }: Situation) => `${words.join()} | ${pending.join()}`;

/**
 * Every situation that a clock which only knows whole units can reach, by trying: windows are closed and whole, so that
 * it reaches all that a dense one does (Henzinger, Manna and Pnueli, ICALP 1992). It knows ages, and no differences.
 */
function reachedByTheClock(given: TimedSystem): Set<string> {
  interface Waiting {
    readonly type: number;
    readonly age: number;
  }
  const grouped = <T extends { type: number }>(list: readonly T[]) =>
    [...list].sort((one, other) => given.groupOf(one.type) - given.groupOf(other.type));
  const begin = grouped(given.start.pending).map(({ type }): Waiting => ({ type, age: 0 }));
  const open: { words: readonly number[]; waiting: readonly Waiting[] }[] = [
    { words: given.start.words, waiting: begin },
  ];
  const seen = new Set<string>();
  const reached = new Set<string>();
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const { words, waiting } = state;
    const key = `${words.join()} | ${waiting.map(({ type, age }) => `${type}:${age}`).join()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const situation = { words, pending: waiting.map(({ type }) => type) };
    reached.add(nameOf(situation));
    const mayWait = waiting.length > 0 && waiting.every(({ type, age }) => age < given.windowOf(type)[1]);
    if (mayWait) open.push({ words, waiting: waiting.map(({ type, age }) => ({ type, age: age + 1 })) });
    waiting.forEach(({ type, age }, position) => {
      const before = waiting.slice(0, position).some((one) => given.groupOf(one.type) === given.groupOf(type));
      if (age < given.windowOf(type)[0] || (given.isOrdered(type) && before)) return;
      for (const outcome of given.fire(situation, position)) {
        const next = grouped(outcome.pending).map(
          (one): Waiting => ({ type: one.type, age: one.origin < 0 ? 0 : (waiting[one.origin]?.age ?? -1) }),
        );
        open.push({ words: outcome.words, waiting: next });
      }
    });
  }
  return reached;
}

function reachedByClasses(given: TimedSystem, abstraction: 'equality' | 'inclusion'): Set<string> {
  const reached = new Set<string>();
  const situations = new Situations(given);
  const classes = new StateClasses(situations, {
    abstraction,
    visit: (situation) => {
      reached.add(nameOf(situations.of(situation)));
      return false;
    },
  });
  expect(classes.explore()).toBe('complete');
  return reached;
}

function reachedByHulls(given: TimedSystem): Set<string> {
  const reached = new Set<string>();
  const situations = new Situations(given);
  const hulls = new Hulls(situations, {
    visit: (situation) => {
      reached.add(nameOf(situations.of(situation)));
      return true;
    },
  });
  expect(hulls.explore()).toBe('complete');
  return reached;
}

describe('drawn systems, some of whose events keep their order', () => {
  test.each(['equality', 'inclusion'] as const)('classes with %s reach just what a clock reaches', (abstraction) => {
    fc.assert(
      fc.property(system, (given) => {
        expect([...reachedByClasses(given, abstraction)].sort()).toEqual([...reachedByTheClock(given)].sort());
      }),
      { numRuns: 300 },
    );
  });

  test('hulls reach all that a clock reaches, and mostly no more', () => {
    let exact = 0;
    let more = 0;
    fc.assert(
      fc.property(system, (given) => {
        const hulls = reachedByHulls(given);
        const clock = reachedByTheClock(given);
        for (const situation of clock) expect(hulls.has(situation), situation).toBe(true);
        if (hulls.size === clock.size) exact++;
        else more++;
      }),
      { numRuns: 300 },
    );
    expect(exact).toBeGreaterThan(9 * more);
  });
});
