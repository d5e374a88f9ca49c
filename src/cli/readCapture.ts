import type { AuditRun } from '../audit/auditCapture.ts';
import { UnknownFormat } from '../capture/packetReader.ts';
import { describeSystemError } from '../library/systemError.ts';
import { refuse } from './files.ts';

/** Reads everything. Throws an InputError where a file is no capture or cannot be read. */
export async function readCapture(run: AuditRun): Promise<void> {
  try {
    await run.read();
  } catch (error) {
    if (error instanceof UnknownFormat) {
      return refuse(error.file, error.found, `a pcap or pcapng file${error.hint ? ` (${error.hint})` : ''}`);
    }
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === undefined || path === undefined) throw error;
    return refuse(path, describeSystemError(error), 'a readable capture file');
  }
}
