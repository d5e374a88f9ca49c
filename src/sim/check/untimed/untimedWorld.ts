import { assert } from '../../data/assert.ts';
import { IntVector } from '../../data/intVector.ts';
import { environmentSighting } from '../../system/eventTable.ts';
import { Observers } from '../../system/observers.ts';
import type { PropertyTable } from '../../system/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { Configurations, outcomeHead, outcomeOf, type Shared } from './configurations.ts';
import { Environment } from './environment.ts';
import { fieldBits } from './fieldLayout.ts';
import { Messages } from './messages.ts';
import { PartyStates } from './partyStates.ts';
import { SightingLists } from './sightingLists.ts';

/** The codes of events have so many bits for a field, the rows of a configuration for a party. */
const mostFields = 1 << fieldBits;
/** Sets of links are the bits of one word. */
const mostLinks = 31;

/** All that can be in the untimed world of a scenario, as numbers: found as they are asked for, and remembered. */
export class UntimedWorld {
  readonly partyStates: readonly PartyStates[];
  readonly configurations: readonly Configurations[];
  readonly environment: Environment;
  readonly observers: Observers;
  readonly shared: Shared;
  /** Links that may lose a message, as bits. */
  readonly lossyLinks: number;
  /** The outcome of a step of the environment that happens to no party. */
  readonly stepSeen: number;
  /** Fields of the state before anything has happened. */
  readonly initial: Int32Array;
  /** The fields of a state: a configuration per party, then the environment, then the observers. */
  readonly parties: number;
  readonly environmentField: number;
  readonly observerField: number;
  readonly fieldCount: number;

  constructor(definition: WorldDefinition, properties: readonly PropertyTable[], losses: number) {
    const links = definition.links.length;
    this.parties = definition.parties.length;
    this.environmentField = this.parties;
    this.observerField = this.parties + 1;
    this.fieldCount = this.parties + 2;
    const { fieldCount } = this;
    assert(fieldCount <= mostFields, () => `${fieldCount} fields, more than the ${mostFields} of an event's code`);
    assert(links <= mostLinks, () => `${links} links, more than the ${mostLinks} bits of a word`);
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
    this.partyStates = definition.parties.map((_, party) => new PartyStates(party, definition, messages));
    this.configurations = this.partyStates.map((states) => new Configurations(states, this.shared));
    this.lossyLinks = definition.links.reduce((bits, { lossy }, link) => (lossy ? bits | (1 << link) : bits), 0);
    this.initial = this.#start();
  }

  /** How many numbers a field has needed so far. */
  countOf(field: number): number {
    if (field === this.environmentField) return this.environment.count;
    return field === this.observerField ? this.observers.count : (this.configurations[field] as Configurations).count;
  }

  get counts(): number[] {
    return Array.from({ length: this.fieldCount }, (_, field) => this.countOf(field));
  }

  get bytes(): number {
    const { rows, outcomes, sightings } = this.shared;
    const tables = [...this.configurations, rows, outcomes, sightings, this.observers];
    return tables.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** What the machines do at once, in the order of the parties. */
  #start(): Int32Array {
    const configurations = this.configurations.map(({ initial }) => initial);
    const fields = Int32Array.from([...configurations, this.environment.initial, this.observers.start]);
    for (const { initial } of this.partyStates) {
      const { data } = this.shared.outcomes;
      const outcome = outcomeOf(this.shared, initial);
      for (let index = 0; index < (data[outcome + 1] as number); index++) {
        const send = outcome + outcomeHead + 2 * index;
        const to = data[send] as number;
        fields[to] = (this.configurations[to] as Configurations).add(fields[to] as number, data[send + 1] as number);
      }
      fields[this.observerField] = this.shared.sightings.next(
        fields[this.observerField] as number,
        data[outcome] as number,
      );
    }
    return fields;
  }
}
