import { expect } from 'vitest';
import { auditCapture } from '../../src/audit/auditCapture.ts';
import { PcapngWriter } from '../../src/capture/pcapngWriter.ts';
import { oneFile } from '../support/captures.ts';
import { Kamailio, kamailio } from '../support/programs/kamailio.ts';
import { askOnce, loopback, optionsText, udpSocket } from '../support/programs/loopback.ts';
import { testWith } from '../support/programs/program.ts';
import { register } from '../support/programs/registerText.ts';
import { Sipp, sipp } from '../support/programs/sipp.ts';

const gapMs = 60;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a server mirrors as HEPv3, as a capture of the port that it is mirrored to. */
async function mirror() {
  const socket = await udpSocket();
  socket.setRecvBufferSize(8 << 20);
  const destination = { address: loopback, port: socket.address().port };
  const writer = new PcapngWriter();
  const blocks = [writer.start()];
  socket.on('message', (payload, { port }) => {
    const source = { address: loopback, port };
    blocks.push(writer.packet({ atMs: 0, source, destination, transport: 'udp', payload }));
  });
  return { port: destination.port, file: () => Buffer.concat(blocks), close: () => socket.close() };
}

testWith(kamailio, sipp)(
  'the audit counts the calls that SIPp lost while two sides break before they make',
  async () => {
    const hep = await mirror();
    const server = await Kamailio.start({ policy: 'reject', hepPort: hep.port });
    const sides = [await Sipp.answering(), await Sipp.answering()];
    const contacts = sides.map(({ port }) => `<sip:alice@${loopback}:${port}>`);
    let sequence = 0;
    const registered = async (side: number, expires: number) => {
      const answer = await register(server.port, { contacts: [contacts[side] ?? ''], expires, sequence: ++sequence });
      expect(answer).toMatch(/^SIP\/2\.0 200 /);
    };
    await registered(0, 600);
    const calling = await Sipp.calling(server.port, 'alice', { calls: 300, callsPerSecond: 100 });
    const over = calling.counters();
    let isOver = false;
    over.then(() => {
      isOver = true;
    });
    let handOvers = 0;
    for (; !isOver; handOvers++) {
      await pause(137);
      await registered(handOvers % 2, 0);
      await pause(gapMs);
      await registered(1 - (handOvers % 2), 600);
    }
    const { successful, failed } = await over;
    // One worker mirrors in order: once the last request is there, so is all before it.
    let last = '';
    const lastText = (ownPort: number) => {
      last = `ready-${ownPort}`;
      return optionsText(loopback, server.port)(ownPort);
    };
    await askOnce(server.port, lastText, 60_000);
    await expect.poll(() => hep.file().includes(last)).toBe(true);
    server.close();
    hep.close();

    const { report, reading } = await auditCapture(oneFile(hep.file(), 65_536), {});
    const [alice] = report.addresses;
    expect(reading.damage).toBeNull();
    expect(failed).toBeGreaterThan(0);
    expect(alice?.calls).toMatchObject({ made: 300, lost: failed, answered: successful });
    expect(alice?.mode.mode).toBe('singleDeviceEmulation');
    expect(alice?.handOvers).toHaveLength(handOvers);
    expect(alice?.doubles).toEqual([]);
    const gaps = alice?.gaps.slice(0, handOvers) ?? [];
    expect(gaps).toHaveLength(handOvers);
    for (const { duration } of gaps) expect(duration.atMostMs).toBeGreaterThanOrEqual(gapMs - 1);
    // Every loss is in a gap, and none is left over.
    expect(gaps.reduce((sum, { callsLost }) => sum + callsLost, 0)).toBe(failed);
  },
);
