import { type Reading, SipCapture } from '../capture/sipCapture.ts';
import { readLeniently } from '../sip/message/lenient.ts';
import { malformedText } from '../sip/message/message.ts';
import { type AuditOptions, Auditor } from './auditor.ts';
import type { AuditReport } from './auditReport.ts';

/** A SIP message that is not as RFC 3261 has it. */
export interface MalformedMessage {
  readonly frame: number;
  /** Line of the message, what was found and what was expected. */
  readonly reason: string;
  /** Whether it was read and judged all the same, as lenient endpoints do. */
  readonly isRead: boolean;
}

/** What was found, and how much of the capture it is based on. */
export interface CaptureAudit {
  readonly report: AuditReport;
  readonly reading: Reading;
  /** SIP messages that are malformed, and how many of them could not be read at all. */
  readonly malformed: number;
  readonly unreadable: number;
  /** The first of them. */
  readonly malformedMessages: readonly MalformedMessage[];
  /** Addresses that were registered or called, the first thousand. */
  readonly names: ReadonlySet<string>;
}

/** Malformed messages that are listed; of one broken phone there are thousands. */
const mostMalformed = 1_000;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const percent = (part: number, whole: number): string => {
  const share = whole === 0 ? 0 : (100 * part) / whole;
  return `${share > 0 && share < 1 ? 'less than 1' : Math.round(share)} %`;
};

/** What of the file could not be read, in words. */
function missingOf(reading: Reading, unreadable: number): string[] {
  const {
    damage,
    cutMessages,
    incompletePackets,
    incompleteStreams,
    unread,
    untimedPackets,
    disorderedPackets,
    unreadLinkTypes,
  } = reading;
  const links = [...unreadLinkTypes].map(
    ([type, count]) =>
      `${counted(count, 'packet')} (${percent(count, reading.packets)}) of link type ${type}, which is not read`,
  );
  const hidden = unread.map(
    ({ what, between, packets, bytes }) =>
      `part of the traffic cannot be read: ${what}, ${counted(packets, 'packet')} (${percent(bytes, reading.bytes)} of all bytes), first between ${between}`,
  );
  return [
    ...(damage === null ? [] : [`at byte ${damage.offset} there is ${damage.found}; expected ${damage.expected}`]),
    ...(cutMessages > 0
      ? [`${counted(cutMessages, 'SIP message')} cut off by the snap length: capture with -s 0`]
      : []),
    ...(incompletePackets > 0 ? [`${counted(incompletePackets, 'fragmented packet')} of which a part is missing`] : []),
    ...(incompleteStreams > 0 ? [`${counted(incompleteStreams, 'TCP stream')} of which bytes are missing`] : []),
    ...hidden,
    ...(unreadable > 0 ? [`${counted(unreadable, 'SIP message')} too malformed to be read`] : []),
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
  const malformedMessages: MalformedMessage[] = [];
  const counts = { malformed: 0, unreadable: 0 };
  for await (const { bytes, ...observed } of capture.messages()) {
    const { message, problem } = readLeniently(bytes);
    if (problem !== null) {
      counts.malformed++;
      if (message === null) counts.unreadable++;
      const { frame } = observed;
      if (malformedMessages.length < mostMalformed) {
        malformedMessages.push({ frame, reason: malformedText(problem), isRead: message !== null });
      }
    }
    if (message !== null) auditor.observe({ ...observed, message });
  }
  const { reading } = capture;
  const isPartlyHidden = reading.unread.length > 0;
  const report = auditor.finish({ missing: missingOf(reading, counts.unreadable), isPartlyHidden });
  return { report, reading, ...counts, malformedMessages, names: auditor.names };
}
