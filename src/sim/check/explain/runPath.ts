import type { AnyProperty } from '../../properties/property.ts';
import type { Trace } from '../../trace/trace.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { type Fate, type Pending, World } from '../../world/world.ts';
import { type Move, Situations } from '../engine/situations.ts';
import type { PathStep } from '../engine/stateClasses.ts';
import type { FaultBudget } from '../system/faultBudget.ts';
import { createdOrigin, WorldSystem } from '../system/worldSystem.ts';

/** A recorded run as a path of situations, as far as the step that violates a property. */
export interface RunPath {
  readonly system: WorldSystem;
  readonly situations: Situations;
  readonly path: readonly PathStep[];
  /** Per step of the path the serial that it has in the trace; null for the start and for what is none of the world. */
  readonly serials: readonly (number | null)[];
}

/** Follows a run to where it violates the property; null where it does not, or where the situations cannot follow it. */
export function pathOfRun(definition: WorldDefinition, property: AnyProperty, trace: Trace): RunPath | null {
  const history = new History(definition, trace);
  const system = new WorldSystem(definition, [property], history.faults);
  const follower = new Follower(system, history);
  return follower.follow(trace) ? follower : null;
}

/** What a run did to the world, as far as its records do not say so. */
class History {
  /** What was pending when the run began. */
  readonly atStart: readonly Pending[];
  /** Per serial, what followed when it happened. */
  readonly created = new Map<number, readonly Pending[]>();
  readonly #fates = new Map<number, Fate>();

  constructor(definition: WorldDefinition, { records }: Trace) {
    const { world } = World.start(definition);
    this.atStart = [...world.pending].sort((one, other) => one.serial - other.serial);
    for (const { kind, serial, fate } of records) {
      if (kind === 'start') continue;
      const position = world.pending.findIndex((one) => one.serial === serial);
      const { link } = world.pending[position] as Pending;
      const isCut = link >= 0 && (world.cutLinks & (1 << link)) !== 0;
      // Over a cut link a message is lost whatever was decided of it.
      this.#fates.set(serial, isCut ? 'happen' : fate);
      this.created.set(serial, world.fire(position, fate).created);
    }
  }

  /** What was decided of an event. */
  fateOf(serial: number): Fate {
    return this.#fates.get(serial) ?? 'happen';
  }

  /** How many faults there were. */
  get faults(): FaultBudget {
    const fates = [...this.#fates.values()];
    const count = (fate: Fate) => fates.filter((one) => one === fate).length;
    return { losses: count('lose'), duplicates: count('duplicate') };
  }
}

/** Something that is pending in a situation: its serial in the run where it is of the world, and since when. */
export interface Alive {
  readonly serial: number | null;
  readonly type: number;
  readonly sinceMs: number;
}

/** What is pending after a move, from what was before it and the serials of what it created. */
export function aliveAfter(
  situations: Situations,
  { target, origins }: Pick<Move, 'target' | 'origins'>,
  before: readonly Alive[],
  nowMs: number,
  serialOf: (created: number) => number | null,
): Alive[] {
  const { pending } = situations.of(target);
  return origins.map((origin, position): Alive => {
    const type = pending[position] as number;
    if (origin >= 0) return { ...(before[origin] as Alive), type };
    const created = createdOrigin(0) - origin;
    return { serial: created >= 0 ? serialOf(created) : null, type, sinceMs: nowMs };
  });
}

class Follower implements RunPath {
  readonly system: WorldSystem;
  readonly situations: Situations;
  readonly path: PathStep[] = [];
  readonly serials: (number | null)[] = [null];
  readonly #history: History;
  #situation: number;
  #alive: readonly Alive[];

  constructor(system: WorldSystem, history: History) {
    this.system = system;
    this.situations = new Situations(system);
    this.#history = history;
    const start = this.situations.moveAt(this.situations.start());
    this.#situation = start.target;
    this.#alive = aliveAfter(this.situations, start, [], 0, (index) => history.atStart[index]?.serial ?? null);
  }

  /** Whether the path comes to a violation. */
  follow({ records, endMs }: Trace): boolean {
    for (const { kind, serial, atMs } of records) {
      if (kind === 'start') continue;
      if (!this.#letPass(atMs)) return false;
      if (this.#isViolated) return true;
      if (!this.#happen(serial, atMs)) return false;
      if (this.#isViolated) return true;
    }
    if (!this.#letPass(endMs)) return false;
    if (this.#isViolated) return true;
    const end = this.#alive.findIndex(({ type }) => type === this.system.end);
    return this.#take(end, endMs, null, []) && this.#isViolated;
  }

  get #isViolated(): boolean {
    return this.system.violatedIn(this.situations, this.#situation) !== 0;
  }

  /** Lets the deadlines that are over by then run out. */
  #letPass(nowMs: number): boolean {
    const isOver = ({ type, sinceMs }: Alive) =>
      this.system.typeOf(type).is === 'deadline' && sinceMs + this.system.windowOf(type)[1] <= nowMs;
    for (let over = this.#alive.findIndex(isOver); over >= 0; over = this.#alive.findIndex(isOver)) {
      if (!this.#take(over, nowMs, null, [])) return false;
    }
    return true;
  }

  #happen(serial: number, atMs: number): boolean {
    const position = this.#alive.findIndex((one) => one.serial === serial);
    // What is lost is so from the moment in which it is sent: nothing of it is pending.
    if (this.#history.fateOf(serial) === 'lose') return position < 0;
    return position >= 0 && this.#take(position, atMs, serial, this.#history.created.get(serial) ?? []);
  }

  /** Takes the move with which what was sent meets its fate; false where there is none. */
  #take(position: number, nowMs: number, serial: number | null, created: readonly Pending[]): boolean {
    const list = this.situations.movesOf(this.#situation, position);
    const wanted = created.map((one) => this.#history.fateOf(one.serial)).join();
    for (let index = 0; index < this.situations.choices(list); index++) {
      const move = this.situations.moveAt(this.situations.move(list, index));
      if (this.system.fatesOf(move.choice).join() !== wanted) continue;
      this.path.push({ situation: this.#situation, position, move });
      this.serials.push(serial);
      this.#situation = move.target;
      this.#alive = aliveAfter(this.situations, move, this.#alive, nowMs, (at) => created[at]?.serial ?? null);
      return true;
    }
    return false;
  }
}
