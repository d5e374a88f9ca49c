import { closeSync, openSync, readSync } from 'node:fs';
import type { AddressPattern } from '../audit/addresses.ts';
import { AuditRun, type CaptureAudit } from '../audit/auditCapture.ts';
import { headline } from '../audit/auditFacts.ts';
import { callTraces, tracedCalls } from '../audit/callTrace.ts';
import { isCaptureStart } from '../capture/packetReader.ts';
import type { ShownCapture } from '../inspector/model/capture.ts';
import { isCompressed, openCapture } from './captureInput.ts';
import { refuseUnknownCalls, refuseUnknownNames } from './captureNames.ts';
import { refuse } from './files.ts';
import { readCapture } from './readCapture.ts';

/** Which calls of a capture are to be shown. */
export interface CaptureChoice {
  readonly aor?: string;
  readonly callId?: readonly string[];
  readonly app?: AddressPattern;
  readonly pushServer?: AddressPattern;
}

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

/** The calls of a capture with their messages: those that are asked for, else the first that were lost. */
export async function shownCapture(file: string, choice: CaptureChoice): Promise<ShownCapture> {
  const { aor, callId, app, pushServer } = choice;
  const { signal } = new AbortController();
  const captures = () => [openCapture(file, { follow: false, signal })];
  const run = new AuditRun(captures(), {
    known: { ...(app && { app }), ...(pushServer && { pushServer }) },
    maxLadders: mostCalls,
    ...(aor !== undefined && { aor }),
    ...(callId === undefined ? { maxFine: 0 } : { callIds: callId }),
  });
  await readCapture(run);
  const audit = run.finish();
  refuseUnknownNames(audit, { ...(aor !== undefined && { aor }), number: [], alias: [] });
  refuseUnknownCalls(audit, { ...(callId !== undefined && { callId }) });
  const { report } = audit;
  const calls = tracedCalls(report);
  if (calls.length === 0) {
    refuse(file, headline(report).replace(/\.$/, ''), 'a capture with a lost call, or --call-id ID of another call');
  }
  return {
    headline: headline(report),
    isBad: report.verdict === 'lossesFound',
    files: audit.files,
    notes: [...leftOut(audit, calls.length), ...report.incomplete.map((one) => `cannot tell: ${one}`)],
    calls: await callTraces(calls, report.startMs, captures()),
  };
}
