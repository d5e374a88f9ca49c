import { Blocks } from './blocks.ts';
import { layOut, pack } from './laneLayout.ts';
import { type Bounds, Search } from './search.ts';
import { parties, type UntimedWorld } from './untimedWorld.ts';

/** So many states show which party is to be the inner one. */
const rehearsal = 1 << 16;
/** Enough for a block with a key of any length. */
const bytesPerBlock = 64;

/**
 * Searches through the whole world. It begins with a rehearsal that shows how wide the lanes are and which party makes
 * the fullest blocks; where a lane becomes too narrow later, the search begins again with what has been learnt.
 */
export function explore(world: UntimedWorld, bounds: Omit<Bounds, 'states'>): { search: Search; complete: boolean } {
  let inner = 0;
  for (let states = rehearsal; ; states = Number.POSITIVE_INFINITY) {
    const search = new Search(world, layOut(world.counts, inner), { ...bounds, states });
    const end = search.run();
    if (end !== 'outgrown') return { search, complete: end === 'complete' };
    if (states === rehearsal) inner = fullest(world, search);
  }
}

/** The party that, as the inner one, has the states of a search in the fewest blocks. */
function fullest({ counts }: UntimedWorld, search: Search): number {
  const blocks = Array.from({ length: parties }, (_, inner) => blocksWith(inner, counts, search));
  return blocks.indexOf(Math.min(...blocks));
}

function blocksWith(inner: number, counts: readonly number[], search: Search): number {
  const layout = layOut(counts, inner);
  const key = new Int32Array(layout.words);
  const blocks = new Blocks(bytesPerBlock * search.states, layout.words);
  search.forEachState((lanes) => {
    blocks.reserve(1);
    pack(layout, lanes, key);
    blocks.recordOf(key, 0);
  });
  return blocks.count;
}
