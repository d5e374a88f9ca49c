import { type Reading, SipCapture } from '../capture/sipCapture.ts';
import { parseMessage } from '../sip/message/parse.ts';
import { type AuditOptions, Auditor } from './auditor.ts';
import type { AuditReport } from './auditReport.ts';

/** What was found, and how much of the capture it is based on. */
export interface CaptureAudit {
  readonly report: AuditReport;
  readonly reading: Reading;
  /** SIP messages that no conforming element may act upon; they are not judged. */
  readonly malformed: number;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** What of the file could not be read, in words. */
function missingOf(reading: Reading): string[] {
  const {
    damage,
    cutMessages,
    incompletePackets,
    incompleteStreams,
    tlsStreams,
    untimedPackets,
    disorderedPackets,
    unreadLinkTypes,
  } = reading;
  const links = [...unreadLinkTypes].map(
    ([type, count]) => `${counted(count, 'packet')} of link type ${type}, which is not read`,
  );
  return [
    ...(damage === null ? [] : [`at byte ${damage.offset} there is ${damage.found}; expected ${damage.expected}`]),
    ...(cutMessages > 0
      ? [`${counted(cutMessages, 'SIP message')} cut off by the snap length: capture with -s 0`]
      : []),
    ...(incompletePackets > 0 ? [`${counted(incompletePackets, 'fragmented packet')} of which a part is missing`] : []),
    ...(incompleteStreams > 0 ? [`${counted(incompleteStreams, 'TCP stream')} of which bytes are missing`] : []),
    ...(tlsStreams > 0 ? [`${counted(tlsStreams, 'stream')} of SIP over TLS, which cannot be read`] : []),
    ...(untimedPackets > 0 ? [`${counted(untimedPackets, 'packet')} without a time`] : []),
    ...(disorderedPackets > 0
      ? [`${counted(disorderedPackets, 'packet')} out of order by more than a second: sort the capture with reordercap`]
      : []),
    ...links,
  ];
}

/**
 * Judges a capture file as it is read, in bounded memory. Throws an `UnknownFormat` where it is none; what is broken further
 * on ends the reading, and the report says so.
 */
export async function auditCapture(chunks: AsyncIterable<Uint8Array>, options: AuditOptions): Promise<CaptureAudit> {
  const capture = new SipCapture(chunks);
  const auditor = new Auditor(options);
  let malformed = 0;
  for await (const { bytes, ...observed } of capture.messages()) {
    const message = parseMessage(bytes);
    if (message.kind === 'malformed') malformed++;
    else auditor.observe({ ...observed, message });
  }
  return { report: auditor.finish(missingOf(capture.reading)), reading: capture.reading, malformed };
}
