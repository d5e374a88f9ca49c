import { assertCanonical, assertNotEmpty, isExamined } from './canonical.ts';
import { moveTargetAt, type Situations } from './situations.ts';
import { unbounded } from './timedSystem.ts';

/**
 * The firing rule of linear state classes: Berthomieu and Diaz, IEEE TSE 17(3) 1991; in O(n²) as Boucheneb and Mullins
 * 2003. A class is a canonical difference-bound matrix of n + 1 rows: entry [i][j] bounds the remaining time of i minus
 * that of j, 0 standing for the present.
 */

/** The class whose events are fired: its matrix, where it begins, how many events are pending. */
export interface Source {
  matrix: Int32Array;
  place: number;
  pending: number;
  /** Per pending event, the least by which any pending event is bounded above it: 0 where it may be the next. */
  leads: Int32Array;
  /** Of the class that is written: the events that stay pending, which ones of the source they are, how many. */
  kept: Int32Array;
  keptFrom: Int32Array;
  keptCount: number;
  /** Those that are new, and how many. */
  added: Int32Array;
  addedCount: number;
  /** New events that arrive with the one before them, because that is due beyond their own window. */
  tied: number[];
  /** Set where an earlier message may arrive within the window of the one behind it or beyond it: no zone says both. */
  isHeldBack: boolean;
  /** How many classes have been written. */
  written: number;
}

/** An empty source, to be turned to a class before each firing. */
export const newSource = (): Source => ({
  matrix: new Int32Array(1),
  place: 0,
  pending: 0,
  leads: new Int32Array(64),
  kept: new Int32Array(64),
  keptFrom: new Int32Array(64),
  keptCount: 0,
  added: new Int32Array(64),
  addedCount: 0,
  tied: [],
  isHeldBack: false,
  written: 0,
});

/** Turns a source to a class and computes which of its events are firable. */
export function turnTo(source: Source, matrix: Int32Array, place: number, pending: number): void {
  source.matrix = matrix;
  source.place = place;
  source.pending = pending;
  if (pending >= source.leads.length) source.leads = new Int32Array(pending * 2);
  const { leads } = source;
  leads.fill(0, 0, pending + 1);
  for (let row = 1, at = place + pending + 2; row <= pending; row++, at++) {
    for (let column = 1; column <= pending; column++, at++) {
      const bound = matrix[at] as number;
      if (bound < (leads[column] as number)) leads[column] = bound;
    }
  }
}

/** Whether the event at `fired` (1 is the first) can be the next one in the class to which a source has been turned. */
export function isFirable(source: Source, situations: Situations, situation: number, fired: number): boolean {
  if (source.leads[fired] !== 0) return false;
  return !situations.isLast(situation, fired - 1) || isBeforeOthers(source, fired);
}

/** Whether every other event can be later than that one. If each can, all can at once. */
function isBeforeOthers({ matrix, place, pending }: Source, fired: number): boolean {
  for (let row = 1; row <= pending; row++) {
    if (row !== fired && (matrix[place + row * (pending + 1) + fired] as number) <= 0) return false;
  }
  return true;
}

/** Writes the class after the event at `fired` (1 is the first) has happened as a move says. It is canonical again. */
export function fireInto(next: Int32Array, source: Source, fired: number, situations: Situations, move: number): void {
  const count = situations.sizeOf(situations.moves.at(move + moveTargetAt));
  writeBounds(next, source, fired, situations, move);
  relateKept(next, source, count + 1);
  relateAdded(next, source, count);
  for (let row = 1; row <= count; row++) next[row * (count + 1) + row] = 0;
  source.tied = [];
  for (let one = 0; one < source.addedCount; one++) {
    keepOrderBefore(next, source, situations, move, source.added[one] as number);
  }
  // What is held back has bounds that contradict each other: nobody goes on from there.
  if (source.isHeldBack) return;
  assertNotEmpty(next, 0, count + 1);
  if (isExamined(source.written++)) assertCanonical(next, 0, count + 1);
}

