import type { CaptureFile } from '../capture/packetFiles.ts';
import { SipCapture } from '../capture/sipCapture.ts';
import { readLeniently } from '../sip/message/lenient.ts';
import { laneOf, registeredAs, registeredNames, titlesOf } from './auditLadder.ts';
import type { AddressReport, AuditReport, LossReport } from './auditReport.ts';
import type { LadderEntry } from './call.ts';
import { labelOf } from './label.ts';
import type { CallTrace } from './tracedCall.ts';

interface Shown {
  readonly address: AddressReport;
  readonly loss: LossReport;
}

/** Calls whose messages are known: lost, perhaps lost, asked for, in this order. */
export const tracedCalls = ({ addresses }: AuditReport): Shown[] =>
  (['losses', 'undecided', 'asked'] as const).flatMap((kind) =>
    addresses.flatMap((address) =>
      address[kind].filter(({ ladder }) => ladder !== null).map((loss) => ({ address, loss })),
    ),
  );

/** More than that of one message is the body of somebody's attachment. */
const longestText = 20_000;
const credentials = /^((?:proxy-)?authorization)[ \t]*:[ \t]*(\S*).*(?:\r?\n[ \t].*)*/gim;

const textOf = (bytes: Buffer): string =>
  bytes.subarray(0, longestText).toString().replaceAll('\r\n', '\n').replace(credentials, '$1: $2 (left out)');

const placeOf = ({ file, frame, label }: Pick<LadderEntry, 'file' | 'frame' | 'label'>): string =>
  `${file} ${frame} ${label}`;

/** The calls with the texts of their messages: reads the capture once more. */
export async function callTraces(
  shown: readonly Shown[],
  startMs: number,
  files: readonly CaptureFile[],
): Promise<CallTrace[]> {
  const wanted = new Map<string, string>();
  for (const { loss } of shown) for (const entry of loss.ladder?.entries ?? []) wanted.set(placeOf(entry), '');
  for await (const { file, frame, bytes } of new SipCapture(files).messages()) {
    const { message } = readLeniently(bytes);
    const place = message === null ? '' : placeOf({ file, frame, label: labelOf(message) });
    // A packet of a stream may have two messages that are called the same: the first one is shown.
    if (wanted.get(place) === '') wanted.set(place, textOf(bytes));
  }
  return shown.map((one) => callTrace(one, startMs, (entry) => wanted.get(placeOf(entry)) ?? ''));
}

function callTrace({ address, loss }: Shown, startMs: number, textAt: (entry: LadderEntry) => string): CallTrace {
  const { sides } = address;
  const { outcome, callId, result, why, invitedAtMs, file, frame } = loss;
  const call = { outcome, callId, result, why, invitedAtMs, file, frame };
  const messages = (loss.ladder?.entries ?? []).map((entry) => ({
    atMs: entry.atMs - startMs,
    from: laneOf(entry.source, loss, sides),
    to: laneOf(entry.destination, loss, sides),
    label: entry.label,
    registered: registeredAs(entry.bound, sides),
    isRetransmission: entry.isRetransmission,
    file: entry.file,
    frame: entry.frame,
    text: textAt(entry),
  }));
  const lanes = titlesOf(new Set(messages.flatMap(({ from, to }) => [from, to])), address);
  return { aor: address.aor, call, lanes, messages, registered: registeredNames(address) };
}
