import { closeSync, openSync, readSync } from 'node:fs';
import { AuditRun, type CaptureAudit } from '../audit/auditCapture.ts';
import { headline } from '../audit/auditFacts.ts';
import { callTraces, tracedCalls } from '../audit/callTrace.ts';
import { isCaptureStart } from '../capture/packetReader.ts';
import type { ShownCapture } from '../inspector/model/capture.ts';
import { isCompressed } from './captureInput.ts';
import { refuseUnknownCalls, refuseUnknownNames } from './captureNames.ts';
import { auditOptionsOf, type CaptureChoice, openCaptures, refuseRepeated } from './captureOptions.ts';
import { refuse } from './files.ts';
import { refuseKeyLog } from './keyLog.ts';
import { readCapture } from './readCapture.ts';

/** Calls that the page takes: each has up to 260 messages with their texts. */
const mostCalls = 50;

/** Whether a file is a capture by its first bytes, whatever its name. */
export function isCapture(file: string): boolean {
  const start = Buffer.alloc(8);
  try {
    const handle = openSync(file, 'r');
    readSync(handle, start);
    closeSync(handle);
  } catch {
    // No file: it may be the name of a scenario.
    return false;
  }
  return isCaptureStart(start) || isCompressed(start);
}

function leftOut({ report }: CaptureAudit, shown: number): string[] {
  const lost = report.totals.lost + report.totals.undecided;
  return lost > shown ? [`the first ${shown} of ${lost} lost calls; --call-id and --aor choose others`] : [];
}

/** The calls of captures with their messages: those that are asked for, else the first that were lost. */
export async function shownCapture(files: readonly string[], choice: CaptureChoice): Promise<ShownCapture> {
  const { callId, keyLog } = choice;
  refuseRepeated(files);
  if (keyLog !== undefined) refuseKeyLog(keyLog);
  const { signal } = new AbortController();
  const captures = () => openCaptures(files, { follow: false, signal }, keyLog);
  const run = new AuditRun(captures(), {
    ...auditOptionsOf(choice),
    maxLadders: mostCalls,
    maxLosses: mostCalls,
    ...(callId === undefined && { maxFine: 0 }),
  });
  await readCapture(run);
  const audit = run.finish();
  refuseUnknownNames(audit, choice);
  refuseUnknownCalls(audit, choice);
  const { report } = audit;
  const calls = tracedCalls(report);
  if (calls.length === 0) {
    refuse(
      files.join(', '),
      headline(report).replace(/\.$/, ''),
      'a capture with a lost call, or --call-id ID of another call',
    );
  }
  return {
    headline: headline(report),
    isBad: report.verdict === 'lossesFound',
    files: audit.files,
    notes: [...leftOut(audit, calls.length), ...report.incomplete.map((one) => `cannot tell: ${one}`)],
    calls: await callTraces(calls, report.startMs, captures()),
  };
}