/** Bounds every event by the present, and notes which are new. */
function writeBounds(next: Int32Array, source: Source, fired: number, situations: Situations, move: number): void {
  const { matrix, place, pending, leads } = source;
  const target = situations.moves.at(move + moveTargetAt);
  const count = situations.sizeOf(target);
  const moves = situations.moves.data;
  const originsAt = situations.originsOf(move) - 1;
  const types = situations.store.data;
  const typesAt = situations.typesAt(target) - 1;
  makeRoom(source, count);
  source.keptCount = 0;
  source.addedCount = 0;
  next[0] = 0;
  for (let row = 1, at = count + 1; row <= count; row++, at += count + 1) {
    const origin = moves[originsAt + row] as number;
    if (origin >= 0) {
      next[at] = matrix[place + (origin + 1) * (pending + 1) + fired] as number;
      next[row] = leads[origin + 1] as number;
      source.kept[source.keptCount] = row;
      source.keptFrom[source.keptCount++] = origin + 1;
    } else {
      const type = types[typesAt + row] as number;
      next[at] = situations.latest.at(type);
      next[row] = -situations.earliest.at(type);
      source.added[source.addedCount++] = row;
    }
  }
}

function makeRoom(source: Source, count: number): void {
  if (count <= source.kept.length) return;
  source.kept = new Int32Array(count * 2);
  source.keptFrom = new Int32Array(count * 2);
  source.added = new Int32Array(count * 2);
}

/** Two events that stay pending: as before, or through the present where that says more. */
function relateKept(next: Int32Array, source: Source, width: number): void {
  const { matrix, place, pending, kept, keptFrom, keptCount } = source;
  for (let one = 0; one < keptCount; one++) {
    const to = (kept[one] as number) * width;
    const from = place + (keptFrom[one] as number) * (pending + 1);
    const above = next[to] as number;
    for (let other = 0; other < keptCount; other++) {
      const column = kept[other] as number;
      const through = above >= unbounded ? unbounded : above + (next[column] as number);
      const before = matrix[from + (keptFrom[other] as number)] as number;
      next[to + column] = before < through ? before : through;
    }
  }
}

/** A new event and any other one: through the present. */
function relateAdded(next: Int32Array, { added, addedCount }: Source, count: number): void {
  const width = count + 1;
  for (let one = 0; one < addedCount; one++) {
    const row = added[one] as number;
    const above = next[row * width] as number;
    const below = next[row] as number;
    for (let other = 1; other <= count; other++) {
      const otherAbove = next[other * width] as number;
      next[row * width + other] = above >= unbounded ? unbounded : above + (next[other] as number);
      next[other * width + row] = otherAbove >= unbounded ? unbounded : otherAbove + below;
    }
  }
}

/**
 * Lets a new message wait for the one before it, if its link keeps the order: it arrives when its own latency is over, or
 * with the one before if that is later. The two cases are two zones. Where a fault delays the one before, both may be
 * possible; without one it has as long a window and was sent earlier.
 */
function keepOrderBefore(next: Int32Array, source: Source, situations: Situations, move: number, row: number): void {
  const target = situations.moves.at(move + moveTargetAt);
  const typesAt = situations.typesAt(target) - 1;
  if (row === 1 || !situations.waits(typesAt + 1, row - 1)) return;
  const width = situations.sizeOf(target) + 1;
  const latest = situations.latest.at(situations.store.at(typesAt + row));
  const before = row - 1;
  if ((next[before * width] as number) <= latest) keepOrder(next, width, before, row);
  else if (-(next[before] as number) >= latest) tie(next, width, before, row, source.tied);
  else source.isHeldBack = true;
}

/** Lets the second event happen at the date of the first. */
function tie(next: Int32Array, width: number, first: number, second: number, tied: number[]): void {
  for (let column = 0; column < width; column++) {
    next[second * width + column] = next[first * width + column] as number;
    next[column * width + second] = next[column * width + first] as number;
  }
  next[second * width + second] = 0;
  tied.push(second - 1);
}

/** Adds the constraint that the earlier message of an ordered link arrives no later than the one behind it. */
function keepOrder(next: Int32Array, width: number, first: number, second: number): void {
  if ((next[first * width + second] as number) <= 0) return;
  for (let row = 0; row < width; row++) {
    const toFirst = next[row * width + first] as number;
    if (toFirst >= unbounded) continue;
    for (let column = 0; column < width; column++) {
      const fromSecond = next[second * width + column] as number;
      const through = fromSecond >= unbounded ? unbounded : toFirst + fromSecond;
      if (through < (next[row * width + column] as number)) next[row * width + column] = through;
    }
  }
}
