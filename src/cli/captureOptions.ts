import { type Command, Option } from 'commander';
import type { AddressPattern } from '../audit/addresses.ts';
import type { Alias } from '../audit/aliases.ts';
import type { AuditOptions, Instant } from '../audit/auditor.ts';
import type { CaptureFile } from '../capture/packetFiles.ts';
import { parseAddress, parseAlias, parseAor, parseInstant, parseNumber, parseRepeated } from './auditOptions.ts';
import { type InputOptions, openCapture } from './captureInput.ts';
import { refuse } from './files.ts';
import { openDecrypted } from './keyLog.ts';

/** What of a capture is judged, who is who in it, and how it is read: the same for all commands that take one. */
export interface CaptureChoice {
  readonly aor?: string;
  readonly app?: AddressPattern;
  readonly pushServer?: AddressPattern;
  readonly number: readonly Alias[];
  readonly alias: readonly Alias[];
  readonly callId?: readonly string[];
  readonly from?: Instant;
  readonly until?: Instant;
  readonly keyLog?: string;
}

const captureOptions = (): Option[] => [
  new Option('--aor <address>', 'judge only this address of record, such as sip:alice@example.org').argParser(parseAor),
  new Option('--app <address>', 'where the app is: IP or IP:PORT').argParser(parseAddress),
  new Option('--push-server <address>', 'where the push server is: IP or IP:PORT').argParser(parseAddress),
  new Option('--number <number=user>', 'whose number that is, such as +4930123456=alice; may be repeated')
    .argParser(parseNumber)
    .default([], 'none'),
  new Option(
    '--alias <name=address>',
    'another address, or for a host another host: info@example.org=alice@example.org, 198.51.100.2=example.org; may be repeated',
  )
    .argParser(parseAlias)
    .default([], 'none'),
  new Option('--call-id <id>', 'judge only the call with this Call-ID; may be repeated').argParser(parseRepeated),
  new Option('--from <time>', 'judge only from then on: seconds as in the report, or 2026-01-01T00:00:10Z').argParser(
    parseInstant,
  ),
  new Option('--until <time>', 'judge only until then').argParser(parseInstant),
  new Option('--key-log <file>', 'read TLS with these keys (SSLKEYLOGFILE), by tshark'),
];

/** Adds the options of a capture. */
export function withCaptureOptions(command: Command): Command {
  for (const option of captureOptions()) command.addOption(option);
  return command;
}

/** Options of a capture that were given where there is none. */
export function refuseCaptureOptions(command: Command): void {
  const given = captureOptions().find((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
  if (given !== undefined) refuse(given.long ?? '', 'an option for a capture', 'a pcap or pcapng file with it');
}

/** How the audit is to judge. */
export const auditOptionsOf = (choice: CaptureChoice): AuditOptions => {
  const { aor, app, pushServer, number, alias, callId, from, until } = choice;
  return {
    known: { ...(app && { app }), ...(pushServer && { pushServer }) },
    aliases: [...number, ...alias],
    ...(aor !== undefined && { aor }),
    ...(callId !== undefined && { callIds: callId }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
  };
};

/** Each capture counts once. */
export function refuseRepeated(files: readonly string[]): void {
  const repeated = files.find((file, index) => files.indexOf(file) !== index);
  if (repeated !== undefined) refuse(repeated, 'the same capture twice', 'each capture once');
}

/** The files, and behind them what is decrypted of each. */
export const openCaptures = (
  files: readonly string[],
  input: InputOptions,
  keyLog: string | undefined,
): CaptureFile[] => [
  ...files.map((file) => openCapture(file, input)),
  ...(keyLog === undefined ? [] : files.map((file, index) => openDecrypted(file, index, keyLog, input.signal))),
];
