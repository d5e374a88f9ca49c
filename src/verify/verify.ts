import { type Certificate, type CertifiedSituation, limits } from '../sim/certificate/certificate.ts';
import { modelDigest } from '../sim/certificate/names.ts';
import { canonical } from '../sim/data/canonical.ts';
import { defineWorld } from '../sim/sipWorld/definition.ts';
import { eventTable } from '../sim/system/eventTable.ts';
import { type AnyProperty, PropertyTable } from '../sim/system/property.ts';
import { connectionOrder } from '../sim/world/connectionOrder.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { Inert } from './inert.ts';
import { type Moment, Moments, mustWait, type Step, type Waiting } from './moments.ts';
import { Refusal } from './refusal.ts';
import { readZone, Zone } from './zone.ts';

/** What an accepted certificate rests on: classes reached from the beginning, and firings that were followed. */
export interface Proof {
  readonly classes: number;
  readonly firings: number;
}

/** More sums of bounds than these are not computed for one certificate: that is some minutes. */
const mostSums = 1e11;

/**
 * Judges a certificate from first principles: its classes contain the beginning, each event that can be the next one in a
 * class leads into one of them, and none violates a property. Throws a `Refusal` that names the class that fails.
 */
export function verify(
  certificate: Certificate,
  definition: WorldDefinition = defineWorld(certificate.scenario),
): Proof {
  if (certificate.model !== modelDigest(definition)) throw new Refusal('another model than that of this release');
  const judgement = new Judgement(certificate, definition);
  return judgement.proof();
}

/** A situation of the certificate whose events are to be followed. */
interface Reached {
  readonly number: number;
  readonly moment: Moment;
  readonly zones: readonly Zone[];
}

class Judgement {
  readonly #certificate: Certificate;
  readonly #tables: readonly PropertyTable[];
  readonly #moments: Moments;
  readonly #inert: Inert;
  /** Per situation of the certificate, as a text, its number. */
  readonly #numbers = new Map<string, number>();
  /** Situations that have been reached. */
  readonly #reached = new Set<number>();
  readonly #waiting: Reached[] = [];
  readonly #events: ReadonlyMap<string, number>;
  readonly #states: readonly ReadonlyMap<string, number>[];
  /** Per property, the place of each state of its observer in the certificate. */
  readonly #placeOf: readonly number[][];
  readonly #witnessed = new Set<number>();
  #classes = 0;
  #firings = 0;
  #sums = 0;

