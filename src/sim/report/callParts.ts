import type { Call } from '../../machines/messages.ts';
import type { TraceBody } from '../trace/trace.ts';

/** A call of a run: its number, and the records from its placing until another call has that number. */
export interface CallPart {
  readonly call: Call;
  /** The trace with these records alone. */
  readonly own: TraceBody;
}

/** Every call that was placed under a number, in their order: a day has more calls than numbers. */
export function partsOfCall(trace: TraceBody, call: Call): CallPart[] {
  const { records } = trace;
  const places = records.flatMap(({ observations }, at) =>
    observations.some((one) => one.type === 'call.placed' && one.call === call) ? [at] : [],
  );
  if (places.length < 2) return places.map(() => ({ call, own: trace }));
  return places.map((from, at) => ({ call, own: { ...trace, records: records.slice(from, places[at + 1]) } }));
}

/** The records of the call that had a number at a step; the whole trace where none had. */
export const partAt = (trace: TraceBody, call: Call, step: number | null): TraceBody =>
  partsOfCall(trace, call).findLast(({ own }) => step === null || (own.records[0]?.step ?? 0) <= step)?.own ?? trace;
