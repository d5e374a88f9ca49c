import type { Certificate } from '../../src/sim/certificate/certificate.ts';
import { localName } from '../../src/sim/certificate/names.ts';
import { canonical } from '../../src/sim/data/canonical.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { eventTable } from '../../src/sim/system/eventTable.ts';
import { PropertyTable } from '../../src/sim/system/property.ts';
import { type Moment, Moments, mustWait, type Step } from '../../src/verify/moments.ts';

/** A pseudo-random number below a bound: mulberry32. */
function drawing(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/**
 * A naive judge of a certificate: runs with a date for each event, in whole milliseconds and often at the ends of windows.
 * It knows no zones: it compares each date with the bounds as they stand in the file. Null where every moment of every
 * run is within a class, else what is not. Messages are left out where the certificate says so.
 */
export function outsideOf(certificate: Certificate, runs: number): string | null {
  const world = defineWorld(certificate.scenario);
  const tables = certificate.properties.map(
    (name) => new PropertyTable(world.properties.find((one) => one.name === name) as never, world.scenario),
  );
  const claims = new Set(
    certificate.inert.flatMap(([party, message, locals]) =>
      locals.map((local) => `${party} ${canonical(message)} ${certificate.locals[party]?.[local]}`),
    ),
  );
  const isInert = (party: number, local: number, event: number) =>
    claims.has(`${party} ${canonical(eventTable.of(event))} ${localName(world.parties[party] as never, local)}`);
  const moments = new Moments(world, tables, isInert);
  const zonesOf = new Map(certificate.classes.map(([situation, ...zones]) => [situation.join(), zones]));
  const placesOf = (values: readonly unknown[]) => new Map(values.map((value, place) => [canonical(value), place]));
  const [locals, states, events] = [
    certificate.locals.map(placesOf),
    certificate.states.map(placesOf),
    placesOf(certificate.events),
  ];
  const keyOf = ({ world: { locals: now, cutLinks }, ...moment }: Moment) =>
    [
      ...now.map((local, party) => locals[party]?.get(canonical(localName(world.parties[party] as never, local)))),
      cutLinks,
      ...moment.states.map((state, one) => states[one]?.get(canonical(tables[one]?.valueOf(state)))),
      ...moment.left,
      ...moment.sent,
      ...moment.events.map(({ text }) => events.get(text)),
    ].join();
  for (let seed = 0; seed < runs; seed++) {
    const draw = drawing(seed);
    let now = 0;
    let dates: number[] = [];
    let moment: Moment | null = null;
    for (let count = 0; ; count++) {
      const firable = (moment?.events ?? []).map((_, at) => at).filter((at) => canBeNext(moment as Moment, dates, at));
      const at = firable[draw(firable.length)];
      if (moment !== null && at === undefined) return `run ${seed} is stuck`;
      if (moment?.events[at as number]?.is === 'end') break;
      const steps: Step[] =
        moment === null
          ? moments.begin([certificate.faults.losses, certificate.faults.duplicates])
          : moments.after(moment, at as number);
      now = moment === null ? 0 : (dates[at as number] as number);
      const step = steps[draw(steps.length)] as Step;
      dates = datesAfter(step, dates, now, draw);
      moment = step.moment;
      const zones = zonesOf.get(keyOf(moment));
      const left = [0, ...dates.map((date) => date - now)];
      const isWithin = (zone: readonly number[]) => {
        for (let place = 0; place < zone.length; place += 3) {
          const [one, other, most] = zone.slice(place, place + 3) as [number, number, number];
          if ((left[one] as number) - (left[other] as number) > most) return false;
        }
        return true;
      };
      if (!zones?.some(isWithin)) return `run ${seed} leaves the classes at event ${count}, ${now} ms`;
      if (moment.states.some((state, one) => tables[one]?.violation(state) != null))
        return `run ${seed} violates something`;
    }
  }
  return null;
}

/** Whether an event is due, and does not wait for another one: the end of a run comes after all that is due at its date. */
function canBeNext({ events }: Moment, dates: readonly number[], at: number): boolean {
  const [first, due] = [Math.min(...dates), dates[at] as number];
  if (due > first || mustWait(events, at)) return false;
  return events[at]?.is !== 'end' || dates.filter((date) => date === due).length === 1;
}

/** The dates after a step: of new events drawn, at the ends of their windows more often than not. */
function datesAfter(
  { origins, moment: { events } }: Step,
  before: readonly number[],
  now: number,
  draw: (below: number) => number,
): number[] {
  const dates: number[] = [];
  for (const [at, { window }] of events.entries()) {
    const origin = origins[at] as number;
    const [earliest, latest] = window;
    const delay = [earliest, latest, earliest + draw(latest - earliest + 1)][draw(3)] as number;
    const own = origin > 0 ? (before[origin - 1] as number) : now + delay;
    dates.push(mustWait(events, at) ? Math.max(own, dates[at - 1] as number) : own);
  }
  return dates;
}
