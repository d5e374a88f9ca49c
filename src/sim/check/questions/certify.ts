import {
  type Certificate,
  type CertifiedSituation,
  certificateVersion,
  type InertMessage,
} from '../../certificate/certificate.ts';
import {
  deadlineName,
  type EventName,
  endName,
  eventName,
  groupName,
  localName,
  modelDigest,
} from '../../certificate/names.ts';
import { canonical } from '../../data/canonical.ts';
import { Interned } from '../../data/interned.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { eventTable } from '../../system/eventTable.ts';
import type { AnyProperty } from '../../system/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import type { PartyTable } from '../../world/partyTable.ts';
import { explored } from '../engine/exploring.ts';
import { Hulls } from '../engine/hulls.ts';
import { Situations } from '../engine/situations.ts';
import { type Ending, StateClasses } from '../engine/stateClasses.ts';
import { unbounded } from '../engine/timedSystem.ts';
import { noFaults } from '../system/faultBudget.ts';
import { InertMessages } from '../system/inertMessages.ts';
import { WorldSystem } from '../system/worldSystem.ts';
import type { CheckOptions } from './decision.ts';
import { distancesTo } from './distances.ts';

/** Why there is no certificate: how the exploration ended, or that something is violated. */
export type Uncertified = Exclude<Ending, 'complete'> | 'violated';

type CertifyOptions = Pick<CheckOptions, 'budget' | 'maximumBytes' | 'onProgress'>;

/**
 * The set of classes that proves properties: the hulls, and the exact classes in situations from which the hulls reach a
 * violation. Nothing is left out because no property can be violated any more, so whoever reads it need not know when that
 * is.
 */
export function certify(
  definition: WorldDefinition<Scenario>,
  properties: readonly AnyProperty[],
  options: CertifyOptions,
): Certificate | Uncertified {
  const certification = new Certification(definition, properties, options);
  const ending = certification.explore();
  return ending === 'complete' ? certification.written() : ending;
}

class Certification {
  readonly #definition: WorldDefinition<Scenario>;
  readonly #properties: readonly AnyProperty[];
  readonly #options: CertifyOptions;
  readonly #system: WorldSystem;
  readonly #inert: InertMessages;
  readonly #situations: Situations;
  readonly #hulls: Hulls;
  /** Per party and local state, its name. */
  readonly #localNames: string[][];
  /** Per type of pending event. */
  readonly #names: { name: EventName; group: string }[] = [];
  /** Whether the hulls violate anything. */
  #isSuspect = false;
  #zonesOf: (situation: number) => readonly Int32Array[] = (situation) => this.#hullsOf(situation);

