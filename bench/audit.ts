import process from 'node:process';
import { auditCapture } from '../src/audit/auditCapture.ts';
import type { WrittenPacket } from '../src/capture/pcapngWriter.ts';
import { captureOf } from '../test/support/captures.ts';
import { app, caller, pushServer, server, Traffic } from '../test/support/traffic.ts';

/** A second of a busy server: hand-overs with a gap, ten calls that connect and one that is lost. */
function second(round: number): WrittenPacket[] {
  const atMs = round * 1_000;
  const [leaving, coming] = round % 2 === 0 ? [pushServer, app] : [app, pushServer];
  const traffic = new Traffic();
  if (round === 0) traffic.register(0, pushServer);
  traffic
    .unregister(atMs + 100, leaving)
    .call(atMs + 150, { finalMs: 5 })
    .register(atMs + 200, coming);
  for (let call = 0; call < 10; call++) traffic.call(atMs + 250 + 50 * call, { to: [coming] });
  return traffic.sorted.map((packet) => ({
    ...packet,
    payload: Buffer.from(
      Buffer.from(packet.payload)
        .toString()
        .replaceAll('call-', `call-${round}-`)
        .replace(/CSeq: 1 REGISTER/, `CSeq: ${round + 10} REGISTER`),
    ),
  }));
}

/** Speech of twenty calls: 50 datagrams a second in each direction. */
const media = (round: number): WrittenPacket[] =>
  Array.from({ length: 2_000 }, (_, index) => ({
    atMs: 1_767_225_600_000 + round * 1_000 + index / 2,
    source: { ...(index % 2 === 0 ? caller : server), port: 20_000 + (index % 40) },
    destination: { ...(index % 2 === 0 ? server : caller), port: 30_000 + (index % 40) },
    transport: 'udp',
    payload: Buffer.alloc(172, 0x80),
  }));

const headLength = captureOf([]).length;

async function measure(name: string, bytes: number, packetsOf: (round: number) => WrittenPacket[]): Promise<void> {
  const size = { bytes: 0, generatingMs: 0, peak: 0 };
  async function* capture() {
    for (let round = 0; size.bytes < bytes; round++) {
      const before = performance.now();
      const file = captureOf(packetsOf(round));
      size.generatingMs += performance.now() - before;
      size.bytes += file.length;
      size.peak = Math.max(size.peak, process.memoryUsage.rss());
      yield round === 0 ? file : file.subarray(headLength);
    }
  }
  const start = performance.now();
  const { report, reading } = await auditCapture([{ name: 'generated', chunks: capture() }], {
    known: { pushServer: { address: pushServer.address, port: null } },
    maxLadders: 10,
  });
  const seconds = (performance.now() - start - size.generatingMs) / 1_000;
  const [address] = report.addresses;
  const per = (count: number) => Math.round(count / seconds).toLocaleString('en');
  console.log(
    `${name}: ${(size.bytes / 1e6).toFixed(0)} MB, ${reading.packets} packets, ${reading.messages} SIP messages, ` +
      `${address?.calls.made} calls of which ${address?.calls.lost} lost, ${address?.gaps.length} gaps; ` +
      `${seconds.toFixed(1)} s without generating it: ${per(reading.packets)} packets/s, ${per(size.bytes / 1e6)} MB/s; ` +
      `peak ${Math.round(size.peak / 2 ** 20)} MiB`,
  );
}

const amount = Number(process.argv[2] ?? 1_000) * 1e6;
await measure('SIP only', amount / 10, second);
await measure('SIP and speech', amount, (round) => [...second(round), ...media(round)]);
