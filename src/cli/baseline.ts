import { existsSync } from 'node:fs';
import process from 'node:process';
import { modeNames } from '../machines/modeVariants.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import {
  type Baseline,
  baselineText,
  changesSince,
  groupsOf,
  parseBaseline,
  type VerdictChange,
} from '../sim/summary/baseline.ts';
import type { JudgedPlace } from '../sim/summary/expectations.ts';
import { type Finding, findingFormats, whyOf } from './annotations.ts';
import { type CheckCommandOptions, checkFlagsOf } from './checkOptions.ts';
import { type GivenScenarios, readText, refuse, replaceText, standardStream } from './files.ts';
import { colours, exitCodes, print } from './output.ts';
import { type Again, commandFor } from './showChecks.ts';
import { placeOf } from './showExpectations.ts';

/** Reads the verdicts to compare with, before anything is explored; none where they are only to be written. */
export function readBaseline(options: CheckCommandOptions): Baseline | null {
  const { baseline: file, update } = options;
  if (file === undefined) return null;
  if (file !== standardStream && !existsSync(file)) {
    if (update) return null;
    refuse(file, 'no such file', 'kept verdicts; --update writes them the first time');
  }
  const baseline = parseBaseline(readText(file), file);
  const flags = checkFlagsOf(options).trim();
  if (baseline.options !== flags && !update) {
    const said = (words: string) => (words === '' ? 'no option that changes the runs' : words);
    refuse(
      file,
      `verdicts with ${said(baseline.options)}`,
      `verdicts with ${said(flags)}, or --update to replace them`,
    );
  }
  return baseline;
}

/** What was found now, beside what was kept. */
export interface Compared extends Again, GivenScenarios {
  readonly judged: readonly JudgedPlace[];
  readonly baseline: Baseline | null;
  readonly isInterrupted: boolean;
}

/** Tells what has changed, keeps the new verdicts where the user wants that, and sets the exit code. */
export function compareWithBaseline(compared: Compared, options: CheckCommandOptions): void {
  const { judged, baseline, isInterrupted } = compared;
  const { baseline: file = '', update, format } = options;
  const all = baseline === null ? [] : changesSince(baseline, judged);
  // What was stopped has changed nothing.
  const changes = isInterrupted ? all.filter(({ after }) => after !== null && after !== 'inconclusive') : all;
  if (format === 'json') print(JSON.stringify({ version: 1, baseline: file, changes }, null, 1));
  else if (format === 'github' || format === 'gitlab') {
    print(findingFormats[format](changes.map((change) => findingOf(change, compared, file))));
  } else showChanges(changes, compared, options);
  const isOpen = isInterrupted || judged.some(({ verdict }) => verdict === 'inconclusive');
  if (update && isInterrupted) process.stderr.write(`interrupted, so ${file} was left as it is\n`);
  else if (update) {
    replaceText(file, baselineText(judged, checkFlagsOf(options).trim()));
    const count = judged.length === 1 ? 'one verdict is' : `${judged.length} verdicts are`;
    process.stderr.write(`${count} kept in ${file}\n`);
  }
  const isChanged = changes.length > 0 && !update;
  process.exitCode = isChanged ? exitCodes.violated : isOpen ? exitCodes.inconclusive : exitCodes.holds;
}

const pastOf = {
  holds: 'held',
  violated: 'was violated',
  inconclusive: 'was inconclusive',
  nothingToJudge: 'had nothing to judge',
} as const;
const presentOf = {
  holds: 'holds',
  violated: 'is violated',
  inconclusive: 'is inconclusive',
  nothingToJudge: 'has nothing to judge',
} as const;

function wordsOf({ property, before, after }: VerdictChange): string {
  if (after === null) return `${property} has vanished${before === null ? '' : `, and ${pastOf[before]}`}`;
  return `${property} ${before === null ? 'is new,' : `${pastOf[before]},`} and ${presentOf[after]}${before === null ? '' : ' now'}`;
}

/** The mode may be one that there is no longer. */
const cellTitle = ({ scenario, mode, profile }: VerdictChange): string =>
  mode === null ? scenario : `${scenario}, ${isOneOf(modeNames, mode) ? modeTitle(mode) : mode} on ${profile}`;

const isOneOf = <Word extends string>(words: readonly Word[], word: string): word is Word =>
  (words as readonly string[]).includes(word);

function findingOf(change: VerdictChange, { judged, fileOf }: Compared, baseline: string): Finding {
  const cell = judgedOf(change, judged);
  const place = cell === undefined ? { file: baseline, line: null } : placeOf(cell, { fileOf });
  const { scenario, profile, mode, property } = change;
  const what = `${cellTitle(change)}: ${wordsOf(change)}`;
  const why = cell && whyOf(cell);
  return {
    ...place,
    title: wordsOf(change),
    text: why === undefined ? what : `${what}: ${why}`,
    check: property,
    isError: true,
    key: [scenario, profile ?? '', mode ?? '', property, 'changed'],
  };
}

const judgedOf = (change: VerdictChange, judged: readonly JudgedPlace[]): JudgedPlace | undefined =>
  judged.find(
    ({ scenario, profile, mode, property }) =>
      scenario === change.scenario &&
      profile === change.profile &&
      mode === change.mode &&
      property === change.property,
  );

/** For people: each changed verdict with its sentence and command; what is new or has vanished a line per mode and server. */
function showChanges(
  changes: readonly VerdictChange[],
  compared: Compared,
  { baseline: file }: CheckCommandOptions,
): void {
  if (compared.baseline === null) return;
  const count = compared.judged.length;
  if (changes.length === 0) {
    print(colours.green(`Nothing has changed since ${file}: ${count} verdict${count === 1 ? '' : 's'}.`));
    return;
  }
  print(
    colours.bold(`${changes.length} ${changes.length === 1 ? 'verdict has' : 'verdicts have'} changed since ${file}:`),
  );
  for (const change of changes.filter(({ before, after }) => before !== null && after !== null)) {
    print(`  ${cellTitle(change)}: ${wordsOf(change)}`);
    const cell = judgedOf(change, compared.judged);
    if (cell === undefined) continue;
    if (cell.counterexample !== null) print(`    ${cell.counterexample.sentence}`);
    print(colours.dim(`    ${commandFor(cell, compared)}`));
  }
  showWhole(
    'new',
    changes.filter(({ before }) => before === null),
    ({ after }) => after,
  );
  showWhole(
    'vanished',
    changes.filter(({ after }) => after === null),
    ({ before }) => before,
  );
}

/** What stands on one side only, a line per mode and server, with what is not all right there. */
function showWhole(
  word: string,
  changes: readonly VerdictChange[],
  verdictOf: (one: VerdictChange) => string | null,
): void {
  for (const [title, own] of groupsOf(changes, cellTitle)) {
    const worth = own.filter((one) => verdictOf(one) !== 'holds').map((one) => `${one.property} ${verdictOf(one)}`);
    const count = own.length === 1 ? (own[0]?.property ?? '') : `${own.length} verdicts`;
    print(`  ${word}: ${title}: ${[count, ...worth].join(', ')}`);
  }
}
