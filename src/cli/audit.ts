import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { Command, Option } from 'commander';
import type { AddressPattern } from '../audit/addresses.ts';
import type { Alias } from '../audit/aliases.ts';
import { Anonymiser } from '../audit/anonymiser.ts';
import { AuditRun } from '../audit/auditCapture.ts';
import type { Instant } from '../audit/auditor.ts';
import type { AuditReport } from '../audit/auditReport.ts';
import { fewAddresses } from '../audit/auditText.ts';
import { firstLoss, lossPackets } from '../audit/lossPackets.ts';
import type { CaptureFile } from '../capture/packetFiles.ts';
import { parseAddress, parseAlias, parseAor, parseInstant, parseNumber, parseRepeated } from './auditOptions.ts';
import { type InputOptions, openCapture } from './captureInput.ts';
import { openInterface } from './captureInterface.ts';
import { refuseUnknownCalls, refuseUnknownNames } from './captureNames.ts';
import { refuse, refuseOutputs, writeBytes } from './files.ts';
import { openDecrypted, refuseKeyLog } from './keyLog.ts';
import { oneOf, wholeNumber } from './options.ts';
import { exitCodes, print } from './output.ts';
import { readCapture } from './readCapture.ts';
import { type AuditView, shownAudit } from './showAudit.ts';

interface Options extends AuditView {
  readonly aor?: string;
  readonly app?: AddressPattern;
  readonly pushServer?: AddressPattern;
  readonly number: readonly Alias[];
  readonly alias: readonly Alias[];
  readonly callId?: readonly string[];
  readonly from?: Instant;
  readonly until?: Instant;
  readonly follow?: boolean;
  readonly interface?: string;
  readonly keyLog?: string;
  readonly every?: number;
  readonly exportPackets?: string;
  readonly anonymise?: boolean;
  readonly force?: boolean;
}

/** Failures whose ladders are kept, so that a capture in which everything fails does not fill the memory. */
const mostLadders = 1_000;
const fewLadders = 10;
/** Addresses with problems, and of the others, that are reported unless all are wanted. */
const mostReported = 10_000;

const exitCodeOf = {
  nothingLost: exitCodes.holds,
  lossesFound: exitCodes.violated,
  cannotTell: exitCodes.inconclusive,
} as const;

/** What the user names, by the names that everything gets. */
function anonymous(options: Options, anonymiser: Anonymiser): Options {
  const { app, pushServer, aor, callId } = options;
  const place = (pattern: AddressPattern) => ({ ...pattern, address: anonymiser.address(pattern.address) });
  const renamed = (aliases: readonly Alias[]) =>
    aliases.map(({ kind, name, target }) => ({ kind, name: anonymiser.named(name), target: anonymiser.named(target) }));
  return {
    ...options,
    number: renamed(options.number),
    alias: renamed(options.alias),
    ...(app && { app: place(app) }),
    ...(pushServer && { pushServer: place(pushServer) }),
    ...(aor !== undefined && { aor: anonymiser.named(aor) }),
    ...(callId && { callId: callId.map((one) => anonymiser.callId(one)) }),
  };
}

/** Writes the packets of one loss, for somebody who is to look at just that. */
async function exportLoss(file: string, report: AuditReport, files: readonly string[], view: Exported): Promise<void> {
  const loss = firstLoss(report);
  if (loss === null) {
    process.stderr.write(`no call was lost: ${file} is not written\n`);
    return;
  }
  const { signal } = new AbortController();
  const captures = openAll(files, { follow: false, signal }, view.keyLog);
  const { bytes, messages } = await lossPackets(loss, captures, view.anonymiser);
  writeBytes(file, bytes, view.force);
  process.stderr.write(`${messages} messages of the call with Call-ID ${loss.callId} are in ${file}\n`);
}

/** The files, and behind them what is decrypted of each. */
const openAll = (files: readonly string[], input: InputOptions, keyLog: string | undefined): CaptureFile[] => [
  ...files.map((file) => openCapture(file, input)),
  ...(keyLog === undefined ? [] : files.map((file, index) => openDecrypted(file, index, keyLog, input.signal))),
];

interface Exported {
  readonly keyLog: string | undefined;
  readonly anonymiser: Anonymiser | null;
  readonly force: boolean;
}

