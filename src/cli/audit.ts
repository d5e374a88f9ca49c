import { createReadStream, statSync } from 'node:fs';
import process from 'node:process';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type AddressPattern, aorIn } from '../audit/addresses.ts';
import { auditCapture, type CaptureAudit } from '../audit/auditCapture.ts';
import { auditVersion } from '../audit/auditReport.ts';
import { auditMarkdown, auditText } from '../audit/auditText.ts';
import { addressBytes, addressText } from '../capture/endpoint.ts';
import { UnknownFormat } from '../capture/packetReader.ts';
import { describeSystemError, refuse } from './files.ts';
import { oneOf, wholeNumber } from './options.ts';
import { colours, exitCodes, print, terminalWidth } from './output.ts';

interface Options {
  readonly aor?: string;
  readonly app?: AddressPattern;
  readonly pushServer?: AddressPattern;
  readonly format: 'text' | 'json' | 'markdown';
  readonly all?: boolean;
  readonly width?: number;
}

/** Failures whose ladders are kept, so that a capture in which everything fails does not fill the memory. */
const mostLadders = 1_000;
const fewLadders = 10;
const chunkSize = 1 << 20;

function parseAddress(text: string): AddressPattern {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]+)\]|([^:]+|[\da-f:.]*:[\da-f:.]*:[\da-f:.]*?))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const bytes = addressBytes(text) ?? addressBytes(bracketed ?? plain ?? '');
  const port = addressBytes(text) !== null || digits === undefined ? null : Number(digits);
  if (bytes === null || (port !== null && (port === 0 || port > 65_535))) {
    throw new InvalidArgumentError('expected an IP address, such as 192.0.2.7, 192.0.2.7:5060 or [2001:db8::7]:5060');
  }
  return { address: addressText(bytes), port };
}

function parseAor(text: string): string {
  const aor = aorIn(/^sips?:/i.test(text) ? text : `sip:${text}`);
  if (aor === null) throw new InvalidArgumentError('expected an address of record, such as sip:alice@example.org');
  return aor;
}

async function readCapture(file: string, options: Options): Promise<CaptureAudit> {
  const { app, pushServer, aor, all } = options;
  const known = { ...(app && { app }), ...(pushServer && { pushServer }) };
  const maxLadders = all ? mostLadders : fewLadders;
  try {
    if (file !== '-' && statSync(file).isDirectory()) refuse(file, 'a directory', 'a capture file');
    const bytes = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: chunkSize });
    return await auditCapture(bytes, { known, maxLadders, ...(aor !== undefined && { aor }) });
  } catch (error) {
    if (error instanceof UnknownFormat)
      return refuse(file, error.found, `a pcap or pcapng file${error.hint ? ` (${error.hint})` : ''}`);
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return refuse(file, describeSystemError(error), 'a readable capture file');
  }
}

function sourceLine(file: string, { reading, malformed }: CaptureAudit): string {
  const { firstMs, lastMs } = reading;
  const bad = malformed > 0 ? `, ${malformed} of them malformed and not judged` : '';
  const time =
    firstMs === null || lastMs === null
      ? ''
      : `, from ${new Date(firstMs).toISOString()}, ${((lastMs - firstMs) / 1000).toFixed(3)} s`;
  return `${file}: ${reading.packets} packets, ${reading.messages} SIP messages${bad}${time}`;
}

function toJson({ report, reading, malformed }: CaptureAudit): string {
  const { unreadLinkTypes, ...counts } = reading;
  const capture = { ...counts, malformed, unreadLinkTypes: Object.fromEntries(unreadLinkTypes) };
  return JSON.stringify({ version: auditVersion, capture, ...report }, null, 1);
}

const exitCodeOf = {
  nothingLost: exitCodes.holds,
  lossesFound: exitCodes.violated,
  cannotTell: exitCodes.inconclusive,
} as const;

async function run(file: string, options: Options): Promise<void> {
  const audit = await readCapture(file, options);
  const source = sourceLine(file, audit);
  const all = options.all === true;
  if (options.format === 'json') print(toJson(audit));
  else if (options.format === 'markdown') print(auditMarkdown(audit.report, { all, source }));
  else print(auditText(audit.report, { width: options.width ?? terminalWidth(), palette: colours, all, source }));
  process.exitCode = exitCodeOf[audit.report.verdict];
}

const help = `
Reads the SIP in a pcap or pcapng file (UDP and TCP, also mirrored as HEPv3) and sends nothing. Of every address of record
with a REGISTER in it: who registers, the hand-overs between app and push server, the times in which nobody or both were
registered, the calls that were lost and why, and which registration mode it looks like. Without --app or --push-server
the two are told apart by User-Agent (push, sipis) and Contact (pn-provider); what cannot be told is said.

A call is lost if it ended, or was given up, before anybody alerted (180, 183).

Exit codes: 0 nothing lost, 1 lost calls, or double registrations outside Standard mode, 2 bad input, 3 the capture does
not show enough to tell.

  tcpdump -i any -s 0 -w capture.pcap 'port 5060'
  ringproof audit capture.pcap --push-server 203.0.113.9`;

/** `ringproof audit`: judges a capture of real traffic. */
export const auditCommand = () =>
  new Command('audit')
    .description('judge a capture of real SIP traffic: lost calls, gaps, double registrations, the mode it looks like')
    .argument('<capture>', 'pcap or pcapng file, or - for standard input')
    .option('--aor <address>', 'judge only this address of record, such as sip:alice@example.org', parseAor)
    .addOption(new Option('--app <address>', 'where the app is: IP or IP:PORT').argParser(parseAddress))
    .addOption(new Option('--push-server <address>', 'where the push server is: IP or IP:PORT').argParser(parseAddress))
    .option('--format <format>', 'text, json or markdown', oneOf('text', 'json', 'markdown'), 'text')
    .option('--all', 'list everything, with a ladder for each lost call')
    .option('--width <columns>', 'width of the text', wholeNumber(64, 400))
    .addHelpText('after', help)
    .action(run);
