import { CallMeter } from '../measure/callMeter.ts';
import { noBlackout } from '../properties/registrations.ts';
import type { SipWorld } from '../sipWorld/definition.ts';
import { Histogram } from '../statistics/histogram.ts';
import { type AnyProperty, PropertyTable } from '../system/property.ts';
import { dayMs, midnightMs } from '../workload/drawnDay.ts';
import type { FleetFigures } from './fleetFigures.ts';
import { LoadCounter } from './loadCurve.ts';
import type { PhoneOnlooker } from './phoneDay.ts';
import type { Request } from './surroundings.ts';

const [secondMs, minuteMs] = [1_000, 60_000];
const toMs = midnightMs + dayMs;

/** Looks on at phones of a fleet, all of which live in that world but for their steps. */
export class FleetMeter {
  readonly #world: SipWorld;
  readonly #load: Readonly<Record<Request, LoadCounter>>;
  readonly #lost = new LoadCounter(midnightMs, toMs, minuteMs);
  readonly #unreachable = new LoadCounter(midnightMs, toMs, secondMs);
  readonly #table: PropertyTable;
  readonly #calls: CallMeter[] = [];

  constructor(world: SipWorld) {
    this.#world = world;
    const counter = () => new LoadCounter(midnightMs, toMs, minuteMs);
    this.#load = { register: counter(), invite: counter(), push: counter() };
    this.#table = new PropertyTable(noBlackout as unknown as AnyProperty, world.judgedLike ?? world.scenario);
  }

  /** Who looks on at one more phone. */
  phone(): PhoneOnlooker {
    const calls = new CallMeter(this.#world, (nowMs) => this.#lost.add(nowMs));
    calls.begin();
    this.#calls.push(calls);
    const table = this.#table;
    let state = table.initial;
    let isDark = false;
    return {
      requested: (request, nowMs) => this.#load[request].add(nowMs),
      happened: (outcome, nowMs) => {
        calls.happened(outcome, nowMs);
        for (const sighting of outcome.reaction?.sightings ?? []) state = table.next(state, sighting);
        // What `noBlackout` demands an end of is the time in which nothing can reach the user.
        if (table.obligations(state).length > 0 === isDark) return;
        isDark = !isDark;
        this.#unreachable.add(Math.max(nowMs, midnightMs), isDark ? 1 : -1);
      },
    };
  }

  figures(): FleetFigures {
    const alertMs = new Histogram();
    const calls = { made: 0, alerted: 0, elsewhere: 0, lost: 0, undecided: 0 };
    const perPhone = { losing: 0, lostSquares: 0, mostCalls: 0 };
    for (const meter of this.#calls) {
      meter.end();
      const { calls: own, alertMs: waits } = meter.measured();
      for (const key of Object.keys(calls) as (keyof typeof calls)[]) calls[key] += own[key];
      alertMs.addAll(waits);
      perPhone.losing += own.lost > 0 ? 1 : 0;
      perPhone.lostSquares += own.lost * own.lost;
      perPhone.mostCalls = Math.max(perPhone.mostCalls, own.made);
    }
    const { register, invite, push } = this.#load;
    return {
      phones: this.#calls.length,
      calls,
      alertMs: alertMs.distribution(),
      ...perPhone,
      load: { register: register.curve(), invite: invite.curve(), push: push.curve() },
      lost: this.#lost.curve(),
      unreachable: this.#unreachable.curve(),
    };
  }
}
