import { callsWith, type PerCall } from '../properties/perCall.ts';
import { propertyNamed } from '../properties/properties.ts';
import { SeededSchedule } from '../run/seededSchedule.ts';
import { type AnyProperty, PropertyTable } from '../system/property.ts';
import type { Settings } from '../system/settings.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { Pending } from '../world/pending.ts';
import { World } from '../world/world.ts';

/** How many calls a run makes. */
export const callsIn = ({ steps }: Settings): number =>
  steps.filter(({ action }) => 'party' in action && action.event.type === 'call.dial').length;

const callsTables = new WeakMap<Settings, PropertyTable>();

/** What tells whether calls are lost: one table for all runs of a scenario. */
export function callsTable({ scenario }: WorldDefinition): PropertyTable {
  const table =
    callsTables.get(scenario) ?? new PropertyTable(propertyNamed('noInviteLost') as unknown as AnyProperty, scenario);
  callsTables.set(scenario, table);
  return table;
}

/** A seeded run as far as its calls need it, which can go on from where it is in more than one way. */
export class Course {
  readonly #table: PropertyTable;
  readonly #schedule: SeededSchedule;
  readonly #world: World;
  #state: number;
  /** Messages that were lost or doubled by chance. */
  #faults = 0;

  constructor(definition: WorldDefinition, table: PropertyTable, seed: number, before?: Course) {
    this.#table = table;
    this.#schedule = before === undefined ? new SeededSchedule(definition, seed) : before.#schedule.clone(seed);
    const schedule = (pending: Pending) => {
      this.#schedule.schedule(pending);
      if (pending.fate !== 'happen' && !pending.isCopy) this.#faults++;
    };
    if (before !== undefined) {
      this.#faults = before.#faults;
      this.#state = before.#state;
      this.#world = before.#world.clone(schedule);
      return;
    }
    this.#state = table.initial;
    this.#world = World.start(definition, schedule, { logs: false, queuesSteps: true }).world;
  }

  /** The same run up to here, and other luck from here on. */
  goingOn(seed: number): Course {
    return new Course(this.#world.definition, this.#table, seed, this);
  }

  /** Goes on until its calls are decided or it ends; true where more faults than the limit have befallen it before. */
  finish(limit: number): boolean {
    const { untilMs } = this.#world.definition.scenario;
    while (!this.#table.isSettled(this.#state)) {
      if (this.#faults > limit) return true;
      const position = this.#schedule.next(this.#world.pending);
      const next = this.#world.pending[position];
      if (next === undefined || next.dueMs > untilMs) return false;
      this.#schedule.nowMs = next.dueMs;
      const { reaction } = this.#world.fire(position, next.fate);
      this.#schedule.happened(next);
      for (const sighting of reaction?.sightings ?? []) this.#state = this.#table.next(this.#state, sighting);
    }
    return false;
  }

  get lost(): number {
    return callsWith(this.#calls, 'lost').length;
  }

  /** Calls that were lost or alerted. */
  get decided(): number {
    return this.lost + callsWith(this.#calls, 'alerted').length;
  }

  get #calls(): PerCall<string> {
    return this.#table.valueOf(this.#state) as PerCall<string>;
  }
}
