import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import type { AddressPattern } from '../audit/addresses.ts';
import type { Alias } from '../audit/aliases.ts';
import { Anonymiser } from '../audit/anonymiser.ts';
import { AuditRun } from '../audit/auditCapture.ts';
import type { AuditReport } from '../audit/auditReport.ts';
import { fewAddresses } from '../audit/auditText.ts';
import { firstLoss, lossPackets } from '../audit/lossPackets.ts';
import { openInterface } from './captureInterface.ts';
import { refuseUnknownCalls, refuseUnknownNames } from './captureNames.ts';
import {
  auditOptionsOf,
  type CaptureChoice,
  openCaptures,
  refuseRepeated,
  withCaptureOptions,
} from './captureOptions.ts';
import { refuse, refuseOutputs, writeBytes } from './files.ts';
import { refuseKeyLog } from './keyLog.ts';
import { oneOf, wholeNumber } from './options.ts';
import { exitCodes, print } from './output.ts';
import { readCapture } from './readCapture.ts';
import { type AuditView, shownAudit } from './showAudit.ts';

interface Options extends AuditView, CaptureChoice {
  readonly follow?: boolean;
  readonly interface?: string;
  readonly every?: number;
  readonly exportPackets?: string;
  readonly anonymise?: boolean;
  readonly force?: boolean;
}

/** Failures whose ladders are kept, so that a capture in which everything fails does not fill the memory. */
const mostLadders = 1_000;
const fewLadders = 10;
/** Addresses with problems, of the others, and lost calls of one, that are reported unless all are wanted. */
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
  const captures = openCaptures(files, { follow: false, signal }, view.keyLog);
  const { bytes, messages } = await lossPackets(loss, captures, view.anonymiser);
  writeBytes(file, bytes, view.force);
  process.stderr.write(`${messages} messages of the call with Call-ID ${loss.callId} are in ${file}\n`);
}

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
  const { all, format, follow = false } = options;
  refuseRepeated(files);
  if (follow && files.length > 1) refuse('--follow', `${files.length} captures`, 'one that grows');
  const captures =
    options.interface === undefined
      ? openCaptures(files, { follow, signal }, options.keyLog)
      : [openInterface(options.interface, signal)];
  return new AuditRun(
    captures,
    {
      ...auditOptionsOf(options),
      maxLadders: all ? mostLadders : fewLadders,
      ...(!all && {
        maxLosses: mostReported,
        maxFine: format === 'json' ? mostReported : fewAddresses,
        maxProblems: mostReported,
      }),
    },
    anonymiser,
  );
}

/** Either files or an interface. */
function refuseSources(files: readonly string[], { interface: live, follow, keyLog }: Options): void {
  if (keyLog !== undefined) {
    const endless = live !== undefined ? 'an interface' : follow ? '--follow' : files.includes('-') && 'standard input';
    if (endless)
      refuse('--key-log', endless, 'a complete file, as tshark reads it too: tcpdump -w FILE, then audit FILE');
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
const collectEarly = (): void => setFlagsFromString('--heap-growing-percent=30');

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
  withCaptureOptions(
    new Command('audit').argument(
      '[capture...]',
      'pcap or pcapng files, plain or compressed, or - for standard input; several are read as one, by time',
    ),
  )
    .option('-i, --interface <name>', 'capture there, with dumpcap or tcpdump, until Ctrl-C')
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