  constructor(certificate: Certificate, definition: WorldDefinition) {
    this.#certificate = certificate;
    this.#tables = certificate.properties.map(
      (name) => new PropertyTable(claimed(definition, name), definition.scenario),
    );
    this.#inert = new Inert(definition, certificate);
    this.#moments = new Moments(definition, this.#tables, this.#inert.has);
    this.#events = placesOf(certificate.events);
    this.#placeOf = this.#tables.map(() => []);
    this.#states = certificate.states.map(placesOf);
    for (const [number, [situation]] of certificate.classes.entries()) {
      // What has no name in the certificate is -1 here, whatever it is: no class may speak of that.
      if (situation.every((one) => one >= 0)) this.#numbers.set(situation.join(), number);
    }
  }

  proof(): Proof {
    const { losses, duplicates } = this.#certificate.faults;
    const nothing = new Zone(1);
    if (this.#tables.length === 0) throw new Refusal('nothing to judge: it names no property');
    for (const step of this.#moments.begin([losses, duplicates])) {
      this.#arrive(() => 'the beginning', step, 0, [nothing]);
    }
    for (let next = this.#waiting.pop(); next; next = this.#waiting.pop()) this.#follow(next);
    for (const [at, name] of this.#certificate.properties.entries()) {
      if (!this.#witnessed.has(at)) throw new Refusal(`nothing to judge: no class has anything that ${name} speaks of`);
    }
    return { classes: this.#classes, firings: this.#firings };
  }

  /** Follows every event that can be the next one in a class. */
  #follow({ number, moment, zones }: Reached): void {
    for (const [at, event] of moment.events.entries()) {
      if (mustWait(moment.events, at)) continue;
      const next = zones.filter((zone) => zone.canBeNext(at + 1, event.is === 'end'));
      if (next.length === 0) continue;
      const place = () => `class ${number + 1}, then ${said(event)}`;
      if (event.is === 'end') this.#judge(place, moment.states, 'unfinished');
      for (const step of this.#moments.after(moment, at)) {
        this.#inert.step(moment.world.locals, step.moment.world.locals);
        this.#arrive(place, step, at + 1, next);
      }
    }
  }

  /** What an event leads to, from wherever it is the next one, must be within classes of the certificate and violate nothing. */
  #arrive(place: () => string, { moment, origins }: Step, fired: number, from: readonly Zone[]): void {
    const number = this.#numbers.get(this.#keyOf(moment));
    const isNew = number === undefined || !this.#reached.has(number);
    if (isNew) this.#judge(place, moment.states, 'violation');
    if (number === undefined) throw new Refusal(`${place()}: leads to a situation of which there is no class`);
    if (isNew) {
      this.#reached.add(number);
      this.#waiting.push({ number, moment, zones: this.#zonesOf(number, moment) });
    }
    const [, ...known] = this.#certificate.classes[number] as CertifiedSituation;
    for (const zone of from.flatMap((one) => zonesAfter(one.after(fired, origins), moment, origins))) {
      this.#firings++;
      if (known.some((one) => zone.isWithin(one))) continue;
      throw new Refusal(`${place()}: leads to dates that class ${number + 1} does not have`);
    }
  }

  #zonesOf(number: number, { events: { length } }: Moment): readonly Zone[] {
    const [, ...bounds] = this.#certificate.classes[number] as CertifiedSituation;
    this.#classes += bounds.length;
    this.#sums += 2 * bounds.length * length * (length + 1) ** 3;
    if (length > limits.pending || this.#sums > mostSums)
      throw new Refusal(`class ${number + 1}: too large to be followed`);
    const zones = bounds.map((one) => readZone(one, length));
    if (!zones.every((zone) => zone !== null)) throw new Refusal(`class ${number + 1}: no dates are within its bounds`);
    return zones;
  }

  /** Refuses states that violate a property, now or if the run ends in them. */
  #judge(place: () => string, states: readonly number[], asked: 'violation' | 'unfinished'): void {
    for (const [at, table] of this.#tables.entries()) {
      const violation = table[asked](states[at] as number);
      if (violation !== null) throw new Refusal(`${place()}: violates ${table.property.name}: ${violation.what}`);
      if (table.witnessed(states[at] as number)) this.#witnessed.add(at);
    }
  }

  /** A situation as the certificate says it. */
  #keyOf({ world: { definition, locals, cutLinks, pending }, states, left, sent, events }: Moment): string {
    const connections = connectionOrder(definition, pending);
    const placeOf = (state: number, at: number): number => {
      const places = this.#placeOf[at] as number[];
      places[state] ??= this.#states[at]?.get(canonical(this.#tables[at]?.valueOf(state))) ?? -1;
      return places[state];
    };
    return [
      ...locals.map((local, party) => this.#inert.placeOf(party, local)),
      cutLinks,
      ...states.map(placeOf),
      ...left,
      ...sent,
      ...events.map(({ text }) => this.#events.get(text) ?? -1),
      ...(connections === 0 ? [] : [connections]),
    ].join();
  }
}

/** The dates after a step, each new event within its window, or with the one before it on its connection where that is later. */
function zonesAfter(kept: Zone, { events }: Moment, origins: readonly number[]): Zone[] {
  let zones = [kept];
  for (const [
    at,
    {
      window: [earliest, latest],
    },
  ] of events.entries()) {
    if (origins[at] !== 0) continue;
    const event = at + 1;
    const isBehind = mustWait(events, at);
    zones = zones.flatMap((zone) => {
      const isHeldBack = isBehind && zone.most(at, 0) > latest;
      const late = isHeldBack ? [zone.copy().demand(event, at, 0).demand(at, event, 0).demand(0, at, -earliest)] : [];
      zone.demand(event, 0, latest).demand(0, event, -earliest);
      return [isBehind ? zone.demand(at, event, 0) : zone, ...late];
    });
  }
  return zones.filter((zone) => !zone.isEmpty);
}

const placesOf = (values: readonly unknown[]): ReadonlyMap<string, number> =>
  new Map(values.map((value, place) => [canonical(value), place]));

function claimed({ properties, claims }: WorldDefinition, name: string): AnyProperty {
  const property = properties.find((one) => one.name === name);
  if (property === undefined || !claims(property)) throw new Refusal(`${name} is not claimed of this scenario`);
  return property;
}

/** An event as people read it. */
function said({ is, text }: Waiting): string {
  if (is === 'end' || 'key' in is) return is === 'end' ? 'the end of the run' : `the deadline ${text}`;
  const { type } = is.event < 0 ? { type: 'a link' } : eventTable.of(is.event);
  return `${is.kind} ${type} at ${text.split('"')[3] ?? 'a link'}`;
}
