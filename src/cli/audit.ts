import { createReadStream, statSync } from 'node:fs';
import process from 'node:process';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type AddressPattern, aorIn, numberIn } from '../audit/addresses.ts';
import type { Alias } from '../audit/aliases.ts';
import { auditCapture, type CaptureAudit } from '../audit/auditCapture.ts';
import { auditVersion } from '../audit/auditReport.ts';
import { auditMarkdown, auditText } from '../audit/auditText.ts';
import { addressBytes, addressText } from '../capture/endpoint.ts';
import { UnknownFormat } from '../capture/packetReader.ts';
import { InputError } from '../sim/input/inputError.ts';
import { nearestWord } from '../sim/input/nearestWord.ts';
import { describeSystemError, refuse } from './files.ts';
import { oneOf, wholeNumber } from './options.ts';
import { colours, exitCodes, print, terminalWidth } from './output.ts';

interface Options {
  readonly aor?: string;
  readonly app?: AddressPattern;
  readonly pushServer?: AddressPattern;
  readonly format: 'text' | 'json' | 'markdown';
  readonly number: readonly Alias[];
  readonly alias: readonly Alias[];
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

/** `NAME=TARGET`; the last equals sign separates them, because a user part may have one. */
function parsePair(text: string, example: string): readonly [name: string, target: string] {
  const equals = text.lastIndexOf('=');
  const [name, target] = [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
  if (equals < 1 || target === '')
    throw new InvalidArgumentError(`expected two names with = between them, such as ${example}`);
  return [name, target.replace(/^sips?:/i, '')];
}

function parseNumber(text: string, before: readonly Alias[]): Alias[] {
  const [name, target] = parsePair(text, '+4930123456=alice');
  const number = numberIn(name.replace(/^(?:sips?|tel):/i, ''));
  if (number === null) throw new InvalidArgumentError('expected a telephone number first, such as +4930123456=alice');
  return [...before, { kind: 'number', name: number, target: normalisedHost(target) }];
}

function parseAlias(text: string, before: readonly Alias[]): Alias[] {
  const [name, target] = parsePair(text, 'info@example.org=alice@example.org or 198.51.100.2=example.org');
  const isHost = !name.includes('@');
  if (isHost && target.includes('@')) {
    throw new InvalidArgumentError('expected two addresses or two hosts, such as 198.51.100.2=example.org');
  }
  return [
    ...before,
    { kind: 'alias', name: normalisedHost(name.replace(/^sips?:/i, '')), target: normalisedHost(target) },
  ];
}

/** Hosts are compared in lower case, users as they are (RFC 3261 19.1.4). */
function normalisedHost(name: string): string {
  const at = name.lastIndexOf('@');
  return at < 0 && !name.includes('.') ? name : `${name.slice(0, at + 1)}${name.slice(at + 1).toLowerCase()}`;
}

/** A name that nothing in the capture has is a mistake: a gate that judges nothing must not be green. */
function refuseUnknownNames({ report, names }: CaptureAudit, { aor, number, alias }: Options): void {
  const known = [...names];
  const users = known.map((name) => name.replace(/@.*/s, ''));
  const hosts = known.map((name) => name.replace(/^.*@/s, ''));
  const isKnown = (target: string) =>
    target.includes('@') ? known.includes(target) : users.includes(target) || hosts.includes(target);
  const refuseName = (option: string, given: string) => {
    const nearest = nearestWord(given, given.includes('@') ? known : users);
    const some = known.slice(0, 5).join(', ');
    refuse(
      option,
      given,
      `an address of record of the capture${some === '' ? ', which has none' : `: ${some}${known.length > 5 ? ', …' : ''}`}`,
      nearest,
    );
  };
  if (report.addresses.length === 0 && report.notJudged.calls === 0 && known.length === 0) return;
  if (aor !== undefined && !isKnown(aor)) refuseName('--aor', aor);
  for (const { target } of number) if (!isKnown(target)) refuseName('--number', target);
  for (const { target } of alias) if (!isKnown(target)) refuseName('--alias', target);
}

async function readCapture(file: string, options: Options): Promise<CaptureAudit> {
  const { app, pushServer, aor, all, number, alias } = options;
  const known = { ...(app && { app }), ...(pushServer && { pushServer }) };
  const maxLadders = all ? mostLadders : fewLadders;
  try {
    if (file !== '-' && statSync(file).isDirectory()) refuse(file, 'a directory', 'a capture file');
    const bytes = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: chunkSize });
    const audit = await auditCapture(bytes, {
      known,
      maxLadders,
      aliases: [...number, ...alias],
      ...(aor !== undefined && { aor }),
    });
    refuseUnknownNames(audit, options);
    return audit;
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (error instanceof UnknownFormat)
      return refuse(file, error.found, `a pcap or pcapng file${error.hint ? ` (${error.hint})` : ''}`);
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return refuse(file, describeSystemError(error), 'a readable capture file');
  }
}

