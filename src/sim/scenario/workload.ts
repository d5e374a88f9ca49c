import type { Law } from '../data/law.ts';

/** How often something happens in each hour of a day, on average; at dates that know nothing of each other. */
export interface Rate {
  readonly perHour: readonly number[];
}

export const hoursOfDay = 24;

/** A day in the life of a phone, of which a seed draws one. */
export interface Workload {
  /** The preset that it is, or is like; null where everything is the user's own. */
  readonly like: string | null;
  /** How often the user opens the app. */
  readonly opens: Rate;
  /** How long it stays open. */
  readonly stay: Law;
  /** How often somebody calls. */
  readonly calls: Rate;
  /** How often the phone moves to another network. */
  readonly networkChanges: Rate;
  /** How often the OS kills the app without notice while it is not open. */
  readonly kills: Rate;
}
