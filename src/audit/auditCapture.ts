import type { CaptureFile } from '../capture/packetFiles.ts';
import { type Reading, SipCapture } from '../capture/sipCapture.ts';
import { readLeniently } from '../sip/message/lenient.ts';
import { type Malformed, malformedText } from '../sip/message/message.ts';
import type { Anonymiser } from './anonymiser.ts';
import { counted } from './auditFacts.ts';
import { type AuditOptions, Auditor } from './auditor.ts';
import type { AuditReport } from './auditReport.ts';
import { ClockOrder } from './clockOrder.ts';
import type { ObservedMessage } from './observedMessage.ts';

/** A SIP message that is not as RFC 3261 has it. */
export interface MalformedMessage {
  readonly file: number;
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
  /** Names of the files, in the order in which messages count them. */
  readonly files: readonly string[];
  /** Addresses that were registered or called, the first thousand. */
  readonly names: ReadonlySet<string>;
  /** Call-IDs of calls, the first thousand, where the user asks for some. */
  readonly callIds: ReadonlySet<string>;
}

/** Malformed messages that are listed; of one broken phone there are thousands. */
const mostMalformed = 1_000;

const percent = (part: number, whole: number): string => {
  const share = whole === 0 ? 0 : (100 * part) / whole;
  return `${share > 0 && share < 1 ? 'less than 1' : Math.round(share)} %`;
};

/** What of the file could not be read, in words. */
function missingOf(reading: Reading, unreadable: number, isOneFile: boolean): string[] {
  const {
    damages,
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
      `part of the traffic cannot be read: ${what}, ${counted(packets, 'packet')} (${percent(bytes, reading.bytes)} of all bytes)${between && `, first between ${between}`}`,
  );
  return [
    ...damages.map(({ file, offset, found, expected }) => {
      const where = isOneFile ? '' : `${file}: `;
      return `${where}at byte ${offset} there is ${found}; expected ${expected}`;
    }),
    ...(cutMessages > 0
      ? [`${counted(cutMessages, 'SIP message')} cut off by the snap length: capture with -s 0`]
      : []),
    ...(incompletePackets > 0 ? [`${counted(incompletePackets, 'fragmented packet')} of which a part is missing`] : []),
    ...(incompleteStreams > 0
      ? [`${counted(incompleteStreams, 'TCP stream')} of which bytes are missing, or are no SIP`]
      : []),
    ...hidden,
    ...(unreadable > 0 ? [`${counted(unreadable, 'SIP message')} too malformed to be read`] : []),
    ...(untimedPackets > 0 ? [`${counted(untimedPackets, 'packet')} without a time`] : []),
    ...(disorderedPackets > 0
      ? [`${counted(disorderedPackets, 'packet')} out of order by more than a second: sort the capture with reordercap`]
      : []),
    ...links,
  ];
}

/** How a capture is read that may have no end. */
export interface Course {
  /** Why reading ended before the files did, if it did and that is no matter of course. */
  readonly interrupted?: string;
}

/** Reads capture files and judges them, in bounded memory. */
export class AuditRun {
  /** Without those that decrypt another one, which come last. */
  readonly #files: readonly CaptureFile[];
  readonly #capture: SipCapture;
  readonly #anonymiser: Anonymiser | null;
  readonly #auditor: Auditor;
  /** Of one file the order of its packets says more. */
  readonly #clocks: ClockOrder | null;
  readonly #malformedMessages: MalformedMessage[] = [];
  readonly #counts = { malformed: 0, unreadable: 0 };

  /** @param anonymiser gives other names to everything before it is judged, or null */
  constructor(files: readonly CaptureFile[], options: AuditOptions, anonymiser: Anonymiser | null = null) {
    this.#files = files.filter(({ decrypts }) => decrypts === undefined);
    this.#clocks = this.#files.length > 1 ? new ClockOrder() : null;
    this.#anonymiser = anonymiser;
    this.#capture = new SipCapture(files);
    this.#auditor = new Auditor(options);
  }

  /** Reads everything. Throws an `UnknownFormat` where a file is none; what is broken further on ends its reading. */
  async read(): Promise<void> {
    for await (const { bytes, isFramed, ...observed } of this.#capture.messages()) {
      const { message, problem } = readLeniently(bytes, isFramed);
      if (problem !== null) this.#note(observed, problem, message !== null);
      if (message !== null) this.#observe({ ...observed, message });
    }
  }

  #observe(observed: ObservedMessage): void {
    this.#clocks?.observe(observed);
    const anonymiser = this.#anonymiser;
    if (anonymiser === null) {
      this.#auditor.observe(observed);
      return;
    }
    const { source, destination, message } = observed;
    this.#auditor.observe({
      ...observed,
      source: anonymiser.endpoint(source),
      destination: anonymiser.endpoint(destination),
      message: anonymiser.message(message),
    });
  }

  /** What was found so far: calls that are under way are not judged yet. */
  soFar(): CaptureAudit {
    return this.#audit('report', {});
  }

  /** What was found. To be called once, at the end. */
  finish(course: Course = {}): CaptureAudit {
    return this.#audit('finish', course);
  }

  #audit(how: 'report' | 'finish', { interrupted }: Course): CaptureAudit {
    const reading = this.#anonymous(this.#capture.soFar());
    const files = this.#files.map(({ name }) => name);
    const clocks = this.#clocks?.said(files) ?? [];
    const missing = [...missingOf(reading, this.#counts.unreadable, files.length === 1), ...clocks];
    const report = this.#auditor[how]({
      missing: interrupted === undefined ? missing : [interrupted, ...missing],
      isPartlyHidden: reading.unread.length > 0,
    });
    return {
      report,
      reading,
      ...this.#counts,
      malformedMessages: this.#malformedMessages,
      files,
      names: this.#auditor.names,
      callIds: this.#auditor.callIds,
    };
  }

  /** What could not be read says between whom it was. */
  #anonymous(reading: Reading): Reading {
    const anonymiser = this.#anonymiser;
    if (anonymiser === null) return reading;
    return { ...reading, unread: reading.unread.map((one) => ({ ...one, between: anonymiser.text(one.between) })) };
  }

  #note({ file, frame }: { file: number; frame: number }, problem: Malformed, isRead: boolean): void {
    this.#counts.malformed++;
    if (!isRead) this.#counts.unreadable++;
    if (this.#malformedMessages.length >= mostMalformed) return;
    // What was found there may be a name.
    const reason =
      this.#anonymiser === null ? malformedText(problem) : `line ${problem.line}: expected ${problem.expected}`;
    this.#malformedMessages.push({ file, frame, reason, isRead });
  }
}

/** Judges capture files from start to end. */
export async function auditCapture(files: readonly CaptureFile[], options: AuditOptions): Promise<CaptureAudit> {
  const run = new AuditRun(files, options);
  await run.read();
  return run.finish();
}
