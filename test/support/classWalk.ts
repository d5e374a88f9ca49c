import { fireInto, newSource, turnTo } from '../../src/sim/check/engine/firing.ts';
import { Situations } from '../../src/sim/check/engine/situations.ts';
import { type Tracked, trackedAfter } from '../../src/sim/check/explain/runPath.ts';
import { WorldSystem } from '../../src/sim/check/system/worldSystem.ts';
import { properties } from '../../src/sim/properties/properties.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { WorldDefinition } from '../../src/sim/world/definition.ts';
import { World } from '../../src/sim/world/world.ts';

/** A state class that follows a run event by event. */
class ClassWalk {
  readonly system: WorldSystem;
  readonly situations: Situations;
  tracked: Tracked[];
  situation: number;
  #matrix: Int32Array;

  constructor(system: WorldSystem) {
    this.system = system;
    this.situations = new Situations(system);
    const start = this.situations.start();
    const move = this.situations.moveAt(start);
    this.situation = move.target;
    this.#matrix = new Int32Array((move.origins.length + 1) ** 2);
    fireInto(this.#matrix, newSource(), 0, this.situations, start);
    this.tracked = trackedAfter(this.situations, move, [], 0, (index) => index);
  }

  /** Fires the event at a position; false where the class says that it cannot be the next one. */
  fire(position: number, nowMs: number, serialOf: (created: number) => number | null): boolean {
    const pending = this.situations.sizeOf(this.situation);
    const source = newSource();
    turnTo(source, this.#matrix, 0, pending);
    const list = this.situations.movesOf(this.situation, position);
    if (source.leads[position + 1] !== 0 || this.situations.choices(list) !== 1) return false;
    const move = this.situations.move(list, 0);
    const taken = this.situations.moveAt(move);
    const next = new Int32Array((taken.origins.length + 1) ** 2);
    fireInto(next, source, position + 1, this.situations, move);
    this.#matrix = next;
    this.situation = taken.target;
    this.tracked = trackedAfter(this.situations, taken, this.tracked, nowMs, serialOf);
    return true;
  }

  /** The deadline that is over at a date, or -1. */
  overdue(nowMs: number): number {
    return this.tracked.findIndex(
      ({ type, sinceMs }) =>
        this.system.typeOf(type).is === 'deadline' && sinceMs + this.system.windowOf(type)[1] <= nowMs,
    );
  }
}

/** The world of a definition with the observers of all that is claimed of it. */
function observed(definition: WorldDefinition): WorldSystem {
  const claimed = properties.filter(definition.claims);
  return new WorldSystem(definition, claimed, { losses: 0, duplicates: 0 });
}

/**
 * Follows the run of a seed through the classes: null, or what the classes say cannot be. Messages that `pruned`
 * leaves out may arrive, and must change nothing.
 */
export function followed(definition: WorldDefinition, seed: number, pruned: WorldSystem | null = null): string | null {
  const trace = simulate(definition, seed);
  const walk = new ClassWalk(pruned ?? observed(definition));
  const { world } = World.start(definition);
  for (const { kind, serial, atMs, step, fate } of trace.records) {
    if (kind === 'start') continue;
    for (let late = walk.overdue(atMs); late >= 0; late = walk.overdue(atMs)) {
      if (!walk.fire(late, atMs, () => null)) return `step ${step}: a deadline that the classes do not let pass`;
    }
    const { created, reaction } = world.fire(
      world.pending.findIndex((one) => one.serial === serial),
      fate,
    );
    const position = walk.tracked.findIndex((one) => one.serial === serial);
    const isInert = pruned !== null && kind === 'message' && reaction?.effects.length === 0;
    if (position < 0 && isInert && reaction.sightings.length === 0) continue;
    if (position < 0) return `step ${step}: ${kind} ${serial} is not pending in its class`;
    const isNext = walk.fire(position, atMs, (index) => created[index]?.serial ?? null);
    if (!isNext) return `step ${step}: ${kind} ${serial} cannot happen in its class`;
  }
  const { words } = walk.situations.of(walk.situation);
  return words.slice(0, world.locals.length).join() === world.locals.join() ? null : 'the last states differ';
}
