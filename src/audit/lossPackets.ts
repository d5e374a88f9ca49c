import type { CaptureFile } from '../capture/packetFiles.ts';
import { PcapngWriter } from '../capture/pcapngWriter.ts';
import { SipCapture } from '../capture/sipCapture.ts';
import { readLeniently } from '../sip/message/lenient.ts';
import { serialise } from '../sip/message/serialise.ts';
import type { Anonymiser } from './anonymiser.ts';
import type { AuditReport, LossReport } from './auditReport.ts';

/** The first call that was lost, or may have been, of which the messages are known; null where there is none. */
export const firstLoss = ({ addresses }: AuditReport): LossReport | null =>
  addresses.flatMap(({ losses, undecided }) => [...losses, ...undecided]).find(({ ladder }) => ladder !== null) ?? null;

/**
 * The messages around a lost call as a pcapng file of their own: reads the capture once more, and writes what stands in the
 * ladder as plain UDP or TCP, whatever carried it.
 */
export async function lossPackets(
  loss: LossReport,
  files: readonly CaptureFile[],
  anonymiser: Anonymiser | null,
): Promise<{ readonly bytes: Buffer; readonly messages: number }> {
  const wanted = new Set(loss.ladder?.entries.map(({ file, frame }) => `${file} ${frame}`));
  const writer = new PcapngWriter();
  const parts = [writer.start()];
  for await (const { file, frame, bytes, ...packet } of new SipCapture(files).messages()) {
    if (!wanted.has(`${file} ${frame}`)) continue;
    const { message } = readLeniently(bytes);
    const comment = file === loss.file && frame === loss.frame ? { comment: `lost: ${loss.why}` } : {};
    if (anonymiser === null) parts.push(writer.packet({ ...packet, payload: bytes, ...comment }));
    else if (message !== null) {
      const [source, destination] = [anonymiser.endpoint(packet.source), anonymiser.endpoint(packet.destination)];
      const payload = serialise(anonymiser.message(message));
      parts.push(writer.packet({ ...packet, source, destination, payload, ...comment }));
    }
  }
  return { bytes: Buffer.concat(parts), messages: parts.length - 1 };
}
