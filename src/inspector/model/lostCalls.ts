import { AuditRun, type CaptureAudit } from '../../audit/auditCapture.ts';
import { headline } from '../../audit/auditFacts.ts';
import type { AuditOptions } from '../../audit/auditor.ts';
import { callTraces, tracedCalls } from '../../audit/callTrace.ts';
import type { CaptureFile } from '../../capture/packetFiles.ts';
import type { ShownCapture } from './capture.ts';

/** Calls that the page takes: each has up to 260 messages with their texts. */
const mostCalls = 50;

function leftOut({ report }: CaptureAudit, shown: number): string[] {
  const lost = report.totals.lost + report.totals.undecided;
  return lost > shown ? [`the first ${shown} of ${lost} lost calls; --call-id and --aor choose others`] : [];
}

/** Judges captures for the page. */
export const auditForPage = (files: readonly CaptureFile[], options: AuditOptions): AuditRun =>
  new AuditRun(files, {
    ...options,
    maxLadders: mostCalls,
    maxLosses: mostCalls,
    ...(options.callIds === undefined && { maxFine: 0 }),
  });

/** What was found, with the messages of the calls: those that were asked for, else the first that were lost. */
export async function shownOf(audit: CaptureAudit, again: readonly CaptureFile[]): Promise<ShownCapture> {
  const { report, files } = audit;
  const calls = tracedCalls(report);
  return {
    headline: headline(report),
    isBad: report.verdict === 'lossesFound',
    files,
    notes: [...leftOut(audit, calls.length), ...report.incomplete.map((one) => `cannot tell: ${one}`)],
    calls: calls.length === 0 ? [] : await callTraces(calls, report.startMs, again),
  };
}

/** The lost calls of captures, which are read twice. Throws an `UnknownFormat` where one is none. */
export async function lostCallsOf(
  captures: () => readonly CaptureFile[],
  options: AuditOptions,
): Promise<ShownCapture> {
  const run = auditForPage(captures(), options);
  await run.read();
  return shownOf(run.finish(), captures());
}
