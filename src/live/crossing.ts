import type { Trace, TraceRecord } from '../sim/trace/trace.ts';

/** Two messages that left for the SIP server in the same millisecond: on the wire either may have been the first. */
export interface Crossing {
  readonly first: TraceRecord;
  readonly second: TraceRecord;
}

const isForServer = ({ kind, targetRef, fate }: TraceRecord): boolean =>
  kind === 'message' && targetRef === 'sipServer' && fate !== 'lose';

/** Whether the order of two requests decides where a call goes, or whether it is taken: who is registered when, and an INVITE. */
const decides = ({ event }: TraceRecord): boolean =>
  event.type === 'REGISTER' || event.type === 'INVITE' || event.type === 'outgoing.INVITE';

/** A call looks up who is registered, and a REGISTER changes it; two INVITEs do not mind each other. */
const matters = (first: TraceRecord, second: TraceRecord): boolean =>
  decides(first) && decides(second) && (first.event.type === 'REGISTER' || second.event.type === 'REGISTER');

/**
 * The requests of different senders that may have crossed on their way to the server: those that left within that many
 * milliseconds of each other. Default 0: on a quiet machine what leaves earlier arrives earlier.
 */
export function crossingsIn({ records }: Trace, withinMs = 0): Crossing[] {
  const sent = records.filter(isForServer);
  return sent.flatMap((second, index) =>
    sent
      .slice(0, index)
      .filter(
        (first) =>
          second.atMs - first.atMs <= withinMs && first.sourceRef !== second.sourceRef && matters(first, second),
      )
      .map((first) => ({ first, second })),
  );
}
