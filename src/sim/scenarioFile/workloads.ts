import type { Law } from '../data/law.ts';
import type { Window } from '../data/window.ts';
import { hoursOfDay } from '../scenario/workload.ts';

/** How many a day, and how they are spread over its hours: any numbers, of which each hour gets its share. */
export interface Spread {
  readonly perDay: number;
  readonly byHour: readonly number[];
}

/** A workload with a name. Where its numbers are from stands in `workloadSources`. */
export interface WorkloadPreset {
  readonly title: string;
  readonly opens: Spread;
  readonly stay: Law;
  readonly calls: Spread;
  readonly talkMs: Window;
  readonly networkChanges: Spread;
  readonly kills: Spread;
}

/** Quantiles with a mean of 72 s. */
export const looks: Law = {
  quantiles: [
    [0, 3_000],
    [0.25, 15_000],
    [0.5, 35_000],
    [0.75, 80_000],
    [0.9, 150_000],
    [0.99, 420_000],
    [1, 900_000],
  ],
  source: 'Boehmer et al., MobileHCI 2011: 71.56 s on average, of 4,100 Android phones; the shape is assumed',
};

/**
 * An office: calls begin at about 9, go on to noon, come back at 2 and tail off after 4 (trefor.net, Duffy, "Time of Day
 * traffic"); the busiest hour has an eighth of a day's calls, and lies between 10 and noon (Cyclopedia of Telephony and
 * Telegraphy, "Busy-Hour Ratio").
 */
const officeHours = [0, 0, 0, 0, 0, 0, 0, 2, 7, 11, 12.5, 12, 7, 8, 10, 10, 9, 6.5, 3, 1, 0.5, 0.5, 0, 0];
/** At home: little at night, most in the evening, the two minor peaks of the same page made the only ones (assumed). */
const homeHours = [1, 0, 0, 0, 0, 0, 1, 3, 4, 5, 6, 6, 7, 5, 4, 5, 6, 9, 10, 10, 8, 5, 3, 2];
const roadHours = [0, 0, 0, 0, 0, 0, 1, 5, 9, 10, 11, 10, 8, 9, 10, 9, 8, 6, 3, 1, 0, 0, 0, 0];
const commuting = [0, 0, 0, 0, 0, 0, 1, 5, 5, 1, 0, 0, 3, 3, 0, 0, 2, 5, 4, 1, 0, 0, 0, 0];
export const even = Array.from({ length: hoursOfDay }, () => 1);

/** The same day with noon at midnight. */
const turned = (hours: readonly number[]): readonly number[] => [...hours.slice(12), ...hours.slice(0, 12)];

export const workloads = {
  office: {
    title: 'a phone of an office: calls from 9 to 5, a look at the app before and after them',
    opens: { perDay: 8, byHour: officeHours },
    stay: looks,
    calls: { perDay: 6, byHour: officeHours },
    talkMs: [20_000, 340_000],
    networkChanges: { perDay: 4, byHour: commuting },
    kills: { perDay: 1, byHour: even },
  },
  home: {
    title: 'a phone at home: few calls, most of them in the evening',
    opens: { perDay: 4, byHour: homeHours },
    stay: looks,
    calls: { perDay: 2, byHour: homeHours },
    talkMs: [20_000, 340_000],
    networkChanges: { perDay: 2, byHour: commuting },
    kills: { perDay: 1, byHour: even },
  },
  courier: {
    title: 'a phone on the road: from one network to the next, and many short calls',
    opens: { perDay: 20, byHour: roadHours },
    stay: looks,
    calls: { perDay: 15, byHour: roadHours },
    talkMs: [10_000, 120_000],
    networkChanges: { perDay: 30, byHour: roadHours },
    kills: { perDay: 3, byHour: roadHours },
  },
  'night-shift': {
    title: 'a phone on call at night: the day of an office, twelve hours later',
    opens: { perDay: 8, byHour: turned(officeHours) },
    stay: looks,
    calls: { perDay: 6, byHour: turned(officeHours) },
    talkMs: [20_000, 340_000],
    networkChanges: { perDay: 2, byHour: turned(commuting) },
    kills: { perDay: 1, byHour: even },
  },
} as const satisfies Record<string, WorkloadPreset>;

export type WorkloadName = keyof typeof workloads;
export const workloadNames = Object.keys(workloads) as WorkloadName[];
