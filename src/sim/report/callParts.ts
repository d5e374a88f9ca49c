import type { Call } from '../../machines/messages.ts';
import type { TraceBody } from '../trace/trace.ts';

/**
 * For every call that was placed under a number, in their order, the trace with the records from its placing until another call has that
 * number: a day has more calls than numbers. The trace itself where only one has it.
 */
export function partsOfCall(trace: TraceBody, call: Call): readonly TraceBody[] {
  const { records } = trace;
  const places = records.flatMap(({ observations }, at) =>
    observations.some((one) => one.type === 'call.placed' && one.call === call) ? [at] : [],
  );
  return places.map((from, at) =>
    places.length === 1 ? trace : { ...trace, records: records.slice(from, places[at + 1]) },
  );
}