function auditRun(
  files: readonly string[],
  options: Options,
  signal: AbortSignal,
  anonymiser: Anonymiser | null,
): AuditRun {
  const { app, pushServer, aor, all, format, number, alias, callId, from, until, follow = false } = options;
  const repeated = files.find((file, index) => files.indexOf(file) !== index);
  if (repeated !== undefined) refuse(repeated, 'the same capture twice', 'each capture once');
  if (follow && files.length > 1) refuse('--follow', `${files.length} captures`, 'one that grows');
  const captures =
    options.interface === undefined
      ? openAll(files, { follow, signal }, options.keyLog)
      : [openInterface(options.interface, signal)];
  return new AuditRun(
    captures,
    {
      known: { ...(app && { app }), ...(pushServer && { pushServer }) },
      maxLadders: all ? mostLadders : fewLadders,
      ...(!all && { maxFine: format === 'json' ? mostReported : fewAddresses, maxProblems: mostReported }),
      aliases: [...number, ...alias],
      ...(aor !== undefined && { aor }),
      ...(callId !== undefined && { callIds: callId }),
      ...(from !== undefined && { from }),
      ...(until !== undefined && { until }),
    },
    anonymiser,
  );
}

/** Either files or an interface. */
function refuseSources(files: readonly string[], { interface: live, follow, keyLog }: Options): void {
  if (keyLog !== undefined) {
    const endless = live !== undefined ? 'an interface' : follow ? '--follow' : files.includes('-') && 'standard input';
    if (endless) refuse('--key-log', endless, 'capture files that are complete, which tshark reads as well');
    refuseKeyLog(keyLog);
  }
  if (live === undefined && files.length === 0)
    refuse('audit', 'no capture', 'a pcap or pcapng file, - or --interface');
  if (live !== undefined && files.length > 0) refuse(`--interface ${live}`, 'capture files as well', 'one of the two');
  if (live !== undefined && follow) refuse('--follow', 'an interface, which has no end', 'a capture file with it');
}

/** Ctrl-C ends the reading, and what was read is judged; a second one ends the program. */
function abortOnInterrupt(): AbortController {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller;
}

/** V8 lets the heap grow to four times of what lives, which is a third of all memory here; this costs no time that can be measured. */
const collectEarly = (): void => setFlagsFromString('--heap-growing-percent=60');

async function run(files: readonly string[], given: Options): Promise<void> {
  collectEarly();
  const { exportPackets, force = false } = given;
  const isLive = given.interface !== undefined;
  refuseSources(files, given);
  if (exportPackets !== undefined && (isLive || files.includes('-'))) {
    const found = isLive ? 'an interface' : 'standard input';
    refuse('--export-packets', found, 'capture files, which can be read a second time');
  }
  refuseOutputs({ '--export-packets': exportPackets }, force);
  const anonymiser = given.anonymise ? new Anonymiser() : null;
  const options = anonymiser === null ? given : anonymous(given, anonymiser);
  const { signal } = abortOnInterrupt();
  const audit = auditRun(files, options, signal, anonymiser);
  const hasNoEnd = options.follow === true || isLive || files.includes('-');
  const interim = () => print(`${shownAudit(audit.soFar(), options)}\n`);
  const timer = options.every === undefined ? undefined : setInterval(interim, options.every * 1_000);
  try {
    await readCapture(audit);
  } finally {
    clearInterval(timer);
  }
  const isCutShort = signal.aborted && !hasNoEnd;
  const found = audit.finish(isCutShort ? { interrupted: 'interrupted: the rest of the capture was not read' } : {});
  if (!isCutShort) {
    refuseUnknownNames(found, options);
    refuseUnknownCalls(found, options);
  }
  print(shownAudit(found, options));
  if (exportPackets !== undefined)
    await exportLoss(exportPackets, found.report, files, { anonymiser, force, keyLog: given.keyLog });
  process.exitCode = exitCodeOf[found.report.verdict];
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
    .argument(
      '[capture...]',
      'pcap or pcapng files, plain or compressed, or - for standard input; several are read as one, by time',
    )
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
    .option('--call-id <id>', 'judge only the call with this Call-ID; may be repeated', parseRepeated)
    .option('--from <time>', 'judge only from then on: seconds as in the report, or 2026-01-01T00:00:10Z', parseInstant)
    .option('--until <time>', 'judge only until then', parseInstant)
    .option('-i, --interface <name>', 'capture there, with dumpcap or tcpdump, until Ctrl-C')
    .option('--key-log <file>', 'read TLS with these keys (SSLKEYLOGFILE), by tshark')
    .option('--follow', 'wait for more at the end of the file; Ctrl-C ends it with the report')
    .option(
      '--every <seconds>',
      'print a report of what was found so far every so many seconds',
      wholeNumber(1, 86_400),
    )
    .option('--export-packets <file>', 'write the messages around the first lost call (or that of --call-id) as pcapng')
    .option('--anonymise', 'give other names to people, hosts and addresses, in the report and in exported packets')
    .option('--force', 'overwrite the file of --export-packets')
    .option('--problems-only', 'leave out addresses without problems')
    .option('--format <format>', 'text, json or markdown', oneOf('text', 'json', 'markdown'), 'text')
    .option('--all', 'list everything, with a ladder for each lost call')
    .option('--width <columns>', 'width of the text', wholeNumber(64, 400))
    .addHelpText('after', help)
    .action(run);
