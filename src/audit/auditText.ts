import type { LadderPalette } from '../sim/report/ladderDrawing.ts';
import { wrapped } from '../sim/report/ladderLine.ts';
import { addressFacts, type Fact, headline, lossText, printable } from './auditFacts.ts';
import { lossLadder } from './auditLadder.ts';
import type { AddressReport, AuditReport } from './auditReport.ts';

export interface AuditTextOptions {
  readonly width: number;
  readonly palette: LadderPalette;
  /** List everything instead of the first few of a kind. */
  readonly all: boolean;
  /** What was read, in one line. */
  readonly source: string;
  /** What of it is malformed, one line each. */
  readonly malformed: readonly string[];
}

/** Lost calls that are told one by one. */
const fewLosses = 3;
const widest = 140;
const headingWidth = 12;

function factLines([heading, lines]: Fact, width: number): string[] {
  return lines.flatMap((line, index) =>
    wrapped(line, width - headingWidth - 2).map(
      (part, piece) =>
        `  ${(index === 0 && piece === 0 ? heading : '').padEnd(headingWidth)}${piece === 0 ? '' : '  '}${part}`,
    ),
  );
}

function losses(address: AddressReport, { startMs }: AuditReport, options: AuditTextOptions): string[] {
  const { width, palette, all } = options;
  const shown = all ? address.losses : address.losses.slice(0, fewLosses);
  const left = address.losses.length - shown.length;
  return [
    ...shown.flatMap((loss, index) => [
      '',
      ...wrapped(`Lost ${index + 1} of ${address.losses.length}: ${lossText(loss, startMs)}`, width).map(palette.red),
      '',
      ...lossLadder(loss, address, { width, palette, startMs }),
    ]),
    ...(left > 0 ? ['', `${left} more were lost; --all shows them`] : []),
  ];
}

/** What was found, for people. Dates are seconds from the first SIP message on. */
export function auditText(report: AuditReport, given: AuditTextOptions): string {
  const options = { ...given, width: Math.min(given.width, widest) };
  const { palette, width } = options;
  const { verdict, notJudged, incomplete, startMs } = report;
  const paint = { nothingLost: palette.green, lossesFound: palette.red, cannotTell: palette.yellow }[verdict];
  return [
    paint(headline(report)),
    ...incomplete.flatMap((one) => wrapped(`cannot tell: ${printable(one)}`, width).map(palette.yellow)),
    palette.dim(options.source),
    ...options.malformed.flatMap((one) => wrapped(`malformed: ${printable(one)}`, width)),
    ...report.addresses.flatMap((address) => [
      '',
      printable(address.aor),
      ...addressFacts(address, startMs, options.all).flatMap((fact) => factLines(fact, width)),
      ...losses(address, report, options),
    ]),
    ...(notJudged.calls === 0
      ? []
      : [
          '',
          palette.dim(
            `not judged: ${notJudged.calls} calls to ${notJudged.addresses} addresses without any REGISTER, ${notJudged.failed} of them failed; --number and --alias say whose they are, --aor judges one`,
          ),
        ]),
  ].join('\n');
}

const plain = (text: string): string => text;
const noColours: LadderPalette = { red: plain, green: plain, blue: plain, yellow: plain, magenta: plain, dim: plain };

const escaped = (text: string): string => printable(text).replace(/[\\`*_<>|#[\]]/g, '\\$&');

/** What was found, as Markdown for a ticket; ladders as blocks of text. */
export function auditMarkdown(
  report: AuditReport,
  { all, source, malformed }: Pick<AuditTextOptions, 'all' | 'source' | 'malformed'>,
): string {
  const { startMs, incomplete, addresses, notJudged } = report;
  const section = (address: AddressReport): string[] => {
    const shown = all ? address.losses : address.losses.slice(0, fewLosses);
    return [
      '',
      `## ${escaped(address.aor)}`,
      '',
      '| | |',
      '|---|---|',
      ...addressFacts(address, startMs, all).map(
        ([heading, lines]) => `| ${heading} | ${lines.map(escaped).join('<br>')} |`,
      ),
      ...shown.flatMap((loss, index) => [
        '',
        `### Lost ${index + 1} of ${address.losses.length}`,
        '',
        escaped(lossText(loss, startMs)),
        ...fenced(lossLadder(loss, address, { width: 100, palette: noColours, startMs })),
      ]),
    ];
  };
  return [
    `# ${headline(report)}`,
    '',
    escaped(source),
    ...incomplete.map((one) => `- cannot tell: ${escaped(one)}`),
    ...malformed.map((one) => `- malformed: ${escaped(one)}`),
    ...addresses.flatMap(section),
    ...(notJudged.calls === 0 ? [] : ['', `Not judged: ${notJudged.calls} calls to addresses without any REGISTER.`]),
  ].join('\n');
}

const fenced = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', '```text', ...lines, '```']);
