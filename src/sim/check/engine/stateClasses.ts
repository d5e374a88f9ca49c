import { mix } from '../../data/hash.ts';
import { HashIndex } from '../../data/hashIndex.ts';
import { IntVector } from '../../data/intVector.ts';
import { type Exploring, explored, type Progress } from './exploring.ts';
import { fireInto, isFirable, newSource, turnTo } from './firing.ts';
import { MatrixStore } from './matrixStore.ts';
import { type Move, moveTargetAt, Situations } from './situations.ts';
import { type TimedSystem, unbounded } from './timedSystem.ts';
import { type ExplorationOrder, WaitingList } from './waitingList.ts';

export interface ExploreOptions {
  /**
   * `equality` keeps every linear state class, which preserves all sequences of events; `inclusion` drops covered
   * classes and keeps the maximal ones, which preserves reachability.
   */
  readonly abstraction: 'equality' | 'inclusion';
  readonly order?: ExplorationOrder;
  /** The cost that `cheapestFirst` compares; it must not fall along any path. */
  readonly costOf?: (reached: Reached) => number;
  /** Bytes that the exploration may hold. */
  readonly maximumBytes?: number;
  /** False for situations that are not to be explored. */
  readonly admits?: (situation: number) => boolean;
  /** Called with every new class; true ends the exploration. */
  readonly visit?: (situation: number, stateClass: number) => boolean;
}

/** A class as the cost function sees it. */
export interface Reached {
  readonly situation: number;
  /** How many events led to it. */
  readonly depth: number;
  /** The latest remaining time of the pending event at a position, in milliseconds. */
  readonly latestMs: (position: number) => number;
}

/** How an exploration ended; `order`: a late message holds later ones of its link back beyond their windows. */
export type Ending = 'complete' | 'stopped' | 'memory' | 'interrupted' | 'order';

/** One firing on a path: which pending event of the situation, with which choice. */
export interface Firing {
  readonly situation: number;
  readonly position: number;
  readonly move: Move;
}

const classesBetweenReports = 4_096;

/** Every state class that a system can reach: every order of its events and every date within the windows. */
export class StateClasses {
  readonly situations: Situations;
  edges = 0;
  readonly #options: ExploreOptions;
  readonly #matrices = new MatrixStore();
  readonly #situationOf = new IntVector();
  readonly #parent = new IntVector();
  readonly #position = new IntVector();
  readonly #choice = new IntVector();
  readonly #depth = new IntVector();
  /** Sum of the bounds of each class towards the present: no class covers one with a larger sum. */
  readonly #extent = new IntVector();
  /** 1 while no other class covers it. */
  readonly #maximal = new IntVector();
  /** 1 where a class of no greater depth covered it before it was expanded. */
  readonly #superseded = new IntVector();
  readonly #nextInBucket = new IntVector();
  readonly #buckets = new IntVector();
  readonly #waiting: WaitingList;
  /** Of all classes, where each is kept apart. */
  readonly #index = new HashIndex();
  #scratch = new Int32Array(1_024);
  readonly #source = newSource();
  #discarded = 0;

  constructor(system: TimedSystem | Situations, options: ExploreOptions) {
    this.situations = system instanceof Situations ? system : new Situations(system);
    this.#options = options;
    this.#waiting = new WaitingList(options.order ?? 'breadthFirst');
  }

  /** State classes found, including those covered since by others. */
  get count(): number {
    return this.#situationOf.length;
  }

  /** Classes that no other one covers. */
  get maximalCount(): number {
    return this.count - this.#discarded;
  }

  get bytes(): number {
    return this.#matrices.bytes + this.situations.bytes + this.#index.bytes + this.count * 40;
  }

