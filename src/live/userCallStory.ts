import type { Trace, TraceRecord } from '../sim/trace/trace.ts';

/**
 * What became of the call that the user made: `answered` by the phone that he called; `lost` where it failed, or something
 * else answered it; `undecided` where he got no final answer before the run was over.
 */
export type UserCallEnd = 'answered' | 'lost' | 'undecided';

const shows = ({ observations }: TraceRecord, type: string): boolean => observations.some((one) => one.type === type);

/** RFC 3261 13.2.2.4: whoever takes an answer acknowledges it. */
const acknowledges = ({ targetRef, sent }: TraceRecord): boolean =>
  targetRef === 'app' && sent.some(({ event }) => event.type === 'outgoing.ACK');

/** The end of the call that the user made; null where he made none. */
export function userCallIn({ records, verdicts }: Trace): UserCallEnd | null {
  if (!records.some((record) => shows(record, 'outgoing.placed'))) return null;
  const hasFailed = records.some((record) => shows(record, 'outgoing.failed'));
  if (!hasFailed && !records.some(acknowledges)) return 'undecided';
  const neverRang = verdicts.some(({ property, verdict }) => property === 'outgoingAlerts' && verdict === 'violated');
  return hasFailed || neverRang ? 'lost' : 'answered';
}
