import type { AnyProperty } from '../properties/property.ts';
import type { Trace } from '../trace.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { type Fate, type Pending, World } from '../world/world.ts';
import { Situations } from './situations.ts';
import type { PathStep } from './stateClasses.ts';
import { createdOrigin, WorldSystem } from './worldSystem.ts';

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
  const fates = chosenFates(definition, trace);
  const count = (fate: Fate) => [...fates.values()].filter((one) => one === fate).length;
  const budget = { losses: count('lose'), duplicates: count('duplicate') };
  const follower = new Follower(new WorldSystem(definition, [property], budget), fates);
  return follower.follow(trace) ? follower : null;
}

/** Per serial, what was decided of it. Over a cut link a message is lost whatever was decided. */
function chosenFates(definition: WorldDefinition, { records }: Trace): ReadonlyMap<number, Fate> {
  const { world } = World.start(definition);
  const fates = new Map<number, Fate>();
  for (const { kind, serial, fate } of records) {
    const position = world.pending.findIndex((one) => one.serial === serial);
    const pending = world.pending[position];
    if (kind === 'start' || pending === undefined) continue;
    const isCut = pending.link >= 0 && (world.cutLinks & (1 << pending.link)) !== 0;
    fates.set(serial, isCut ? 'happen' : fate);
    world.fire(position, fate);
  }
  return fates;
}

/** What is pending in the situation that has been reached. */
interface Alive {
  readonly serial: number | null;
  readonly type: number;
  readonly sinceMs: number;
}

class Follower implements RunPath {
  readonly system: WorldSystem;
  readonly situations: Situations;
  readonly path: PathStep[] = [];
  readonly serials: (number | null)[] = [null];
  readonly #fates: ReadonlyMap<number, Fate>;
  readonly #world: World;
  #situation: number;
  #alive: Alive[];

  constructor(system: WorldSystem, fates: ReadonlyMap<number, Fate>) {
    this.system = system;
    this.situations = new Situations(system);
    this.#fates = fates;
    this.#world = World.start(system.definition).world;
    const { target, origins } = this.situations.moveAt(this.situations.start());
    this.#situation = target;
    const bySerial = [...this.#world.pending].sort((one, other) => one.serial - other.serial);
    this.#alive = this.#aliveAfter(origins, [], 0, bySerial);
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
    const isOver = this.#letPass(endMs) && (this.#isViolated || this.#take(this.#positionOfEnd, endMs, null, []));
    return isOver && this.#isViolated;
  }

  get #isViolated(): boolean {
    return this.system.violatedIn(this.situations, this.#situation) !== 0;
  }

  get #positionOfEnd(): number {
    return this.#alive.findIndex(({ type }) => type === this.system.end);
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
    const fate = this.#fates.get(serial) ?? 'happen';
    const pending = this.#world.pending.findIndex((one) => one.serial === serial);
    const { created } = this.#world.fire(pending, fate);
    const position = this.#alive.findIndex((one) => one.serial === serial);
    // What is lost is so from the moment in which it is sent: nothing of it is pending.
    if (fate === 'lose') return position < 0;
    return position >= 0 && this.#take(position, atMs, serial, created);
  }

  /** Takes the move with which what was sent meets its fate; false where there is none. */
  #take(position: number, nowMs: number, serial: number | null, created: readonly Pending[]): boolean {
    const list = this.situations.movesOf(this.#situation, position);
    const wanted = created.map((one) => this.#fates.get(one.serial) ?? 'happen').join();
    for (let index = 0; index < this.situations.choices(list); index++) {
      const move = this.situations.moveAt(this.situations.move(list, index));
      if (this.system.fatesOf(move.choice).join() !== wanted) continue;
      this.path.push({ situation: this.#situation, position, move });
      this.serials.push(serial);
      this.#situation = move.target;
      this.#alive = this.#aliveAfter(move.origins, this.#alive, nowMs, created);
      return true;
    }
    return false;
  }

  #aliveAfter(
    origins: readonly number[],
    before: readonly Alive[],
    nowMs: number,
    created: readonly Pending[],
  ): Alive[] {
    const { pending } = this.situations.of(this.#situation);
    return origins.map((origin, position): Alive => {
      const type = pending[position] as number;
      if (origin >= 0) return { ...(before[origin] as Alive), type };
      return { serial: created[createdOrigin(0) - origin]?.serial ?? null, type, sinceMs: nowMs };
    });
  }
}