  get progress(): Progress {
    return { classes: this.count, edges: this.edges, waiting: this.#waiting.length, bytes: this.bytes };
  }

  /** Explores until the waiting list is empty or a limit is met. */
  explore(): Ending {
    return explored(this.exploring());
  }

  /** The same in steps. */
  *exploring(): Exploring<Ending> {
    const { maximumBytes = Number.POSITIVE_INFINITY } = this.#options;
    const start = this.situations.start();
    this.#makeRoom(this.#sizeAfter(start));
    this.#source.pending = 0;
    fireInto(this.#scratch, this.#source, 0, this.situations, start);
    if (this.#insert(start, -1, -1, 0)) return 'stopped';
    for (let expanded = 1; this.#waiting.length > 0; expanded++) {
      if (this.#expand(this.#waiting.take())) return 'stopped';
      if (this.#source.isHeldBack) return 'order';
      if (expanded % classesBetweenReports !== 0) continue;
      if (this.bytes > maximumBytes) return 'memory';
      if (!(yield this.progress)) return 'interrupted';
    }
    return 'complete';
  }

  /** With `inclusion`: the zones of the maximal classes of a situation, each as a matrix of its own. */
  zonesOf(situation: number): Int32Array[] {
    const zones: Int32Array[] = [];
    const first = situation < this.#buckets.length ? this.#buckets.at(situation) : -1;
    for (let id = first; id >= 0; id = this.#nextInBucket.at(id)) {
      const place = this.#matrices.placeOf(id);
      zones.push(this.#matrices.chunkOf(id).slice(place, place + (this.situations.sizeOf(situation) + 1) ** 2));
    }
    return zones;
  }

  /** The firings that lead to a class. */
  pathTo(stateClass: number): Firing[] {
    const path: Firing[] = [];
    for (let at = stateClass; this.#parent.at(at) >= 0; at = this.#parent.at(at)) {
      const situation = this.#situationOf.at(this.#parent.at(at));
      const position = this.#position.at(at);
      const list = this.situations.movesOf(situation, position);
      const move = this.situations.moveAt(this.situations.move(list, this.#choice.at(at)));
      path.push({ situation, position, move });
    }
    return path.reverse();
  }

  /** Expands a class; true where the visitor has seen enough. */
  #expand(stateClass: number): boolean {
    if (this.#superseded.at(stateClass) === 1) return false;
    const situation = this.#situationOf.at(stateClass);
    const source = this.#source;
    const pending = this.situations.sizeOf(situation);
    turnTo(source, this.#matrices.chunkOf(stateClass), this.#matrices.placeOf(stateClass), pending);
    for (let fired = 1; fired <= source.pending; fired++) {
      const isNext = isFirable(source, this.situations, situation, fired);
      if (isNext && this.#fire(stateClass, situation, fired)) return true;
    }
    return false;
  }

  #fire(stateClass: number, situation: number, fired: number): boolean {
    const list = this.situations.movesOf(situation, fired - 1);
    const choices = this.situations.choices(list);
    for (let choice = 0; choice < choices; choice++) {
      const move = this.situations.move(list, choice);
      const target = this.situations.moves.at(move + moveTargetAt);
      if (this.#options.admits?.(target) === false) continue;
      this.edges++;
      this.#makeRoom(this.#sizeAfter(move));
      fireInto(this.#scratch, this.#source, fired, this.situations, move);
      if (this.#insert(move, stateClass, fired - 1, choice)) return true;
    }
    return false;
  }

  #sizeAfter(move: number): number {
    return this.situations.sizeOf(this.situations.moves.at(move + moveTargetAt));
  }

  #makeRoom(pending: number): void {
    if ((pending + 1) ** 2 > this.#scratch.length) this.#scratch = new Int32Array((pending + 1) ** 2 * 2);
  }

  /** Adds the class in `#scratch`, unless it is known or covered. True where the visitor has seen enough. */
  #insert(move: number, parent: number, position: number, choice: number): boolean {
    const target = this.situations.moves.at(move + moveTargetAt);
    const width = this.situations.sizeOf(target) + 1;
    const size = width * width;
    const depth = parent < 0 ? 0 : this.#depth.at(parent) + 1;
    const extent = this.#extentOf(width);
    if (this.#options.abstraction === 'equality') {
      if (this.#isKnown(target, size)) return false;
    } else if (this.#isCovered(target, size, extent, depth)) return false;
    const id = this.#matrices.add(this.#scratch, size);
    this.#situationOf.push(target);
    this.#parent.push(parent);
    this.#position.push(position);
    this.#choice.push(choice);
    this.#depth.push(depth);
    this.#extent.push(extent);
    this.#maximal.push(1);
    this.#superseded.push(0);
    if (this.#options.abstraction === 'inclusion') {
      this.#nextInBucket.push(this.#buckets.at(target));
      this.#buckets.data[target] = id;
    }
    const latestMs = (at: number) => this.#scratch[(at + 1) * width] as number;
    this.#waiting.add(id, this.#options.costOf?.({ situation: target, depth, latestMs }) ?? 0);
    return this.#options.visit?.(target, id) ?? false;
  }

  #extentOf(width: number): number {
    let extent = 0;
    for (let index = 1; index < width; index++) {
      const above = this.#scratch[index * width] as number;
      extent += (above >= unbounded ? 1 << 25 : above) + (this.#scratch[index] as number);
    }
    return extent;
  }

  #isKnown(situation: number, size: number): boolean {
    let hash = mix(0, situation);
    for (let index = 0; index < size; index++) hash = mix(hash, this.#scratch[index] as number);
    for (let id = this.#index.first(hash); id >= 0; id = this.#index.next()) {
      if (this.#situationOf.at(id) === situation && this.#equals(id, size)) return true;
    }
    this.#index.add(hash);
    return false;
  }

  #equals(id: number, size: number): boolean {
    const matrix = this.#matrices.chunkOf(id);
    const place = this.#matrices.placeOf(id);
    for (let index = 0; index < size; index++) if (matrix[place + index] !== this.#scratch[index]) return false;
    return true;
  }

  /** Covering in both directions, so that the maximal classes do not depend on the order of exploration. */
  #isCovered(situation: number, size: number, extent: number, depth: number): boolean {
    while (this.#buckets.length <= situation) this.#buckets.push(-1);
    let before = -1;
    for (let id = this.#buckets.at(situation); id >= 0; ) {
      const after = this.#nextInBucket.at(id);
      if (extent <= this.#extent.at(id) && this.#coversNew(id, size)) return true;
      if (extent >= this.#extent.at(id) && this.#isCoveredByNew(id, size)) {
        this.#discard(id, depth);
        if (before < 0) this.#buckets.data[situation] = after;
        else this.#nextInBucket.data[before] = after;
      } else before = id;
      id = after;
    }
    return false;
  }

  /** Drops a covered class. It is still expanded where the covering one is deeper: A* needs the shortest path. */
  #discard(id: number, depth: number): void {
    this.#discarded++;
    this.#maximal.data[id] = 0;
    if (depth <= this.#depth.at(id)) this.#superseded.data[id] = 1;
  }

  #coversNew(id: number, size: number): boolean {
    const matrix = this.#matrices.chunkOf(id);
    const place = this.#matrices.placeOf(id);
    for (let index = 1; index < size; index++) {
      if ((this.#scratch[index] as number) > (matrix[place + index] as number)) return false;
    }
    return true;
  }

  #isCoveredByNew(id: number, size: number): boolean {
    const matrix = this.#matrices.chunkOf(id);
    const place = this.#matrices.placeOf(id);
    for (let index = 1; index < size; index++) {
      if ((matrix[place + index] as number) > (this.#scratch[index] as number)) return false;
    }
    return true;
  }
}
