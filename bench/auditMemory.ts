import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { auditCapture } from '../src/audit/auditCapture.ts';
import type { Endpoint } from '../src/capture/endpoint.ts';
import { PcapngWriter, type WrittenPacket } from '../src/capture/pcapngWriter.ts';

/** As `ringproof audit` sets it. */
setFlagsFromString('--heap-growing-percent=30');

const server: Endpoint = { address: '198.51.100.2', port: 5060 };
const startMs = 1_767_225_600_000;

interface Exchange {
  readonly number: number;
  readonly from: Endpoint;
  readonly method: 'REGISTER' | 'INVITE';
  readonly caller: string;
  readonly called: string;
  readonly status: string;
}

const hostOf = (number: number): Endpoint => ({
  address: `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`,
  port: 5060,
});

/** A request and its answer, a millisecond after each other; an INVITE has its ACK as well. */
function exchange({ number, from, method, caller, called, status }: Exchange): WrittenPacket[] {
  const isRegister = method === 'REGISTER';
  const common = (what: string, tag: string) => [
    `Via: SIP/2.0/UDP ${from.address}:5060;branch=z9hG4bK${method}${number}`,
    `From: <sip:${caller}@example.org>;tag=${number}`,
    `To: <sip:${called}@example.org>${tag}`,
    `Call-ID: ${method.toLowerCase()}-${number}-${from.address}`,
    `CSeq: 1 ${what}`,
    ...(isRegister ? [`Contact: <sip:${called}@${from.address}>;expires=3600`] : []),
    'Content-Length: 0',
    '',
    '',
  ];
  const uri = isRegister ? 'sip:example.org' : `sip:${called}@example.org`;
  const packet = (order: number, isAnswer: boolean, lines: readonly string[]): WrittenPacket => ({
    atMs: startMs + number * 3 + order,
    source: isAnswer ? server : from,
    destination: isAnswer ? from : server,
    transport: 'udp',
    payload: Buffer.from(lines.join('\r\n')),
  });
  return [
    packet(0, false, [`${method} ${uri} SIP/2.0`, ...common(method, '')]),
    packet(1, true, [`SIP/2.0 ${status}`, ...common(method, ';tag=s')]),
    ...(isRegister ? [] : [packet(2, false, [`ACK ${uri} SIP/2.0`, ...common('ACK', ';tag=s')])]),
  ];
}

const register = (number: number, user: string): WrittenPacket[] =>
  exchange({ number, from: hostOf(number), method: 'REGISTER', caller: user, called: user, status: '200 OK' });
const call = (number: number, from: Endpoint, caller: string, called: string, status: string): WrittenPacket[] =>
  exchange({ number, from, method: 'INVITE', caller, called, status });

const unavailable = '480 Temporarily Unavailable';
const scanner: Endpoint = { address: '192.0.2.66', port: 5060 };

/** What fills memory: of each, the packets of one step. */
const loads: Readonly<Record<string, (number: number) => WrittenPacket[]>> = {
  'users with a REGISTER': (number) => register(number, `user${number}`),
  'users with a lost call': (number) => [
    ...register(number, `user${number}`),
    ...call(number, hostOf(number + 7), `user${number + 7}`, `user${number}`, unavailable),
  ],
  'lost calls of one user, each from another caller': (number) =>
    number === 0
      ? register(0, 'alice')
      : call(
          number,
          { ...hostOf(number), address: `11${hostOf(number).address.slice(2)}` },
          `c${number}`,
          'alice',
          unavailable,
        ),
  'numbers that a scanner calls': (number) =>
    number === 0 ? register(0, 'alice') : call(number, scanner, '100', `900${4_900_000_000 + number}`, '404 Not Found'),
  'numbers that distinct hosts call': (number) =>
    number === 0
      ? register(0, 'alice')
      : call(number, hostOf(number), `c${number}`, `${4_900_000_000 + number}`, '404 Not Found'),
};

async function* capture(count: number, packetsOf: (number: number) => WrittenPacket[]) {
  const writer = new PcapngWriter();
  yield writer.start();
  for (let number = 0; number < count; number += 100) {
    const numbers = Array.from({ length: 100 }, (_, index) => number + index);
    yield Buffer.concat(numbers.flatMap(packetsOf).map((packet) => writer.packet(packet)));
  }
}

async function measure(which: number, count: number): Promise<void> {
  const [name, packetsOf] = Object.entries(loads)[which] ?? [];
  if (name === undefined || packetsOf === undefined) throw new RangeError(`there is no load ${which}`);
  const start = performance.now();
  const { report } = await auditCapture([{ name: 'generated', chunks: capture(count, packetsOf) }], {
    maxLadders: 10,
    maxLosses: 10_000,
    maxFine: 5,
    maxProblems: 10_000,
  });
  const { totals, notJudged } = report;
  console.log(
    `${count} ${name}: peak ${Math.round(process.resourceUsage().maxRSS / 1_000)} MB, ` +
      `${((performance.now() - start) / 1_000).toFixed(0)} s with generating it; ` +
      `${totals.addresses} addresses, ${totals.lost} of ${totals.made} calls lost, ${notJudged.calls} not judged`,
  );
}

const [, script = '', given = '400000', which] = process.argv;
if (which !== undefined) await measure(Number(which), Number(given));
// Each in a process of its own: the peak is that of the process.
else
  for (const index of Object.keys(loads).keys())
    execFileSync(process.execPath, [script, given, `${index}`], { stdio: 'inherit' });
