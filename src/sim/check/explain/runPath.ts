import type { AnyProperty } from '../../system/property.ts';
import type { TraceBody } from '../../trace/trace.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import type { Fate, Pending } from '../../world/pending.ts';
import { World } from '../../world/world.ts';
import { type Move, Situations } from '../engine/situations.ts';
import type { Firing } from '../engine/stateClasses.ts';
import type { FaultBudget } from '../system/faultBudget.ts';
import { createdOrigin, WorldSystem } from '../system/worldSystem.ts';

/** A recorded run as a path of situations, as far as the step that violates a property. */
export interface RunPath {
  readonly system: WorldSystem;
  readonly situations: Situations;
  readonly path: readonly Firing[];
  /** Per step of the path its serial in the trace; null for the start, for deadlines and for the end. */
  readonly serials: readonly (number | null)[];
}

/** Follows a run up to its violation of the property; null where there is none, or the situations cannot follow it. */
export function pathOfRun(definition: WorldDefinition, property: AnyProperty, trace: TraceBody): RunPath | null {
  const history = new History(definition, trace);
  const system = new WorldSystem(definition, [property], history.faults);
  const follower = new Follower(system, history);
  return follower.follow(trace) ? follower : null;
}

/** What the records of a run do not say of it: what each event created, and the fate of each message. */
class History {
  /** What was pending when the run began. */
  readonly atStart: readonly Pending[];
  /** Per serial, what that event created. */
  readonly created = new Map<number, readonly Pending[]>();
  readonly #fates = new Map<number, Fate>();

  constructor(definition: WorldDefinition, { records }: TraceBody) {
    const { world } = World.start(definition);
    this.atStart = [...world.pending].sort((one, other) => one.serial - other.serial);
    for (const { kind, serial, fate } of records) {
      if (kind === 'start') continue;
      const position = world.pending.findIndex((one) => one.serial === serial);
      const { link } = world.pending[position] as Pending;
      const isCut = link >= 0 && (world.cutLinks & (1 << link)) !== 0;
      // Over a cut link a message is lost whatever its fate.
      this.#fates.set(serial, isCut ? 'happen' : fate);
      this.created.set(serial, world.fire(position, fate).created);
    }
  }

  /** The fate that was chosen for an event. */
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

/** A pending event of a situation: its serial in the run (null for deadlines and the end), and since when. */
export interface Tracked {
  readonly serial: number | null;
  readonly type: number;
  readonly sinceMs: number;
}

/** What is pending after a move, from what was before it and the serials of what it created. */
export function trackedAfter(
  situations: Situations,
  { target, origins }: Pick<Move, 'target' | 'origins'>,
  before: readonly Tracked[],
  nowMs: number,
  serialOf: (created: number) => number | null,
): Tracked[] {
  const { pending } = situations.of(target);
  return origins.map((origin, position): Tracked => {
    const type = pending[position] as number;
    if (origin >= 0) return { ...(before[origin] as Tracked), type };
    const created = createdOrigin(0) - origin;
    return { serial: created >= 0 ? serialOf(created) : null, type, sinceMs: nowMs };
  });
}

class Follower implements RunPath {
  readonly system: WorldSystem;
  readonly situations: Situations;
  readonly path: Firing[] = [];
  readonly serials: (number | null)[] = [null];
  readonly #history: History;
  #situation: number;
  #tracked: readonly Tracked[];

  constructor(system: WorldSystem, history: History) {
    this.system = system;
    this.situations = new Situations(system);
    this.#history = history;
    const start = this.situations.moveAt(this.situations.start());
    this.#situation = start.target;
    this.#tracked = trackedAfter(this.situations, start, [], 0, (index) => history.atStart[index]?.serial ?? null);
  }

  /** Whether the path comes to a violation. */
  follow({ records, endMs }: TraceBody): boolean {
    for (const { kind, serial, atMs } of records) {
      if (kind === 'start') continue;
      if (!this.#letPass(atMs)) return false;
      if (this.#isViolated) return true;
      if (!this.#happen(serial, atMs)) return false;
      if (this.#isViolated) return true;
    }
    if (!this.#letPass(endMs)) return false;
    if (this.#isViolated) return true;
    const end = this.#tracked.findIndex(({ type }) => type === this.system.end);
    return this.#take(end, endMs, null, []) && this.#isViolated;
  }

  get #isViolated(): boolean {
    return this.system.violatedIn(this.situations, this.#situation) !== 0;
  }

  /** Fires the deadlines that are over by then. */
  #letPass(nowMs: number): boolean {
    const isOver = ({ type, sinceMs }: Tracked) =>
      this.system.typeOf(type).is === 'deadline' && sinceMs + this.system.windowOf(type)[1] <= nowMs;
    for (let over = this.#tracked.findIndex(isOver); over >= 0; over = this.#tracked.findIndex(isOver)) {
      if (!this.#take(over, nowMs, null, [])) return false;
    }
    return true;
  }

  #happen(serial: number, atMs: number): boolean {
    const position = this.#tracked.findIndex((one) => one.serial === serial);
    // A message that is lost is never pending in a situation.
    if (this.#history.fateOf(serial) === 'lose') return position < 0;
    return position >= 0 && this.#take(position, atMs, serial, this.#history.created.get(serial) ?? []);
  }

  /** Takes the move in which the created messages have their fates; false where there is none. */
  #take(position: number, nowMs: number, serial: number | null, created: readonly Pending[]): boolean {
    const list = this.situations.movesOf(this.#situation, position);
    const wanted = created.map((one) => this.#history.fateOf(one.serial)).join();
    for (let index = 0; index < this.situations.choices(list); index++) {
      const move = this.situations.moveAt(this.situations.move(list, index));
      if (this.system.fatesOf(move.choice).join() !== wanted) continue;
      this.path.push({ situation: this.#situation, position, move });
      this.serials.push(serial);
      this.#situation = move.target;
      this.#tracked = trackedAfter(this.situations, move, this.#tracked, nowMs, (at) => created[at]?.serial ?? null);
      return true;
    }
    return false;
  }
}
