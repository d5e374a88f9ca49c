import { closeSync, openSync, readSync } from 'node:fs';
import { isCaptureStart } from '../capture/packetReader.ts';
import type { ShownCapture } from '../inspector/model/capture.ts';
import { auditForPage, shownOf } from '../inspector/model/lostCalls.ts';
import { isCompressed } from './captureInput.ts';
import { refuseUnknownCalls, refuseUnknownNames } from './captureNames.ts';
import { auditOptionsOf, type CaptureChoice, openCaptures, refuseRepeated } from './captureOptions.ts';
import { refuse } from './files.ts';
import { refuseKeyLog } from './keyLog.ts';
import { readCapture } from './readCapture.ts';

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

/** The calls of captures with their messages: those that are asked for, else the first that were lost. */
export async function shownCapture(files: readonly string[], choice: CaptureChoice): Promise<ShownCapture> {
  const { keyLog } = choice;
  refuseRepeated(files);
  if (keyLog !== undefined) refuseKeyLog(keyLog);
  const { signal } = new AbortController();
  const captures = () => openCaptures(files, { follow: false, signal }, keyLog);
  const run = auditForPage(captures(), auditOptionsOf(choice));
  await readCapture(run);
  const audit = run.finish();
  refuseUnknownNames(audit, choice);
  refuseUnknownCalls(audit, choice);
  const shown = await shownOf(audit, captures());
  if (shown.calls.length === 0) {
    refuse(
      files.join(', '),
      shown.headline.replace(/\.$/, ''),
      'a capture with a lost call, or --call-id ID of another call',
    );
  }
  return shown;
}
