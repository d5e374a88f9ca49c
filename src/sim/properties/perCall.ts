import { type Call, calls } from '../../machines/messages.ts';
import type { Sighting } from '../scenario/sighting.ts';
import type { Violation } from '../system/property.ts';

/** One value for each call slot: the state of a property that judges each call. */
export type PerCall<T> = Readonly<Record<Call, T>>;

/** The same value for both call slots. */
export const forBoth = <T>(value: T): PerCall<T> => ({ 1: value, 2: value });

/** The state when a call is placed: its slot may have had another call before, of which nothing is left to judge. */
export const placedAfresh = <T>(state: PerCall<T>, call: Call, initial: T): PerCall<T> =>
  state[call] === initial ? state : { ...state, [call]: initial };

/** The calls that have that value. */
export const callsWith = <T>(state: PerCall<T>, value: T): Call[] => calls.filter((call) => state[call] === value);

/** The violation by these calls, one sentence for each; null for no call. */
export const violationOf = (violating: readonly Call[], what: (call: Call) => string): Violation | null =>
  violating.length === 0 ? null : { what: violating.map(what).join('; '), calls: violating };

/** Whether the caller stops waiting: the call was answered, or it ended. */
export const endsCall = (type: Sighting['type']): boolean =>
  type === 'call.failed' || type === 'call.abandoned' || type === 'call.connected' || type === 'call.ended';
