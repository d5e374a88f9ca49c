import { dayWorlds } from '../workload/dayWorlds.ts';
import { dayMs, midnightMs, type OfWorkload } from '../workload/drawnDay.ts';
import { DueHeap } from './dueHeap.ts';
import type { FleetFigures } from './fleetFigures.ts';
import { FleetMeter } from './fleetMeter.ts';
import { PhoneDay } from './phoneDay.ts';
import { type Down, type SharedFigures, type SharedLimits, SharedServers } from './sharedServers.ts';

/** Some phones of a fleet, each with a day of its own. Plain data. */
export interface FleetPlan {
  readonly scenario: OfWorkload;
  /** The seeds of the phones are this one and those that follow it. */
  readonly firstSeed: number;
  readonly phones: number;
  /** How many phones of the fleet each of them stands for. */
  readonly weight: number;
  readonly limits: SharedLimits;
  /** When the SIP server is down; null for never. */
  readonly down: Down | null;
}

/** What those phones have come to. */
export interface FleetDay {
  readonly figures: FleetFigures;
  readonly shared: SharedFigures;
}

/** After so many events a run looks whether it is to stop. */
const eventsAStep = 2_000;

/** Whether phones have to be simulated side by side, as one may have to wait for another. */
export const isShared = ({ server, pushesPerMinute }: SharedLimits): boolean =>
  server !== null || pushesPerMinute !== null;

/** Simulates the phones, some events a step. */
export function* fleetDay(plan: FleetPlan): Generator<number, FleetDay> {
  const { firstSeed, phones: count, limits, weight, down } = plan;
  const { of: worldOf } = dayWorlds(plan.scenario);
  const meter = new FleetMeter(worldOf(firstSeed));
  const servers = isShared(limits) ? new SharedServers(limits, weight, down) : null;
  const begin = (seed: number) => {
    const onlooker = meter.phone();
    return { day: new PhoneDay(worldOf(seed), seed, onlooker), onlooker };
  };
  let events = 0;
  if (servers === null) {
    for (let index = 0; index < count; index++) {
      const { day, onlooker } = begin(firstSeed + index);
      while (day.dueMs !== Number.POSITIVE_INFINITY) {
        day.step(null, onlooker);
        events++;
      }
      yield (index + 1) / count;
    }
  } else {
    const phones = Array.from({ length: count }, (_, index) => begin(firstSeed + index));
    const days = phones.map(({ day }) => day);
    const heap = new DueHeap(days);
    for (;;) {
      const { day, onlooker } = phones[heap.first] as (typeof phones)[number];
      if (day.dueMs === Number.POSITIVE_INFINITY) break;
      const nowMs = day.dueMs;
      day.step(servers, onlooker);
      heap.settle();
      if (++events % eventsAStep === 0) yield Math.min(nowMs / (midnightMs + dayMs), 1);
    }
  }
  const shared = servers?.figures() ?? { server: null, refused: null, pushesRefused: null };
  return { figures: meter.figures(), shared };
}
