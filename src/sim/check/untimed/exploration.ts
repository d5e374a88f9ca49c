import { Blocks, perWord } from './blocks.ts';
import type { UntimedEvent } from './expansion.ts';
import { type BlockShape, layOut, leastBlockBits, pack, setField } from './fieldLayout.ts';
import { type Goal, LevelSearch } from './levelSearch.ts';
import type { Bounds, End, Search } from './search.ts';
import { Sweep } from './sweep.ts';
import type { UntimedWorld } from './untimedWorld.ts';

/** States of the rehearsal that shows how to store all of them. */
export const usualRehearsal = 1 << 16;
/** Enough for a block of the least size with a key of any length. */
const bytesPerState = 64;
/** Blocks of more states than this are not tried. */
const mostBlockBits = 11;
/** Words of memory that a block may cost to save one look-up. */
const wordsPerLookUp = 512;

/** What a search through a whole world found. */
export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** Memory used at most, in bytes. */
  readonly bytes: number;
  /** Whether every state has been looked into. */
  readonly complete: boolean;
  /** Per property, a state of the observers in which it is violated. */
  readonly violatedBy: readonly (number | undefined)[];
  /** The events on a shortest way to a violation of a property, or null where none was found. */
  readonly eventsTo: (property: number) => UntimedEvent[] | null;
}

/**
 * Searches through the whole world. It begins with a rehearsal, which shows how wide the fields are and which blocks suit
 * the world. If that is not all, a sweep finds the rest, and what is violated there is looked for level by level.
 */
export function explore(world: UntimedWorld, bounds: Bounds, rehearsal = usualRehearsal): Exploration {
  const narrow = { inner: 0, blockBits: leastBlockBits };
  const first = byLevels(world, narrow, bounds, { states: rehearsal, violated: 0 });
  if (first.end === 'complete' || first.search.states <= rehearsal) return explored(first, () => first.search);
  const shape = bestShape(world, first.search);
  const all = widening(() => new Sweep(world, layOut(world.counts, shape), bounds));
  // The states of the sweep are let go before the search by levels keeps its own.
  const { violated } = all.search;
  let again: LevelSearch | null = null;
  return explored(all, (property) => {
    if (first.search.violatingStates[property]) return first.search;
    again ??= byLevels(world, shape, bounds, {
      states: Number.POSITIVE_INFINITY,
      violated,
    }).search;
    return again;
  });
}

interface Ended<S> {
  readonly search: S;
  readonly end: End;
}

/** Searches again, with wider fields, until they are wide enough. */
function widening<S extends Search>(begin: () => S): Ended<S> {
  for (;;) {
    const search = begin();
    const end = search.run();
    if (end !== 'outgrown') return { search, end };
  }
}

const byLevels = (world: UntimedWorld, shape: BlockShape, bounds: Bounds, goal: Goal): Ended<LevelSearch> =>
  widening(() => new LevelSearch(world, layOut(world.counts, shape), bounds, goal));

/** `levels` says which search by levels knows a way to a violation of a property, if any does. */
function explored({ search, end }: Ended<LevelSearch | Sweep>, levels: (property: number) => LevelSearch): Exploration {
  return {
    states: search.states,
    transitions: search.transitions,
    bytes: search.mostBytes,
    complete: end === 'complete',
    violatedBy: search.violatedBy,
    eventsTo: (property) => {
      const search = levels(property);
      const violating = search.violatingStates[property];
      return violating ? search.eventsTo(violating) : null;
    },
  };
}

/** The party that, as the inner one, has the states of a search in the fewest blocks, and how large they should be. */
function bestShape({ counts, parties }: UntimedWorld, search: LevelSearch): BlockShape {
  const candidates = range(0, parties - 1).filter((party) => (counts[party] as number) > 1);
  const inner = leastBy(candidates, (party) => blocksWith({ inner: party, blockBits: mostBlockBits }, counts, search));
  const needed = Math.max(leastBlockBits, 32 - Math.clz32((counts[inner] as number) - 1));
  const blockBits = leastBy(range(leastBlockBits, Math.min(needed, mostBlockBits)), (bits) => {
    const blocks = blocksWith({ inner, blockBits: bits }, counts, search);
    return blocks * (wordsPerLookUp + perWord * 2 ** (bits - leastBlockBits));
  });
  return { inner, blockBits };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** The first of the values for which a number is least. */
function leastBy(values: readonly number[], numberOf: (value: number) => number): number {
  const numbers = values.map(numberOf);
  return values[numbers.indexOf(Math.min(...numbers))] as number;
}

function blocksWith(shape: BlockShape, counts: readonly number[], search: LevelSearch): number {
  const layout = layOut(counts, { ...shape, blockBits: leastBlockBits });
  const key = new Int32Array(layout.words);
  const blocks = new Blocks(bytesPerState * search.states, layout);
  search.forEachState((fields) => {
    blocks.reserve(1);
    pack(layout, fields, key);
    setField(layout, key, shape.inner, (fields[shape.inner] as number) >> shape.blockBits);
    blocks.recordOf(key, true);
  });
  return blocks.count;
}
