import type { Outcome, PendingAfter, Situation, TimedSystem } from '../../src/sim/check/engine/timedSystem.ts';

/** A transition of a time Petri net: what it takes, what it gives, and how long it must be enabled before it fires. */
export interface Transition {
  readonly name: string;
  readonly takes: Readonly<Record<string, number>>;
  readonly gives: Readonly<Record<string, number>>;
  readonly window: readonly [number, number];
}

/** Time Petri nets as timed systems: words are the marking, the pending events are the enabled transitions. */
function petriNet(transitions: readonly Transition[], marking: Readonly<Record<string, number>>): TimedSystem {
  const named = transitions.flatMap(({ takes, gives }) => [...Object.keys(takes), ...Object.keys(gives)]);
  const places = [...new Set([...named, ...Object.keys(marking)])];
  const vector = (tokens: Readonly<Record<string, number>>) => places.map((place) => tokens[place] ?? 0);
  const takes = transitions.map((transition) => vector(transition.takes));
  const gives = transitions.map((transition) => vector(transition.gives));
  const isEnabled = (tokens: readonly number[], transition: number) =>
    tokens.every((count, place) => count >= (takes[transition]?.[place] ?? 0));
  const enabled = (tokens: readonly number[]) =>
    transitions.flatMap((_, index) => (isEnabled(tokens, index) ? [index] : []));
  const start: Outcome = {
    words: vector(marking),
    pending: enabled(vector(marking)).map((type) => ({ type, origin: -1 })),
    choice: 0,
  };
  return {
    start,
    fire({ words, pending }: Situation, position: number): Outcome[] {
      const fired = pending[position] as number;
      const between = words.map((count, place) => count - (takes[fired]?.[place] ?? 0));
      const after = between.map((count, place) => count + (gives[fired]?.[place] ?? 0));
      // Intermediate semantics: what the taken tokens disable starts anew, even if it is enabled again at once.
      const originOf = (type: number) => (type !== fired && isEnabled(between, type) ? pending.indexOf(type) : -1);
      const next = enabled(after).map((type): PendingAfter => ({ type, origin: originOf(type) }));
      return [{ words: after, pending: next, choice: 0 }];
    },
    windowOf: (type) => (transitions[type] as Transition).window,
    groupOf: (type) => type,
    isOrdered: () => false,
  };
}

const never = Number.POSITIVE_INFINITY;

const transition = (
  name: string,
  window: readonly [number, number],
  takes: Record<string, number>,
  gives: Record<string, number>,
): Transition => ({ name, takes, gives, window });

/** Berthomieu and Menasche, IFIP 1983. */
export const ifip83 = (): TimedSystem =>
  petriNet(
    [
      transition('t1', [4, 9], { p1: 1, p2: 2 }, { p3: 1, p4: 1, p5: 1 }),
      transition('t2', [0, 2], { p4: 1 }, { p2: 1 }),
      transition('t3', [1, 3], { p5: 1 }, { p2: 1 }),
      transition('t4', [0, 2], { p3: 1 }, { p3: 1 }),
      transition('t5', [0, 3], { p3: 1 }, { p1: 1 }),
    ],
    { p1: 1, p2: 2 },
  );

/** The alternating bit protocol with time-outs and losses: Berthomieu and Diaz, IEEE TSE 17(3) 1991. */
export const alternatingBit = (): TimedSystem =>
  petriNet(
    [
      transition('send 0', [0, never], { p1: 1 }, { p9: 1, p2: 1 }),
      transition('send 0 again', [5, 6], { p2: 1 }, { p9: 1, p2: 1 }),
      transition('take ack 0', [0, 1], { p10: 1, p2: 1 }, { p3: 1 }),
      transition('send 1', [0, never], { p3: 1 }, { p11: 1, p4: 1 }),
      transition('send 1 again', [5, 6], { p4: 1 }, { p11: 1, p4: 1 }),
      transition('take ack 1', [0, 1], { p12: 1, p4: 1 }, { p1: 1 }),
      transition('receive 0', [0, 1], { p5: 1, p9: 1 }, { p6: 1 }),
      transition('acknowledge 0', [0, 2], { p6: 1 }, { p10: 1, p7: 1 }),
      transition('receive 0 again', [0, 1], { p9: 1, p7: 1 }, { p6: 1 }),
      transition('receive 1', [0, 1], { p11: 1, p7: 1 }, { p8: 1 }),
      transition('acknowledge 1', [0, 2], { p8: 1 }, { p12: 1, p5: 1 }),
      transition('receive 1 again', [0, 1], { p11: 1, p5: 1 }, { p8: 1 }),
      transition('lose 0', [0, 1], { p9: 1 }, {}),
      transition('lose ack 0', [0, 1], { p10: 1 }, {}),
      transition('lose 1', [0, 1], { p11: 1 }, {}),
      transition('lose ack 1', [0, 1], { p12: 1 }, {}),
    ],
    { p1: 1, p5: 1 },
  );

/** Trains at a level crossing: Berthomieu and Vernadat, TACAS 2003. */
export function levelCrossing(trains: number): TimedSystem {
  const ofTrain = (index: number): Transition[] => {
    const far = `far${index}`;
    const close = `close${index}`;
    const left = `left${index}`;
    const others = trains > 1;
    return [
      transition(
        `App first ${index}`,
        [0, never],
        { [far]: 1, far: trains },
        { [close]: 1, far: trains - 1, in: 1, coming: 1 },
      ),
      ...(others ? [transition(`App ${index}`, [0, never], { [far]: 1, far: 1, in: 1 }, { [close]: 1, in: 2 })] : []),
      transition(`In ${index}`, [3, 5], { [close]: 1 }, { [`on${index}`]: 1 }),
      transition(`Ex ${index}`, [2, 4], { [`on${index}`]: 1 }, { [left]: 1 }),
      transition(
        `Exit last ${index}`,
        [0, 0],
        { [left]: 1, in: 1, far: trains - 1 },
        { [far]: 1, far: trains, leaving: 1 },
      ),
      ...(others ? [transition(`Exit ${index}`, [0, 0], { [left]: 1, in: 2 }, { [far]: 1, in: 1, far: 1 })] : []),
    ];
  };
  const gate = [
    transition('L', [0, 0], { coming: 1, open: 1 }, { lowering: 1 }),
    transition("L'", [0, 0], { coming: 1, raising: 1 }, { lowering: 1 }),
    transition('Down', [1, 2], { lowering: 1 }, { closed: 1 }),
    transition('R', [0, 0], { leaving: 1, closed: 1 }, { raising: 1 }),
    transition('Up', [1, 2], { raising: 1 }, { open: 1 }),
  ];
  const numbers = Array.from({ length: trains }, (_, index) => index + 1);
  return petriNet([...numbers.flatMap(ofTrain), ...gate], {
    far: trains,
    open: 1,
    ...Object.fromEntries(numbers.map((index) => [`far${index}`, 1])),
  });
}

/** A net that goes round without any time passing. */
export const zeno = (): TimedSystem =>
  petriNet(
    [
      transition('tick', [0, 1], { left: 1 }, { right: 1 }),
      transition('tock', [0, 0], { right: 1 }, { left: 1 }),
      transition('slow', [1, 2], { other: 1 }, { other: 1 }),
    ],
    { left: 1, other: 1 },
  );
