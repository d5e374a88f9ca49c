import { DamagedCapture } from '../capture/packet.ts';
import type { CaptureFile } from '../capture/packetFiles.ts';
import { refuse, refuseUnreadable } from './files.ts';
import { cannotStart, outputOf, ProgramFailed } from './program.ts';

/** What tshark makes of a capture with a key log: each message in TLS as an exported PDU, beside the capture itself. */
export function openDecrypted(file: string, index: number, keyLog: string, signal: AbortSignal): CaptureFile {
  return { name: `${file}, decrypted by tshark`, decrypts: index, chunks: decrypted(file, keyLog, signal) };
}

/** The key log is looked at before anything is read: of one that is missing tshark says nothing. */
export const refuseKeyLog = (keyLog: string): void => refuseUnreadable(keyLog, 'a key log, as SSLKEYLOGFILE names it');

async function* decrypted(file: string, keyLog: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  // All other SIP is read of the capture itself.
  const args = ['-r', file, '-Y', 'tls', '-o', `tls.keylog_file:${keyLog}`, '-U', 'OSI layer 7', '-w', '-'];
  let offset = 0;
  try {
    for await (const chunk of outputOf({ command: 'tshark', args, input: null, signal })) {
      offset += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (cannotStart(error))
      return refuse('--key-log', 'no program tshark to decrypt with', 'it: apt-get install tshark');
    if (!(error instanceof ProgramFailed)) throw error;
    const found = `the end of what tshark decrypts (${error.said.split('\n').at(-1)})`;
    throw new DamagedCapture({ offset, found, expected: 'the rest of it' });
  }
}