function sourceLine(file: string, { reading, malformed, unreadable }: CaptureAudit): string {
  const { firstMs, lastMs } = reading;
  const bad = malformed > 0 ? `, ${malformed} of them malformed (${malformed - unreadable} read all the same)` : '';
  const time =
    firstMs === null || lastMs === null
      ? ''
      : `, from ${new Date(firstMs).toISOString()}, ${((lastMs - firstMs) / 1000).toFixed(3)} s`;
  return `${file}: ${reading.packets} packets, ${reading.messages} SIP messages${bad}${time}`;
}

/** More than that are counted unless all are wanted. */
const fewMalformed = 5;

function malformedLines({ malformed, malformedMessages }: CaptureAudit, all: boolean): string[] {
  const shown = all ? malformedMessages : malformedMessages.slice(0, fewMalformed);
  const left = malformed - shown.length;
  return [
    ...shown.map(
      ({ frame, reason, isRead }) => `frame ${frame}: ${reason}${isRead ? '; read all the same' : '; not read'}`,
    ),
    ...(left > 0 ? [`and ${left} more${all ? '' : ' (--all lists them)'}`] : []),
  ];
}

function toJson({ report, reading, malformed, unreadable, malformedMessages }: CaptureAudit): string {
  const { unreadLinkTypes, ...counts } = reading;
  const links = Object.fromEntries(unreadLinkTypes);
  const capture = { ...counts, malformed, unreadable, malformedMessages, unreadLinkTypes: links };
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
  const malformed = malformedLines(audit, all);
  const width = options.width ?? terminalWidth();
  if (options.format === 'json') print(toJson(audit));
  else if (options.format === 'markdown') print(auditMarkdown(audit.report, { all, source, malformed }));
  else print(auditText(audit.report, { width, palette: colours, all, source, malformed }));
  process.exitCode = exitCodeOf[audit.report.verdict];
}

const help = `
Reads the SIP in a pcap or pcapng file (UDP and TCP, also mirrored as HEPv3) and sends nothing. Of every address of record
with a REGISTER in it: who registers, the hand-overs between app and push server, the times in which nobody or both were
registered, the calls that were lost and why, and which registration mode it looks like. Without --app or --push-server
the two are told apart by User-Agent (push, sipis) and Contact (pn-provider); what cannot be told is said.

A call is lost if it ended, or was given up, before anybody alerted (180). What was not seen is not fine: where only the
server answered, part of the traffic cannot be read, calls for unknown numbers failed, or no call was judged, the exit code is 3.

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
    .addOption(
      new Option('--number <number=user>', 'whose number that is, such as +4930123456=alice; may be repeated')
        .argParser(parseNumber)
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--alias <name=address>',
        'another address, or for a host another host: info@example.org=alice@example.org, 198.51.100.2=example.org; may be repeated',
      )
        .argParser(parseAlias)
        .default([], 'none'),
    )
    .option('--format <format>', 'text, json or markdown', oneOf('text', 'json', 'markdown'), 'text')
    .option('--all', 'list everything, with a ladder for each lost call')
    .option('--width <columns>', 'width of the text', wholeNumber(64, 400))
    .addHelpText('after', help)
    .action(run);
