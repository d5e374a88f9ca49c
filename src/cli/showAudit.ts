import type { CaptureAudit } from '../audit/auditCapture.ts';
import { frameText } from '../audit/auditFacts.ts';
import { auditVersion } from '../audit/auditReport.ts';
import { auditMarkdown, auditText } from '../audit/auditText.ts';
import { isProblem } from '../audit/verdict.ts';
import { colours, terminalWidth } from './output.ts';

/** How an audit is to be shown. */
export interface AuditView {
  readonly format: 'text' | 'json' | 'markdown';
  readonly all?: boolean;
  readonly problemsOnly?: boolean;
  readonly width?: number;
}

/** More than that are counted unless all are wanted. */
const fewMalformed = 5;

function sourceLine({ reading, malformed, unreadable, files }: CaptureAudit): string {
  const { firstMs, lastMs } = reading;
  const bad = malformed > 0 ? `, ${malformed} of them malformed (${malformed - unreadable} read all the same)` : '';
  const time =
    firstMs === null || lastMs === null
      ? ''
      : `, from ${new Date(firstMs).toISOString()}, ${((lastMs - firstMs) / 1000).toFixed(3)} s`;
  return `${files.join(', ')}: ${reading.packets} packets, ${reading.messages} SIP messages${bad}${time}`;
}

function malformedLines({ malformed, malformedMessages, files }: CaptureAudit, all: boolean): string[] {
  const shown = all ? malformedMessages : malformedMessages.slice(0, fewMalformed);
  const left = malformed - shown.length;
  return [
    ...shown.map(
      (one) => `${frameText(one, files)}: ${one.reason}${one.isRead ? '; read all the same' : '; not read'}`,
    ),
    ...(left > 0 ? [`and ${left} more${all ? '' : ' (--all lists them)'}`] : []),
  ];
}

function toJson(
  { report, reading, malformed, unreadable, malformedMessages, files }: CaptureAudit,
  problemsOnly: boolean,
): string {
  const { unreadLinkTypes, ...counts } = reading;
  const links = Object.fromEntries(unreadLinkTypes);
  const capture = { files, ...counts, malformed, unreadable, malformedMessages, unreadLinkTypes: links };
  const addresses = problemsOnly ? report.addresses.filter(isProblem) : report.addresses;
  return JSON.stringify({ version: auditVersion, capture, ...report, addresses }, null, 1);
}

/** The audit as the user wants to see it. */
export function shownAudit(
  audit: CaptureAudit,
  { format, all = false, problemsOnly = false, width }: AuditView,
): string {
  if (format === 'json') return toJson(audit, problemsOnly);
  const options = {
    all,
    problemsOnly,
    files: audit.files,
    source: [sourceLine(audit)],
    malformed: malformedLines(audit, all),
  };
  if (format === 'markdown') return auditMarkdown(audit.report, options);
  return auditText(audit.report, { ...options, width: width ?? terminalWidth(), palette: colours });
}
