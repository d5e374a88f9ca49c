import type { LadderPalette } from '../sim/report/ladderDrawing.ts';
import { wrapped } from '../sim/report/ladderLine.ts';
import { addressFacts, counted, type Fact, headline, lossText, printable } from './auditFacts.ts';
import { lossLadder } from './auditLadder.ts';
import type { AddressReport, AuditReport, LossReport, OtherCalls } from './auditReport.ts';
import { isProblem } from './verdict.ts';

export interface AuditTextOptions {
  readonly width: number;
  readonly palette: LadderPalette;
  /** List everything instead of the first few of a kind. */
  readonly all: boolean;
  /** Leave out addresses without problems. */
  readonly problemsOnly: boolean;
  /** Names of the files that were read. */
  readonly files: readonly string[];
  /** What was read, one line each. */
  readonly source: readonly string[];
  /** What of it is malformed, one line each. */
  readonly malformed: readonly string[];
}

/** Lost calls that are told one by one, and addresses without problems. */
const fewLosses = 3;
export const fewAddresses = 5;
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

/** Lost calls, and then those that may have been lost, with what is said of each. */
function lossesOf(
  { losses, undecided, asked, calls }: AddressReport,
  all: boolean,
): { title: string; loss: LossReport }[] {
  const shown = (some: readonly LossReport[]) => (all ? some : some.slice(0, fewLosses));
  return [
    ...shown(losses).map((loss, index) => ({ title: `Lost ${index + 1} of ${calls.lost}`, loss })),
    ...shown(undecided).map((loss, index) => ({ title: `Perhaps lost ${index + 1} of ${calls.undecided}`, loss })),
    ...asked.map((loss) => ({ title: 'Not lost', loss })),
  ];
}

function lossLines(address: AddressReport, { startMs }: AuditReport, options: AuditTextOptions): string[] {
  const { width, palette, all, files } = options;
  const shown = lossesOf(address, all);
  const { calls, asked } = address;
  const left = calls.lost + calls.undecided + asked.length - shown.length;
  return [
    ...shown.flatMap(({ title, loss }) => [
      '',
      ...wrapped(`${title}: ${lossText(loss, { startMs, files })}`, width).map(
        loss.outcome === 'lost' ? palette.red : palette.green,
      ),
      '',
      ...lossLadder(loss, address, { width, palette, startMs }),
    ]),
    ...(left > 0 ? ['', `${left} more were lost; --all shows them`] : []),
    ...(shown.length > 0 ? [''] : []),
  ];
}

type Shown = Pick<AuditTextOptions, 'all' | 'problemsOnly'>;

/** Those with problems first, and what is said of those that are left out. */
function inOrder({ addresses, totals }: AuditReport, { all, problemsOnly }: Shown) {
  const problems = addresses.filter(isProblem);
  const others = addresses.filter((one) => !isProblem(one));
  const shown = problemsOnly ? [] : all ? others : others.slice(0, fewAddresses);
  const left = (count: number, what: string, how: string) =>
    count === 0 ? [] : [`${count} ${count === 1 ? 'address' : 'addresses'} ${what} ${how}`];
  const more = 'more; --all lists them';
  return {
    addresses: [...problems, ...shown],
    left: [
      ...left(totals.problems - problems.length, 'with problems', more),
      ...left(totals.addresses - totals.problems - shown.length, 'without problems', problemsOnly ? 'left out' : more),
    ],
  };
}

/** What was found, for people: problems first. Dates are seconds from the first SIP message on. */
export function auditText(report: AuditReport, given: AuditTextOptions): string {
  const options = { ...given, width: Math.min(given.width, widest) };
  const { palette, width } = options;
  const { verdict, notJudged, incomplete, startMs } = report;
  const paint = { nothingLost: palette.green, lossesFound: palette.red, cannotTell: palette.yellow }[verdict];
  const { addresses, left } = inOrder(report, options);
  return [
    paint(headline(report)),
    ...incomplete.flatMap((one) => wrapped(`cannot tell: ${printable(one)}`, width).map(palette.yellow)),
    ...options.source.map(palette.dim),
    ...options.malformed.flatMap((one) => wrapped(`malformed: ${printable(one)}`, width)),
    ...addresses.flatMap((address) => [
      '',
      printable(address.aor),
      ...lossLines(address, report, options),
      ...addressFacts(address, startMs, options.all).flatMap((fact) => factLines(fact, width)),
    ]),
    ...left.flatMap((line) => ['', palette.dim(line)]),
    ...(notJudged.calls === 0
      ? []
      : [
          '',
          ...wrapped(
            `not judged: ${notJudgedText(notJudged)}; --number and --alias say whose they are, --aor judges one`,
            width,
          ).map(palette.dim),
        ]),
  ].join('\n');
}

/** Calls that users make who are judged may fail: that says nothing about those for them. */
const notJudgedText = ({ calls, addresses, failed }: OtherCalls): string =>
  `${counted(calls, 'call')} to ${counted(addresses, 'address', 'addresses')} without any REGISTER, of which ${failed} failed (outgoing ones aside)`;

const plain = (text: string): string => text;
const noColours: LadderPalette = { red: plain, green: plain, blue: plain, yellow: plain, magenta: plain, dim: plain };

const escaped = (text: string): string => printable(text).replace(/[\\`*_<>|#[\]]/g, '\\$&');

/** What was found, as Markdown for a ticket; ladders as blocks of text. */
export function auditMarkdown(report: AuditReport, options: Omit<AuditTextOptions, 'width' | 'palette'>): string {
  const { all, source, malformed, files } = options;
  const { startMs, incomplete, notJudged } = report;
  const { addresses, left } = inOrder(report, options);
  const section = (address: AddressReport): string[] => [
    '',
    `## ${escaped(address.aor)}`,
    '',
    '| | |',
    '|---|---|',
    ...addressFacts(address, startMs, all).map(
      ([heading, lines]) => `| ${heading} | ${lines.map(escaped).join('<br>')} |`,
    ),
    ...lossesOf(address, all).flatMap(({ title, loss }) => [
      '',
      `### ${title}`,
      '',
      escaped(lossText(loss, { startMs, files })),
      ...fenced(lossLadder(loss, address, { width: 100, palette: noColours, startMs })),
    ]),
  ];
  return [
    `# ${headline(report)}`,
    '',
    ...source.map(escaped),
    ...incomplete.map((one) => `- cannot tell: ${escaped(one)}`),
    ...malformed.map((one) => `- malformed: ${escaped(one)}`),
    ...addresses.flatMap(section),
    ...left.flatMap((line) => ['', line]),
    ...(notJudged.calls === 0 ? [] : ['', `Not judged: ${notJudgedText(notJudged)}.`]),
  ].join('\n');
}

const fenced = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', '```text', ...lines, '```']);
