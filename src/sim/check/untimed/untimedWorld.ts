import { partyNames } from '../../../machines/messages.ts';
import { IntVector } from '../../data/intVector.ts';
import { Observers } from '../../properties/observers.ts';
import type { PropertyTable } from '../../properties/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { Cells, environmentSighting, outcomeHead, outcomeOf, type Shared } from './cells.ts';
import { Environment } from './environment.ts';
import { Messages } from './messages.ts';
import { PartyStates } from './partyStates.ts';
import { SightingLists } from './sightingLists.ts';

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
    this.observers = new Observers(properties, { keepsViolated: true });
    this.environment = new Environment(definition, losses);
    this.shared = {
      definition,
      messages,
      sightings: new SightingLists(this.observers),
      rows: new IntVector(),
      outcomes: new IntVector(),
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
    const { rows, outcomes, sightings } = this.shared;
    const tables = [...this.cells, rows, outcomes, sightings, this.observers];
    return tables.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** What the machines do at once, in the order of the parties. */
  #start(): Int32Array {
    const cells = this.cells.map(({ initial }) => initial);
    const lanes = Int32Array.from([...cells, this.environment.initial, this.observers.start]);
    for (const { initial } of this.partyStates) {
      const { data } = this.shared.outcomes;
      const outcome = outcomeOf(this.shared, initial);
      for (let index = 0; index < (data[outcome + 1] as number); index++) {
        const send = outcome + outcomeHead + 2 * index;
        const to = data[send] as number;
        lanes[to] = (this.cells[to] as Cells).add(lanes[to] as number, data[send + 1] as number);
      }
      lanes[observerLane] = this.shared.sightings.next(lanes[observerLane] as number, data[outcome] as number);
    }
    return lanes;
  }
}