  constructor(definition: WorldDefinition<Scenario>, properties: readonly AnyProperty[], options: CertifyOptions) {
    this.#definition = definition;
    this.#properties = properties;
    this.#options = options;
    this.#localNames = definition.parties.map(() => []);
    this.#system = new WorldSystem(definition, properties, options.budget ?? noFaults);
    this.#inert = new InertMessages(this.#system);
    this.#system.reduction = this.#inert;
    this.#situations = new Situations(this.#system);
    this.#hulls = new Hulls(this.#situations, {
      invalidated: () => this.#invalidated(),
      end: this.#system.end,
      visit: (situation) => {
        this.#isSuspect ||= this.#isViolated(situation);
        return true;
      },
    });
  }

  explore(): Ending | Uncertified {
    const { maximumBytes = Number.POSITIVE_INFINITY, onProgress } = this.#options;
    for (;;) {
      const ending = explored(this.#hulls.exploring(Number.POSITIVE_INFINITY, maximumBytes), onProgress);
      if (ending !== 'complete' || !this.#isSuspect) return ending;
      const distances = distancesTo(this.#situations, (situation) => this.#isViolated(situation));
      const admits = (situation: number) => (distances.at(situation) ?? 0) >= 0;
      const visit = (situation: number) => this.#isViolated(situation);
      const exact = new StateClasses(this.#situations, { abstraction: 'inclusion', admits, visit, maximumBytes });
      const exactEnding = explored(exact.exploring(), onProgress);
      if (!this.#inert.isRefuted) {
        this.#zonesOf = (one) => (admits(one) ? exact.zonesOf(one) : this.#hullsOf(one));
        return exactEnding === 'stopped' ? 'violated' : exactEnding;
      }
      for (const situation of this.#invalidated()) this.#hulls.reopen(situation);
    }
  }

  #invalidated(): readonly number[] {
    return this.#inert.isRefuted ? this.#situations.renew(this.#inert.takeRefuted()) : [];
  }

  #isViolated(situation: number): boolean {
    return this.#system.violatedIn(this.#situations, situation) !== 0;
  }

  #hullsOf(situation: number): readonly Int32Array[] {
    const hull = this.#hulls.hullOf(situation);
    return hull === null ? [] : [hull];
  }

  written(): Certificate {
    const { scenario, parties } = this.#definition;
    const { losses, duplicates } = this.#options.budget ?? noFaults;
    const locals = parties.map(() => new Interned<string>((name) => name));
    const states = this.#properties.map(() => new Interned<unknown>());
    const events = new Interned<EventName>();
    const classes = this.#reached().flatMap((id) => {
      const zones = this.#zonesOf(id);
      return zones.length === 0 ? [] : [this.#certified(id, zones, locals, states, events)];
    });
    return {
      format: 'ringproof-certificate',
      version: certificateVersion,
      model: modelDigest(this.#definition),
      scenario,
      faults: { losses, duplicates },
      properties: this.#properties.map(({ name }) => name),
      locals: locals.map(({ values }) => values),
      states: states.map(({ values }) => values),
      events: events.values,
      inert: this.#inertIn(locals),
      classes,
    };
  }

  /** The messages that are left out, each with the local states from which on that are in the certificate. */
  #inertIn(locals: readonly Interned<string>[]): InertMessage[] {
    return this.#inert.taken.flatMap((messages, party) => {
      const places = new Map(locals[party]?.values.map((name, place) => [name, place]));
      return [...messages].flatMap(([event, from]): InertMessage[] => {
        const own = [...from].flatMap((local) => places.get(this.#localName(party, local)) ?? []);
        return own.length === 0 ? [] : [[party, eventTable.of(event), own.sort((one, other) => one - other)]];
      });
    });
  }

  /** The situations that can be reached from the beginning by the moves that are right now, the end of the run excepted. */
  #reached(): number[] {
    const reached = new Set([this.#situations.moveAt(this.#situations.start()).target]);
    for (const one of reached) this.#situations.eachTarget(one, (target) => reached.add(target));
    return [...reached].filter((one) => this.#situations.sizeOf(one) > 0);
  }

  #certified(
    id: number,
    zones: readonly Int32Array[],
    locals: readonly Interned<string>[],
    states: readonly Interned<unknown>[],
    events: Interned<EventName>,
  ): CertifiedSituation {
    const { words, pending } = this.#situations.of(id);
    const { observers } = this.#system;
    const { parties } = this.#definition;
    const [cutLinks, combination, losses, duplicates, connections, ...sent] = words.slice(parties.length) as [
      number,
      number,
      number,
      number,
      number,
      ...number[],
    ];
    const names = pending.map((type) => {
      this.#names[type] ??= this.#nameOf(type);
      return this.#names[type];
    });
    const order = [...names.keys()].sort((one, other) => {
      const [first, second] = [names[one]?.group as string, names[other]?.group as string];
      return first < second ? -1 : first > second ? 1 : one - other;
    });
    const situation = [
      ...parties.map((_, party) => locals[party]?.idOf(this.#localName(party, words[party] as number)) as number),
      cutLinks,
      ...states.map((table, one) => table.idOf(observers.tables[one]?.valueOf(observers.stateOf(combination, one)))),
      ...[losses, duplicates, ...sent],
      ...order.map((place) => events.idOf(names[place]?.name as EventName)),
      ...(connections === 0 ? [] : [connections]),
    ];
    return [situation, ...zones.map((zone) => zoneNumbers(zone, order))];
  }

  #localName(party: number, local: number): string {
    const names = this.#localNames[party] as string[];
    names[local] ??= localName(this.#definition.parties[party] as PartyTable, local);
    return names[local];
  }

  /** The name of a type of pending event, and of its group. */
  #nameOf(type: number): { name: EventName; group: string } {
    const value = this.#system.typeOf(type);
    if (value.is === 'pending') {
      const name = eventName(this.#definition, value.pending, value.windowMs, value.fate);
      return { name, group: groupName(this.#definition, value.pending) ?? canonical(name) };
    }
    const name = value.is === 'end' ? endName : deadlineName(this.#properties[value.property]?.name ?? '', value);
    return { name, group: canonical(name) };
  }
}

/**
 * A zone as a certificate says it, in as few bounds as there can be: Larsen, Larsson, Pettersson and Yi, RTSS 1997. Events
 * at a fixed distance from each other are bounded by the first of them; of the others, whatever does not follow.
 */
function zoneNumbers(zone: Int32Array, order: readonly number[]): number[] {
  const width = order.length + 1;
  const rows = [0, ...order.map((place) => place + 1)];
  const at = (row: number, column: number) => zone[(rows[row] as number) * width + (rows[column] as number)] as number;
  const numbers: number[] = [];
  const firsts: number[] = [];
  for (let row = 0; row < width; row++) {
    const first = firsts.find((one) => at(row, one) + at(one, row) === 0);
    if (first === undefined) firsts.push(row);
    else numbers.push(row, first, at(row, first), first, row, at(first, row));
  }
  for (const row of firsts) {
    for (const column of firsts) {
      const bound = at(row, column);
      const follows = (through: number) =>
        through !== row && through !== column && at(row, through) + at(through, column) <= bound;
      if (row !== column && bound < unbounded && !firsts.some(follows)) numbers.push(row, column, bound);
    }
  }
  return numbers;
}
