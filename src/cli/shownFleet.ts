import type { ModeName } from '../machines/modeVariants.ts';
import { type Aftermath, aftermathOf } from '../sim/fleet/aftermath.ts';
import type { FleetDay, FleetPlan } from '../sim/fleet/fleetDay.ts';
import type { FleetFigures } from '../sim/fleet/fleetFigures.ts';
import { figuresOf, isDoubtful, isOverloaded } from '../sim/fleet/fleetSummary.ts';
import type { QueueLimits } from '../sim/fleet/sharedQueue.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import type { Restart } from './fleetOptions.ts';

/** What became of one fleet. */
export interface ShownFleet {
  readonly mode: ModeName;
  readonly server: string;
  readonly plan: FleetPlan;
  /** Days of it, each of other phones. */
  readonly days: readonly FleetDay[];
  /** The figures of all of them. */
  readonly figures: FleetFigures;
}

/** A fleet with what its days came to. */
export const shownFleet = (fleet: Omit<ShownFleet, 'figures'>): ShownFleet => ({
  ...fleet,
  figures: figuresOf(fleet.days),
});

/** What came after a restart, day by day. */
export const aftermathsOf = (days: readonly FleetDay[], users: number, { atMinute }: Restart): Aftermath[] =>
  days.map(({ figures, shared }) => aftermathOf(figures, users, atMinute * 60_000, shared.refused));

/** Whether the SIP server does not catch up on one of the days. */
export const isDrowned = ({ plan: { limits }, days }: ShownFleet, users: number): boolean =>
  limits.server !== null && days.some(({ figures }) => isOverloaded(figures, users, limits.server as QueueLimits));

/** What all of them have in common. */
export interface Whole {
  readonly users: number;
  readonly restart: Restart | null;
  readonly workload: string;
}

/** What a fleet is called. */
export const titleOf = ({ mode, server }: Pick<ShownFleet, 'mode' | 'server'>): string =>
  `${modeTitle(mode)} on ${server}`;

/** The fleets of which nothing is sure, since their sample may have brought down a server that would serve all users. */
export const doubtful = (shown: readonly ShownFleet[], { restart }: Whole): readonly ShownFleet[] =>
  shown.filter((one) => isUndecided(one, restart));

export const isUndecided = ({ plan, days }: ShownFleet, restart: Restart | null): boolean =>
  days.some(({ shared }) => isDoubtful(shared, plan.weight, restart && restart.atMinute * 60_000));
