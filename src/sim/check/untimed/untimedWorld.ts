import { partyNames } from '../../../machines/messages.ts';
import type { PropertyTable } from '../../properties/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { Cells, environmentSighting, outcomeHead, outcomeOf, type Shared } from './cells.ts';
import { Environment } from './environment.ts';
import { Messages } from './messages.ts';
import { Numbers } from './numbers.ts';
import { Observers } from './observers.ts';
import { PartyStates } from './partyStates.ts';

/** The lanes of a state: a cell per party, the environment, the observers. */
export const parties = partyNames.length;
export const environmentLane = partyNames.length;
export const observerLane = parties + 1;
export const laneCount = parties + 2;

/** All that can be in the untimed world of a scenario, as numbers: found as they are asked for, and remembered. */
export class UntimedWorld {
  readonly partyStates: readonly PartyStates[];
  readonly cells: readonly Cells[];
  readonly environment: Environment;
  readonly observers: Observers;
  readonly shared: Shared;
  /** Links that may lose a message, as bits. */
  readonly lossyLinks: number;
  /** The outcome of a step of the environment that happens to no party. */
  readonly stepSeen: number;
  /** Lanes of the state before anything has happened. */
  readonly initial: Int32Array;

  constructor(definition: WorldDefinition, properties: readonly PropertyTable[], losses: number) {
    const messages = new Messages(definition);
    this.observers = new Observers(properties);
    this.environment = new Environment(definition, losses);
    this.shared = {
      definition,
      messages,
      observers: this.observers,
      rows: new Numbers(),
      outcomes: new Numbers(),
      outcomeAt: new Map(),
    };
    outcomeOf(this.shared, { sends: [], sightings: [] });
    this.stepSeen = outcomeOf(this.shared, { sends: [], sightings: [environmentSighting] });
    this.partyStates = definition.parties.map((table, party) => new PartyStates(party, table, messages));
    this.cells = this.partyStates.map((states) => new Cells(states, this.shared));
    this.lossyLinks = definition.links.reduce((bits, { lossy }, link) => (lossy ? bits | (1 << link) : bits), 0);
    this.initial = this.#start();
  }

  /** How many numbers a lane has needed so far. */
  countOf(lane: number): number {
    if (lane === environmentLane) return this.environment.count;
    return lane === observerLane ? this.observers.count : (this.cells[lane] as Cells).count;
  }

  get counts(): number[] {
    return Array.from({ length: laneCount }, (_, lane) => this.countOf(lane));
  }

  get bytes(): number {
    const { rows, outcomes } = this.shared;
    return this.cells.reduce((sum, { bytes }) => sum + bytes, rows.bytes + outcomes.bytes + this.observers.bytes);
  }

  /** What the machines do at once, in the order of the parties. */
  #start(): Int32Array {
    const cells = this.cells.map(({ initial }) => initial);
    const lanes = Int32Array.from([...cells, this.environment.initial, this.observers.initial]);
    for (const { initial } of this.partyStates) {
      const { array } = this.shared.outcomes;
      const outcome = outcomeOf(this.shared, initial);
      for (let index = 0; index < (array[outcome + 1] as number); index++) {
        const send = outcome + outcomeHead + 2 * index;
        const to = array[send] as number;
        lanes[to] = (this.cells[to] as Cells).add(lanes[to] as number, array[send + 1] as number);
      }
      lanes[observerLane] = this.observers.next(lanes[observerLane] as number, array[outcome] as number);
    }
    return lanes;
  }
}
